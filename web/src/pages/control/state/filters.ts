/** Which sites an operator wants to see, and how many there are of each kind: one pass over all of them. Pure. */
import { qualityClass } from '../../../lib/quality.ts';
import type { Site } from '../../../lib/types.ts';

export const FILTERS = ['all', 'unready', 'asking', 'problem', 'muted'] as const;
export type Filter = (typeof FILTERS)[number];

/** It was there and is gone, or its line is bad. */
export function inTrouble(site: Pick<Site, 'state' | 'quality'>): boolean {
  return site.state === 'lost' || (site.state === 'ready' && qualityClass(site.quality) === 'poor');
}

export interface Overview {
  counts: Record<Filter, number>;
  ready: number;
  /** Ids of the sites that fit the filter; undefined: all. */
  fitting: ReadonlySet<string> | undefined;
}

/** `troubled`: sites that reported an incident which is not closed. */
export function overview(
  sites: readonly Site[], asking: ReadonlySet<string>, troubled: ReadonlySet<string>, filter: Filter,
): Overview {
  const counts: Record<Filter, number> = { all: sites.length, unready: 0, asking: 0, problem: 0, muted: 0 };
  const fitting = new Set<string>();
  for (const site of sites) {
    const is: Record<Filter, boolean> = {
      all: true,
      unready: site.state !== 'ready',
      asking: asking.has(site.id),
      problem: troubled.has(site.id) || inTrouble(site),
      muted: site.muted,
    };
    for (const name of FILTERS) if (name !== 'all' && is[name]) counts[name] += 1;
    if (is[filter]) fitting.add(site.id);
  }
  return { counts, ready: sites.length - counts.unready, fitting: filter === 'all' ? undefined : fitting };
}

/** The old set where the new one says the same, so that nothing is drawn again for nothing. */
export function steady(old: ReadonlySet<string> | undefined, fresh: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (!old || !fresh || old.size !== fresh.size) return fresh;
  for (const id of fresh) if (!old.has(id)) return fresh;
  return old;
}
