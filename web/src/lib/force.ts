/** What of the directory is in force: entries carry dates of validity, from the first to before the second. Pure. */
import type { Book } from './office.ts';
import { sitesByUnit } from './picking.ts';

interface Dated {
  valid_from?: string;
  valid_to?: string;
}

export function inForce(entry: Dated, day: string): boolean {
  return (entry.valid_from ?? '') <= day && day < (entry.valid_to ?? '9999-12-31');
}

/**
 * The directory as it is on that day ("2026-11-24"): what is offered to be chosen. A unit that has ended stays
 * while a site below it has not; and where nothing is left (a system that runs on an old list), all of it stays.
 */
export function onDay(book: Book, day: string): Book {
  const there = (entry: object) => inForce(entry as Dated, day);
  const sites = book.sites.filter(there);
  if (sites.length === 0) return book;
  const used = sitesByUnit(book.units, sites);
  return {
    ...book,
    sites,
    units: book.units.filter((unit) => there(unit) || used.has(unit.id)),
    mcus: book.mcus.filter(there),
    ...(book.people ? { people: book.people.filter(there) } : {}),
  };
}
