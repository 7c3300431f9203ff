/** Search that forgives: "dao duc", "đạo đức", "DD" and "012" all find "UBND xã Đạo Đức", 26-07-012. */

/** Lower case without Vietnamese accents; đ becomes d. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase();
}

function words(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

export interface Searchable {
  name: string;
  code: string;
  number: number;
  /** Names of the units above, so that a district's name finds its communes. */
  context?: string;
}

function accented(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function scoreWord(query: string, name: string[], initials: string, item: Searchable): number {
  if (String(item.number) === query) return 5;
  if (name.includes(query)) return 4;
  if (name.some((word) => word.startsWith(query))) return 3;
  if (fold(item.code).includes(query)) return 2;
  if (query.length > 1 && initials.includes(query)) return 2;
  if (words(fold(item.context ?? '')).some((word) => word.startsWith(query))) return 1;
  return 0;
}

/** How well `item` fits: 0 = not at all; every word of the query must be found. */
export function score(query: string, item: Searchable): number {
  const asked = words(fold(query));
  if (asked.length === 0) return 1;
  const name = words(fold(item.name));
  const initials = name.map((word) => word[0]).join('');
  let total = 0;
  for (const word of asked) {
    const found = scoreWord(word, name, initials, item);
    if (found === 0) return 0;
    total += found;
  }
  if (asked.length > 1 && fold(item.name).includes(asked.join(' '))) total += 2;
  // Accents that were typed and fit put that one first: "Lập" before "Lạp".
  if (accented(item.name).includes(accented(query.trim()))) total += 2;
  return total;
}

/** The items that fit, best first, otherwise in the order given. */
export function search<T>(query: string, items: readonly T[], of: (item: T) => Searchable): T[] {
  if (words(fold(query)).length === 0) return [...items];
  return items
    .map((item, index) => ({ item, index, score: score(query, of(item)) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((hit) => hit.item);
}
