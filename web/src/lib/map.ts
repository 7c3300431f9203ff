/** Sites and MCUs of a plan as points on a map, north above. Pure. */
import { sitesOf, type PlanShape } from './cascade.ts';
import type { Unit } from './types.ts';

/** In degrees. */
export interface Place {
  latitude: number;
  longitude: number;
}

export interface Point {
  id: string;
  x: number;
  y: number;
}

export interface SitePoint extends Point {
  /** The MCU it is at. */
  mcu: string;
}

export interface PlanMap {
  sites: SitePoint[];
  mcus: Point[];
  /** Sites and MCUs of which nobody knows where they are. */
  lost: string[];
  /** The map is 1 wide and this high. */
  height: number;
}

/** The place of a unit, or of the nearest one above it that has one. */
export function placeOf(units: Map<string, Unit>, id: string): Place | undefined {
  for (let unit = units.get(id); unit; unit = units.get(unit.parent ?? '')) {
    if (unit.latitude || unit.longitude) return { latitude: unit.latitude ?? 0, longitude: unit.longitude ?? 0 };
  }
  return undefined;
}

/** Sites are where their units are, an MCU in the middle of its sites: so its lines are short. */
export function planMap(plan: PlanShape, sites: readonly { id: string; unit: string }[], units: readonly Unit[]): PlanMap {
  const known = new Map(units.map((unit) => [unit.id, unit]));
  const homes = new Map(sites.map((site) => [site.id, site.unit]));
  const places = new Map<string, Place>();
  for (const site of Object.keys(plan.home)) {
    const place = placeOf(known, homes.get(site) ?? '');
    if (place) places.set(site, place);
  }
  const mcus = [...new Set([plan.master, ...Object.keys(plan.parent)])];
  const middles = new Map<string, Place>();
  for (const mcu of mcus) {
    const here = sitesOf(plan, mcu).flatMap((site) => places.get(site) ?? []);
    if (here.length) middles.set(mcu, middle(here));
  }
  const { at, height } = plane([...places.values()]);
  return {
    sites: [...places].map(([id, place]) => ({ id, ...at(place), mcu: plan.home[id] ?? '' })),
    mcus: [...middles].map(([id, place]) => ({ id, ...at(place) })),
    lost: [...Object.keys(plan.home).filter((id) => !places.has(id)), ...mcus.filter((id) => !middles.has(id))],
    height,
  };
}

/** The points nearest to where a finger was, the nearest first: at most so many, and none that is much farther than the first. */
export function nearest(points: readonly Point[], at: { x: number; y: number }, most: number): Point[] {
  const far = (point: Point) => Math.hypot(point.x - at.x, point.y - at.y);
  const sorted = [...points].sort((a, b) => far(a) - far(b)).slice(0, most);
  const limit = sorted[0] ? far(sorted[0]) + 0.12 : 0;
  return sorted.filter((point) => far(point) <= limit);
}

function middle(places: Place[]): Place {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { latitude: mean(places.map((p) => p.latitude)), longitude: mean(places.map((p) => p.longitude)) };
}

/** Degrees as parts of the map's width; a degree of longitude is shorter by the cosine of the latitude. */
function plane(places: Place[]): { at: (place: Place) => { x: number; y: number }; height: number } {
  const [south, north] = span(places.map((place) => place.latitude));
  const [west, east] = span(places.map((place) => place.longitude));
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const width = Math.max((east - west) * shrink, (north - south) / 4, 0.01);
  const margin = (width - (east - west) * shrink) / 2;
  return {
    at: ({ latitude, longitude }) => ({ x: ((longitude - west) * shrink + margin) / width, y: (north - latitude) / width }),
    height: Math.max((north - south) / width, 0.25),
  };
}

function span(values: number[]): [least: number, most: number] {
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 0];
}

/** Where a name stands beside its box, the same units as its point. */
export interface Label {
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
}

interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Names above, below, left or right of their boxes, short ones first: each at the first place where
 * it covers neither a box nor a name before it. `box`: half the side of a box; `width`: how wide a name is.
 */
export function labels(points: Point[], width: (id: string) => number, line: number, box: number): Map<string, Label> {
  const taken: Rect[] = points.map(({ x, y }) => ({ left: x - box, right: x + box, top: y - box, bottom: y + box }));
  const shortFirst = [...points].sort((a, b) => width(a.id) - width(b.id));
  return new Map(
    shortFirst.map(({ id, x, y }) => {
      const wide = width(id);
      const beside = box + line / 3;
      const above = (lines: number): Label => ({ x, y: y - beside - lines * line, anchor: 'middle' });
      const below = (lines: number): Label => ({ x, y: y + beside + (lines + 0.7) * line, anchor: 'middle' });
      const left: Label = { x: x - beside, y: y + line / 3, anchor: 'end' };
      const right: Label = { x: x + beside, y: y + line / 3, anchor: 'start' };
      const choices = [above(0), below(0), left, right, above(1), below(1), above(2), below(2)].map(
        (label) => [label, covered(label, wide, line)] as const,
      );
      const [label, rect] = choices.find(([, one]) => !taken.some((other) => overlap(one, other))) ?? (choices[0] as readonly [Label, Rect]);
      taken.push(rect);
      return [id, label];
    }),
  );
}

function covered({ x, y, anchor }: Label, width: number, line: number): Rect {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - line * 0.8, bottom: y + line * 0.2 };
}

function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
