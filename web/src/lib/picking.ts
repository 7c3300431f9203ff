/** Choosing who takes part off a tree of thousands of sites: by tier, by unit, by saved group. Pure. */
import { unitIndex } from './tree.ts';
import type { DirectorySite, Unit } from './types.ts';

export interface TierChoice {
  tier: string;
  /** Sites of units of that tier. */
  sites: string[];
}

export interface Group {
  name: string;
  sites: string[];
}

export type Chosen = 'all' | 'some' | 'none';

/** One choice for each tier that has sites: in the order of the tiers' ranks, else of the tree from its top. */
export function tierChoices(
  units: readonly Unit[],
  sites: readonly { id: string; unit: string }[],
  ranks: readonly { id: string; rank: number }[] = [],
): TierChoice[] {
  const byId = unitIndex(units);
  const found = new Map<string, { sites: string[]; depth: number }>();
  for (const site of sites) {
    const unit = byId.get(site.unit);
    if (!unit) continue;
    const choice = found.get(unit.tier) ?? { sites: [], depth: depthOf(byId, unit) };
    choice.sites.push(site.id);
    choice.depth = Math.min(choice.depth, depthOf(byId, unit));
    found.set(unit.tier, choice);
  }
  const rank = (tier: string, depth: number) => ranks.find((one) => one.id === tier)?.rank ?? depth;
  return [...found]
    .map(([tier, { sites: ids, depth }]) => ({ tier, sites: ids, rank: rank(tier, depth) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ tier, sites: ids }) => ({ tier, sites: ids }));
}

function depthOf(byId: ReadonlyMap<string, Unit>, unit: Unit): number {
  let depth = 0;
  for (let one = byId.get(unit.parent ?? ''); one && depth < 20; one = byId.get(one.parent ?? '')) depth += 1;
  return depth;
}

/** For each unit the sites in it and below, worked out once for the whole tree. */
export function sitesByUnit(units: readonly Unit[], sites: readonly { id: string; unit: string }[]): Map<string, string[]> {
  const byId = unitIndex(units);
  const below = new Map<string, string[]>();
  for (const site of sites) {
    const seen = new Set<string>();
    for (let unit = byId.get(site.unit); unit && !seen.has(unit.id); unit = byId.get(unit.parent ?? '')) {
      seen.add(unit.id);
      const list = below.get(unit.id);
      if (list) list.push(site.id);
      else below.set(unit.id, [site.id]);
    }
  }
  return below;
}

export function stateOf(ids: readonly string[], chosen: ReadonlySet<string>): Chosen {
  const count = ids.filter((id) => chosen.has(id)).length;
  return count === 0 ? 'none' : count === ids.length ? 'all' : 'some';
}

/** One press: all of them, and if all were chosen already, none of them. */
export function toggled(ids: readonly string[], chosen: ReadonlySet<string>): { add: string[]; drop: string[] } {
  const missing = ids.filter((id) => !chosen.has(id));
  return missing.length > 0 ? { add: missing, drop: [] } : { add: [], drop: [...ids] };
}

/** The chair's site, unless said otherwise: the first one of the organiser, else of any unit above it. */
export function usualChair(units: readonly Unit[], sites: readonly DirectorySite[], unit: string): string {
  const byId = unitIndex(units);
  const seen = new Set<string>();
  for (let one = byId.get(unit); one && !seen.has(one.id); one = byId.get(one.parent ?? '')) {
    seen.add(one.id);
    const own = sites.filter((site) => site.unit === one.id).sort((a, b) => a.number - b.number)[0];
    if (own) return own.id;
  }
  return '';
}

const KEY = 'diemcau.groups';

/** Groups that were saved on this machine; what is no longer in the directory drops out when one is used. */
export function savedGroups(storage: { getItem(key: string): string | null }): Group[] {
  try {
    const read: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(read) ? read.filter(isGroup) : [];
  } catch {
    return [];
  }
}

export function saveGroups(storage: { setItem(key: string, value: string): void }, groups: Group[]): void {
  try {
    storage.setItem(KEY, JSON.stringify(groups));
  } catch {
    // A browser without storage: the groups hold for this page.
  }
}

function isGroup(value: unknown): value is Group {
  const group = value as Group | null;
  return typeof group?.name === 'string' && Array.isArray(group.sites) && group.sites.every((id) => typeof id === 'string');
}

/** The MCU that usually runs a unit's sessions: the one that serves its chair. */
export function usualMaster(sites: readonly DirectorySite[], mcus: readonly { id: string }[], chair: string): string {
  return sites.find((site) => site.id === chair)?.mcu ?? mcus[0]?.id ?? '';
}
