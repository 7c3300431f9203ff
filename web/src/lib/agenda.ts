/** Where a session is in its script: what is on now and until when, and what comes next. Pure. */
import { timesOf } from './script.ts';
import { plus } from './local.ts';
import type { AgendaItem } from './types.ts';

export interface AgendaPlace {
  now?: AgendaItem;
  next?: AgendaItem;
  /** Whole minutes that are left of what is on now; negative when it lasts longer than planned. */
  left?: number;
  /** When each item begins, by the plan and by how late the session runs now. */
  times: string[];
}

export function placeIn(agenda: readonly AgendaItem[], cue: string | undefined, cueAt: string | undefined, start: string, now: number): AgendaPlace {
  const times = timesOf(agenda, start);
  const index = agenda.findIndex((item) => item.id === cue);
  const [on, next] = [agenda[index], agenda[index + 1]];
  if (!on || !cueAt) return { times, ...(agenda[0] ? { next: agenda[0] } : {}) };
  const left = (Date.parse(plus(cueAt, on.minutes)) - now) / 60_000;
  const begin = left < 0 ? new Date(now).toISOString() : plus(cueAt, on.minutes);
  const rest = timesOf(agenda.slice(index + 1), begin);
  return { now: on, ...(next ? { next } : {}), left: Math.ceil(left), times: [...times.slice(0, index), cueAt, ...rest] };
}

/** Whom to call for an item: its sites but the chair's. */
export function guestsOf(item: AgendaItem | undefined, chair: string | undefined): string[] {
  return (item?.sites ?? []).filter((site) => site && site !== chair);
}
