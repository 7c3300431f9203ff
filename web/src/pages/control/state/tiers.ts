/** Sites tier by tier, from the top of the tree: rows of the list, and points on the map. Pure. */
import { placeOf } from '../../../lib/map.ts';
import { tierChoices } from '../../../lib/picking.ts';
import type { Leaf } from '../../../lib/tree.ts';
import { unitIndex } from '../../../lib/tree.ts';
import type { Unit } from '../../../lib/types.ts';

export type TierRow = { kind: 'tier'; tier: string; count: number } | { kind: 'site'; site: Leaf };

/** A heading for each tier, then its sites in the order given; sites of unknown units last, without one. */
export function tierRows(units: readonly Unit[], sites: readonly Leaf[]): TierRow[] {
  const byId = new Map(sites.map((site) => [site.id, site]));
  const rows: TierRow[] = [];
  for (const { tier, sites: ids } of tierChoices(units, sites)) {
    rows.push({ kind: 'tier', tier, count: ids.length });
    for (const id of ids) rows.push({ kind: 'site', site: byId.get(id) as Leaf });
    ids.forEach((id) => byId.delete(id));
  }
  return [...rows, ...[...byId.values()].map((site): TierRow => ({ kind: 'site', site }))];
}

export interface Spot {
  site: Leaf;
  /** Parts of the map's width. */
  x: number;
  y: number;
}

export interface SiteMap {
  spots: Spot[];
  lost: Leaf[];
  height: number;
  /** Of a spot, 1 for few sites. */
  scale: number;
}

/** How far apart sites of one place are drawn, in parts of the map's width; of many, each is smaller. */
const APART = 0.036;
/** So many sites are drawn at full size. */
const ROOMY = 40;

/** The sites where their units are, north above; those of one place stand around it. */
export function siteMap(units: readonly Unit[], sites: readonly Leaf[]): SiteMap {
  const index = new Map(unitIndex(units));
  const places = sites.map((site) => ({ site, place: placeOf(index, site.unit) }));
  const known = places.flatMap(({ site, place }) => (place ? [{ site, place }] : []));
  const lost = places.filter(({ place }) => !place).map(({ site }) => site);
  const { x, y, height } = frame(known.map(({ place }) => place));
  const scale = Math.max(0.3, Math.min(1, Math.sqrt(ROOMY / Math.max(1, known.length))));
  const here = new Map<string, number>();
  const spots = known.map(({ site, place }) => {
    const key = `${place.latitude} ${place.longitude}`;
    const nth = here.get(key) ?? 0;
    here.set(key, nth + 1);
    const [dx, dy] = around(nth, APART * scale);
    return { site, x: x(place.longitude) + dx, y: y(place.latitude) + dy };
  });
  return { spots, lost, height, scale };
}

interface Degrees {
  latitude: number;
  longitude: number;
}

function frame(places: readonly Degrees[]): { x: (longitude: number) => number; y: (latitude: number) => number; height: number } {
  let [south, north, west, east] = [90, -90, 180, -180];
  for (const { latitude, longitude } of places) {
    [south, north] = [Math.min(south, latitude), Math.max(north, latitude)];
    [west, east] = [Math.min(west, longitude), Math.max(east, longitude)];
  }
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const width = Math.max((east - west) * shrink, (north - south) / 2, 0.01);
  const margin = (width - (east - west) * shrink) / 2;
  return {
    x: (longitude) => ((longitude - west) * shrink + margin) / width,
    y: (latitude) => (north - latitude) / width,
    height: places.length ? Math.max((north - south) / width, 0.3) : 1,
  };
}

/** The nth place of a spiral around a point, which has the first. */
function around(nth: number, apart: number): [number, number] {
  const radius = apart * Math.sqrt(nth);
  const angle = nth * 2.4;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
