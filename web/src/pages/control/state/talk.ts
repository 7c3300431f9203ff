/** What rooms say to the control room, site by site, those that wait for it first. Pure. */
import { URGENCY } from '../../../lib/incident.ts';
import type { ChatLine, Incident } from '../../../lib/types.ts';

export interface Thread {
  /** The site, or `link/…` where incidents of a link stand alone. */
  site: string;
  lines: readonly ChatLine[];
  /** Of that site, those that are not closed first. */
  incidents: Incident[];
  /** Lines of the room that nobody has answered or looked at. */
  unread: number;
  /** Incidents that nobody has taken. */
  reported: number;
  /** Of the latest thing that happened. */
  at: string;
}

export const threadOf = ({ site, link }: Incident): string => site || `link/${link ?? ''}`;

/** `seen`: the time of the last line that was looked at, of each site. */
export function unreadOf(lines: readonly ChatLine[], seen: string | undefined): number {
  const answered = lines.findLastIndex((line) => !line.room);
  return lines.slice(answered + 1).filter((line) => !seen || line.at > seen).length;
}

export function threads(
  talk: Readonly<Record<string, readonly ChatLine[]>>,
  incidents: readonly Incident[],
  seen: ReadonlyMap<string, string>,
): Thread[] {
  const sites = new Set([...Object.keys(talk), ...incidents.map(threadOf)]);
  const list = [...sites].map((site): Thread => {
    const lines = talk[site] ?? [];
    const own = incidents.filter((one) => threadOf(one) === site).sort((a, b) => URGENCY[a.state] - URGENCY[b.state] || b.at.localeCompare(a.at));
    const times = [...own.map((one) => one.at), lines.at(-1)?.at ?? ''];
    return {
      site,
      lines,
      incidents: own,
      unread: unreadOf(lines, seen.get(site)),
      reported: own.filter((one) => one.state === 'reported').length,
      at: times.sort().at(-1) ?? '',
    };
  });
  const open = (one: Thread) => one.incidents.filter(({ state }) => state !== 'closed').length;
  return list.sort((a, b) => b.reported - a.reported || b.unread - a.unread || open(b) - open(a) || b.at.localeCompare(a.at));
}
