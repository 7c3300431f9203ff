/** The tree of units with their sites, and the flat list of rows an operator sees of it. */
import { fold, search } from './search.ts';
import type { Unit } from './types.ts';

export interface Leaf {
  id: string;
  name: string;
  code: string;
  number: number;
  unit: string;
}

export type Row<S extends Leaf> =
  | { kind: 'unit'; unit: Unit; depth: number; count: number; open: boolean }
  | { kind: 'site'; site: S; depth: number };

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, 'vi');
}

const indexes = new WeakMap<readonly Unit[], ReadonlyMap<string, Unit>>();

/** Units by id; kept as long as the list is, since a search asks for it at each of 3,400 sites. */
export function unitIndex(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  const known = indexes.get(units) ?? new Map(units.map((unit) => [unit.id, unit]));
  indexes.set(units, known);
  return known;
}

/** Names of a unit and all above it, for the search. */
export function unitPath(units: readonly Unit[], id: string): string {
  const byId = unitIndex(units);
  const names: string[] = [];
  const seen = new Set<string>();
  for (let unit = byId.get(id); unit && !seen.has(unit.id); unit = byId.get(unit.parent ?? '')) {
    seen.add(unit.id);
    names.push(unit.name);
  }
  return names.join(' ');
}

/**
 * Rows in the order of the tree: a unit, its own sites by number, then the units below it by name.
 * Units without a site anywhere below are left out; a unit that holds one single site is not drawn
 * as a branch of its own (a commune and its one room are one row). Sites of unknown units come last.
 */
export function treeRows<S extends Leaf>(
  units: readonly Unit[],
  sites: readonly S[],
  closed: ReadonlySet<string> = new Set(),
): Row<S>[] {
  const known = new Set(units.map((unit) => unit.id));
  const children = groupBy(units, (unit) => parentOf(unit, known));
  const own = groupBy(sites, (site) => (known.has(site.unit) ? site.unit : ''));
  const counts = new Map<string, number>();
  const count = (unit: Unit): number => {
    let total = own.get(unit.id)?.length ?? 0;
    for (const child of children.get(unit.id) ?? []) total += count(child);
    counts.set(unit.id, total);
    return total;
  };
  const roots = children.get('') ?? [];
  roots.forEach(count);

  const rows: Row<S>[] = [];
  const addSites = (of: string[], depth: number) => {
    const list = of.flatMap((unit) => own.get(unit) ?? []);
    for (const site of list.sort((a, b) => a.number - b.number)) rows.push({ kind: 'site', site, depth });
  };
  const add = (unit: Unit, depth: number) => {
    const total = counts.get(unit.id) ?? 0;
    if (total === 0) return;
    if (total === 1 && own.has(unit.id)) {
      addSites([unit.id], depth);
      return;
    }
    const open = !closed.has(unit.id);
    rows.push({ kind: 'unit', unit, depth, count: total, open });
    if (!open) return;
    addSites([unit.id], depth + 1);
    const below = [...(children.get(unit.id) ?? [])].sort(byName);
    const single = (u: Unit) => counts.get(u.id) === 1 && own.has(u.id);
    addSites(below.filter(single).map((child) => child.id), depth + 1);
    below.filter((child) => !single(child)).forEach((child) => add(child, depth + 1));
  };
  [...roots].sort(byName).forEach((unit) => add(unit, 0));
  addSites([''], 0);
  return rows;
}

function parentOf(unit: Unit, known: ReadonlySet<string>): string {
  return unit.parent !== undefined && known.has(unit.parent) ? unit.parent : '';
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** Rows for what was typed: the tree when nothing is, else the hits, best first. */
export function visibleRows<S extends Leaf>(
  query: string,
  units: readonly Unit[],
  sites: readonly S[],
  closed: ReadonlySet<string>,
): Row<S>[] {
  if (fold(query).trim() === '') return treeRows(units, sites, closed);
  const hits = search(query, sites, ({ name, code, number, unit }) => ({
    name,
    code,
    number,
    context: unitPath(units, unit),
  }));
  return hits.map((site) => ({ kind: 'site', site, depth: 0 }));
}

/** The sites of a unit and of all units below it. */
export function unitSites<S extends Leaf>(units: readonly Unit[], sites: readonly S[], id: string): S[] {
  const below = new Set([id]);
  // Parents come first in the list, so one pass reaches every depth.
  for (const unit of units) if (unit.parent !== undefined && below.has(unit.parent)) below.add(unit.id);
  return sites.filter((site) => below.has(site.unit));
}
