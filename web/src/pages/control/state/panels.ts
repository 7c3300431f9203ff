/** The panels below the monitors, and which of them are in sight. Pure. */
import type { IconName } from '../../../parts/icons.ts';
import type { KeyId } from '../../../keys.ts';

export const PANELS = ['rundown', 'queue', 'talk', 'alarms', 'roll', 'turn', 'scenes', 'site', 'session', 'mcus', 'rehearsal'] as const;
export type PanelId = (typeof PANELS)[number];

export const PANEL_KEYS: Record<PanelId, KeyId> = {
  rundown: 'toRundown', queue: 'toQueue', talk: 'toTalk', alarms: 'toAlarms', roll: 'toRoll', turn: 'toTurn', scenes: 'toScenes', site: 'toSite',
  session: 'toSession', mcus: 'toMcus', rehearsal: 'toRehearsal',
};

export const PANEL_ICONS: Record<PanelId, IconName> = {
  rundown: 'list', queue: 'hand', talk: 'talk', alarms: 'warn', roll: 'check', turn: 'turn', scenes: 'frames', site: 'camera', session: 'gear', mcus: 'server', rehearsal: 'pulse',
};

/** Shown first, by the session: without a dossier there is neither script nor roll. */
export function usual(columns: number, dossier: boolean): PanelId[] {
  const wanted: PanelId[] = dossier
    ? ['rundown', 'queue', 'talk', 'alarms', 'site', 'mcus']
    : ['queue', 'site', 'talk', 'alarms', 'mcus', 'session'];
  return wanted.slice(0, columns);
}

/**
 * The panels in sight once `panel` is opened: the first place keeps what it has, of the others the one opened
 * longest ago gives way. `recent`: as they were opened, the latest first.
 */
export function opened(shown: readonly PanelId[], recent: readonly PanelId[], panel: PanelId): PanelId[] {
  if (shown.includes(panel)) return [...shown];
  const age = (one: PanelId) => (recent.includes(one) ? recent.indexOf(one) : recent.length);
  const place = shown.reduce((oldest, one, index) => {
    if (index === 0 && shown.length > 1) return oldest;
    return oldest < 0 || age(one) > age(shown[oldest] as PanelId) ? index : oldest;
  }, -1);
  return shown.map((one, index) => (index === place ? panel : one));
}

/** As many places as there is room for: what is in sight stays, then the usual ones. */
export function fitted(shown: readonly PanelId[], columns: number, dossier: boolean): PanelId[] {
  const more = usual(PANELS.length, dossier).filter((panel) => !shown.includes(panel));
  return [...shown, ...more].slice(0, columns);
}
