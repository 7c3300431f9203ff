/** What the watch found, as an operator reads it. Pure. */
import type { Alarm } from '../../../lib/types.ts';

/** Whose the alarm is: a site, or the MCUs of a link (the lower one first) or one MCU. */
export type Subject = { site: string } | { mcus: string[] };

export function subjectOf(alarm: Alarm): Subject {
  const [kind, ...ids] = alarm.subject.split('/');
  return kind === 'site' ? { site: ids[0] ?? '' } : { mcus: ids };
}

/** The latest first: it is the one nobody has seen yet. */
export function newestFirst(alarms: Readonly<Record<string, Alarm>> | undefined): Alarm[] {
  return Object.values(alarms ?? {}).sort((a, b) => b.since.localeCompare(a.since) || a.id.localeCompare(b.id));
}

/** The first few names, and three dots for the others. */
export function few(names: readonly string[], most = 5): string {
  return names.length > most ? `${names.slice(0, most).join(', ')}, …` : names.join(', ');
}
