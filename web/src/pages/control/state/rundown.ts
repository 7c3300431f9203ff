/** Where a session stands in its script: what is on now, what is next, and how far it is from the plan. Pure. */
import type { ScriptItem } from '../../../lib/office.ts';
import { timesOf } from '../../../lib/script.ts';

export interface Standing {
  /** Place of the item on the main screen, −1 before the first. */
  now: number;
  /** Place of the next one; the number of items after the last. */
  next: number;
  /** Of the present item, in milliseconds; negative is over time. */
  left: number | undefined;
  /** Behind (positive) or ahead of the plan, in milliseconds. */
  drift: number | undefined;
  /** When the last item will be over, if the rest takes as long as planned. */
  ends: number | undefined;
}

const MINUTE = 60_000;

/** `begins`: when each item begins as planned (milliseconds). */
export function planned(items: readonly ScriptItem[], startsAt: string): number[] {
  return timesOf(items, startsAt).map((time) => Date.parse(time));
}

export function standing(
  items: readonly ScriptItem[], begins: readonly number[], cue: string | undefined, cueAt: string | undefined, now: number,
): Standing {
  const place = items.findIndex((item) => item.id === cue);
  const present = items[place];
  const since = cueAt ? Date.parse(cueAt) : NaN;
  const timed = present && present.minutes > 0 && Number.isFinite(since);
  const left = timed ? since + present.minutes * MINUTE - now : undefined;
  const drift = driftOf(items, begins, place, since, now);
  const last = items.length - 1;
  const over = (begins[last] ?? NaN) + (items[last]?.minutes ?? 0) * MINUTE;
  const ends = over + (drift ?? 0);
  return { now: place, next: place + 1, left, drift, ends: Number.isFinite(ends) ? ends : undefined };
}

/** Late as the item began, or later still once it takes longer than planned; before the first one: late or nothing. */
function driftOf(items: readonly ScriptItem[], begins: readonly number[], place: number, since: number, now: number): number | undefined {
  const begin = begins[Math.max(place, 0)];
  if (begin === undefined || !Number.isFinite(begin)) return undefined;
  if (place < 0) return now > begin ? now - begin : undefined;
  if (!Number.isFinite(since)) return undefined;
  const minutes = items[place]?.minutes ?? 0;
  return minutes > 0 ? Math.max(since - begin, now - begin - minutes * MINUTE) : since - begin;
}

/** "4:05", "1:02:05", with a sign where one is asked for: "+2:10", "−0:30". */
export function span(ms: number, signed = false): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const text = h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  if (seconds === 0) return text;
  return ms < 0 ? `−${text}` : signed ? `+${text}` : text;
}
