/** What the technician of one MCU has to look at: the lanes by what is asked on them, the sites, the incidents. Pure. */
import { guestsOf } from './agenda.ts';
import { URGENCY } from './incident.ts';
import type { AgendaItem, Incident, LiveState, Site, Tally } from './types.ts';

export interface Wanted {
  lane: number;
  site: string;
  name: string;
  tally: Tally;
  /** The lane itself is up. */
  ready: boolean;
}

const FIRST: Record<Tally, number> = { on_air: 0, next: 1, off: 2 };

/** What the master asks for on the lanes of an MCU: the main screen first, then what comes next. */
export function wantedOf(state: LiveState, mcu: string): { wanted: Wanted[]; idle: number; ready: number; all: number } {
  const lanes = state.mcus?.[mcu]?.link?.lanes ?? [];
  const wanted = lanes.flatMap(({ lane, site, state: at }) =>
    site ? [{ lane, site, name: state.sites[site]?.name ?? site, tally: state.sites[site]?.tally ?? ('off' as const), ready: at === 'ready' }] : [],
  );
  wanted.sort((a, b) => FIRST[a.tally] - FIRST[b.tally] || a.lane - b.lane);
  return { wanted, idle: lanes.length - wanted.length, ready: lanes.filter((lane) => lane.state === 'ready').length, all: lanes.length };
}

const TROUBLE: Record<Site['state'], number> = { lost: 0, connecting: 1, off: 2, ready: 3 };

/** The sites of an MCU: on air, next, then what is in trouble, then by number. */
export function sitesAt(sites: readonly Site[], mcu: string): Site[] {
  return sites
    .filter((site) => site.mcu === mcu)
    .sort((a, b) => FIRST[a.tally] - FIRST[b.tally] || TROUBLE[a.state] - TROUBLE[b.state] || a.number - b.number);
}

/** The incidents of these sites and of the link up from their MCU: those that nobody sees to first, then the newest. */
export function incidentsAt(incidents: Record<string, Incident> | undefined, sites: ReadonlySet<string>, mcu: string): Incident[] {
  return Object.values(incidents ?? {})
    .filter((one) => sites.has(one.site) || one.link?.startsWith(`${mcu}/`))
    .sort((a, b) => URGENCY[a.state] - URGENCY[b.state] || b.at.localeCompare(a.at));
}

/** Which of these sites an item of the script shows. */
export function mineIn(item: AgendaItem | undefined, sites: ReadonlySet<string>): string[] {
  return guestsOf(item, undefined).filter((site) => sites.has(site));
}
