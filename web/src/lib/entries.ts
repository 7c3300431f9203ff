/** The log book from its newest entry back, page by page; what is new comes on top. */
import type { Entry } from './office.ts';

/** More than any entry's number, and as high as the server takes one. */
export const NEWEST = 2 ** 31 - 1;

/** Entries that are shown and another page of them, the newest first, each once. */
export function merged(shown: readonly Entry[], page: readonly Entry[]): Entry[] {
  const all = new Map([...shown, ...page].map((entry) => [entry.seq, entry]));
  return [...all.values()].sort((a, b) => b.seq - a.seq);
}

/** After the newest page was read again: a full page that meets nothing shown may have left a gap before it. */
export function renewed(shown: readonly Entry[], page: readonly Entry[], size: number): Entry[] {
  const seen = new Set(shown.map((entry) => entry.seq));
  const joins = page.length < size || page.some((entry) => seen.has(entry.seq));
  return merged(joins ? shown : [], page);
}
