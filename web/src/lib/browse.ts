/** The directory as lines that can be searched: units, sites, MCUs, people. Pure. */
import type { Book } from './office.ts';
import { fold } from './search.ts';
import { unitIndex, unitPath } from './tree.ts';

export type What = 'sites' | 'units' | 'mcus' | 'people';

export interface Line {
  id: string;
  name: string;
  /** Its code, or what it is called elsewhere. */
  code: string;
  /** Unit above it, or whose it is. */
  of: string;
  more: string;
  text: string;
}

export function linesOf(book: Book, what: What, tierOf: (id: string) => string, guided: (gateway: string) => string): Line[] {
  const byId = unitIndex(book.units);
  const unit = (id: string) => byId.get(id)?.name ?? id;
  const site = (id: string) => book.sites.find((one) => one.id === id)?.name ?? id;
  const mcu = new Map(book.mcus.map((one) => [one.id, one.name]));
  const line = (id: string, name: string, code: string, of: string, more: string, above = ''): Line => ({
    id, name, code, of, more, text: fold(`${name} ${code} ${of} ${more} ${above}`),
  });
  switch (what) {
    case 'units':
      return book.units.map((one) => line(one.id, one.name, one.id, one.parent ? unit(one.parent) : '', tierOf(one.tier), unitPath(book.units, one.id)));
    case 'sites':
      return book.sites.map((one) => line(one.id, one.name, one.code, unit(one.unit), mcu.get(one.mcu) ?? one.mcu, unitPath(book.units, one.unit)));
    case 'mcus':
      return book.mcus.map((one) => line(one.id, one.name, one.id, one.operator || unit(one.unit ?? ''), one.gateway ? guided(site(one.gateway)) : (mcu.get(one.parent ?? '') ?? one.parent ?? '')));
    case 'people':
      return (book.people ?? []).map((one) => line(one.id, one.name, one.position, unit(one.unit), [one.phone, one.email].filter(Boolean).join(' · ')));
  }
}

/** The lines in which every word stands, accents or not. */
export function found(lines: readonly Line[], query: string): Line[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return lines.filter(({ text }) => words.every((word) => text.includes(word)));
}
