/** Everything there is to do and everybody there is, found by a few letters. Pure. */
import { fold } from '../../../lib/search.ts';

export interface Entry {
  id: string;
  label: string;
  /** What kind of thing it is, in a word or two. */
  kind: string;
  /** More words it is found by: a code, a unit above it. */
  more?: string;
  caps?: readonly string[];
  /** How much before others that fit as well. */
  weight?: number;
}

interface Folded<E> {
  entry: E;
  label: string;
  words: string[];
  initials: string;
  more: string;
}

/** Entries made ready for searching: folded once, not at each letter. */
export function indexed<E extends Entry>(entries: readonly E[]): Folded<E>[] {
  return entries.map((entry) => {
    const label = fold(entry.label);
    const words = label.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    return { entry, label, words, initials: words.map((word) => word[0]).join(''), more: fold(entry.more ?? '') };
  });
}

function scoreOf(word: string, one: Folded<Entry>): number {
  if (one.words.includes(word)) return 5;
  if (one.words.some((other) => other.startsWith(word))) return 4;
  if (word.length > 1 && one.initials.includes(word)) return 3;
  if (one.label.includes(word)) return 2;
  return one.more.includes(word) ? 1 : 0;
}

/** The entries in which every word is found, best first; with nothing typed, the first ones. */
export function hits<E extends Entry>(query: string, index: readonly Folded<E>[], most = 40): E[] {
  const asked = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const found = index.flatMap((one, order) => {
    const scores = asked.map((word) => scoreOf(word, one));
    if (scores.includes(0)) return [];
    const whole = asked.length > 1 && one.label.includes(asked.join(' ')) ? 3 : 0;
    // Of two that fit as well, the one that says little else.
    const share = asked.length / (one.words.length + 1);
    const score = scores.reduce((sum, value) => sum + value, whole) + (one.entry.weight ?? 0) + share;
    return [{ entry: one.entry, order, score }];
  });
  if (asked.length === 0) return found.slice(0, most).map(({ entry }) => entry);
  return found.sort((a, b) => b.score - a.score || a.order - b.order).slice(0, most).map(({ entry }) => entry);
}
