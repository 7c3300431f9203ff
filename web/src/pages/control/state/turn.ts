/** How far a turn of sites has come. Pure. */
import type { Turn } from '../../../lib/types.ts';

export const SHORTEST_S = 10;
export const LONGEST_S = 120;

export interface TurnProgress {
  site: string;
  next: string;
  /** From 1. */
  place: number;
  of: number;
  /** Milliseconds until the next site; never negative. */
  left: number;
  /** Part of this site's time that has gone, 0 to 1. */
  part: number;
}

export function turnProgress(turn: Turn, now: number): TurnProgress {
  const whole = turn.seconds * 1000;
  const gone = Math.min(whole, Math.max(0, now - Date.parse(turn.since)));
  return {
    site: turn.sites[turn.place] ?? '',
    next: turn.sites[(turn.place + 1) % turn.sites.length] ?? '',
    place: turn.place + 1,
    of: turn.sites.length,
    left: whole - gone,
    part: whole > 0 ? gone / whole : 1,
  };
}

/** Seconds as the server takes them. */
export function turnSeconds(wanted: number): number {
  return Math.min(LONGEST_S, Math.max(SHORTEST_S, Math.round(wanted) || SHORTEST_S));
}
