/** The rows of a script as they are edited: added, moved, taken out, and when each begins. Pure. */
import type { ScriptItem } from './office.ts';
import { plus } from './local.ts';

/** An id that no row has, of `[a-z0-9-]`. */
export function newId(rows: readonly ScriptItem[]): string {
  let n = rows.length + 1;
  while (rows.some((row) => row.id === `m${n}`)) n += 1;
  return `m${n}`;
}

export function blank(rows: readonly ScriptItem[]): ScriptItem {
  return { id: newId(rows), title: '', sites: [], at: null, minutes: 10, speaker: '', layout: 'full', banner: '', content: '' };
}

/** A new row after that place (−1: first); says where it stands. */
export function added(rows: readonly ScriptItem[], after: number): { rows: ScriptItem[]; at: number } {
  const at = Math.min(after + 1, rows.length);
  return { rows: [...rows.slice(0, at), blank(rows), ...rows.slice(at)], at };
}

/** The row one place up (−1) or down (1), as far as there is one. */
export function moved(rows: readonly ScriptItem[], index: number, by: -1 | 1): { rows: ScriptItem[]; at: number } {
  const to = index + by;
  const [one, other] = [rows[index], rows[to]];
  if (!one || !other) return { rows: [...rows], at: index };
  const next = [...rows];
  next[index] = other;
  next[to] = one;
  return { rows: next, at: to };
}

export function removed(rows: readonly ScriptItem[], index: number): { rows: ScriptItem[]; at: number } {
  const next = rows.filter((_, place) => place !== index);
  return { rows: next, at: Math.max(0, Math.min(index, next.length - 1)) };
}

/** When each row begins: as it says, else after the one before it; the first one with the session. */
export function timesOf(rows: readonly { at?: string | null; minutes: number }[], start: string): string[] {
  let at = start;
  return rows.map((row) => {
    const begins = row.at ?? at;
    at = plus(begins, row.minutes);
    return begins;
  });
}

/** Minutes of all rows together. */
export function total(rows: readonly ScriptItem[]): number {
  return rows.reduce((sum, row) => sum + row.minutes, 0);
}

/** Ids of rows whose sites do not fit their layout. */
export function overfull(rows: readonly ScriptItem[], panes: (layout: string) => number): string[] {
  return rows.filter((row) => row.sites.length > panes(row.layout)).map((row) => row.id);
}
