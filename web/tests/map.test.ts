import { describe, expect, it } from 'vitest';
import { labels, placeOf, planMap } from '../src/lib/map.ts';
import type { DirectorySite, Unit } from '../src/lib/types.ts';

const units: Unit[] = [
  { id: 'tinh', name: 'Tỉnh', tier: 'province', latitude: 21, longitude: 105.5 },
  { id: 'bac', name: 'Xã Bắc', tier: 'commune', parent: 'tinh', latitude: 21.2, longitude: 105.4 },
  { id: 'nam', name: 'Xã Nam', tier: 'commune', parent: 'tinh', latitude: 20.8, longitude: 105.6 },
  { id: 'so', name: 'Sở', tier: 'department', parent: 'tinh' },
  { id: 'dau', name: 'Ở đâu', tier: 'department' },
];
const site = (id: string, unit: string): DirectorySite => ({ id, code: id, name: id, unit, mcu: 'm', number: 1 });
const sites = [site('s-bac', 'bac'), site('s-nam', 'nam'), site('s-so', 'so'), site('s-dau', 'dau')];
const plan = {
  master: 'm-tinh',
  parent: { 'm-vnpt': 'm-tinh', 'm-trong': 'm-tinh' },
  home: { 's-bac': 'm-vnpt', 's-nam': 'm-vnpt', 's-so': 'm-tinh', 's-dau': 'm-tinh' },
};
const map = planMap(plan, sites, units);
const at = (id: string) => [...map.sites, ...map.mcus].find((point) => point.id === id);

describe('a plan on the map', () => {
  it('has north above and east on the right', () => {
    expect(at('s-bac')?.y).toBeLessThan(at('s-nam')?.y ?? 0);
    expect(at('s-bac')?.x).toBeLessThan(at('s-nam')?.x ?? 0);
  });

  it('fits in its frame', () => {
    for (const { x, y } of [...map.sites, ...map.mcus]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(map.height);
    }
  });

  it('keeps the proportions of the ground', () => {
    const [bac, nam] = [at('s-bac'), at('s-nam')];
    const ratio = ((nam?.y ?? 0) - (bac?.y ?? 0)) / ((nam?.x ?? 0) - (bac?.x ?? 0));
    expect(ratio).toBeCloseTo(0.4 / (0.2 * Math.cos((21 * Math.PI) / 180)));
  });

  it('puts an MCU amid its sites, and a unit without a place where the one above it is', () => {
    expect(at('m-vnpt')?.x).toBeCloseTo(((at('s-bac')?.x ?? 0) + (at('s-nam')?.x ?? 0)) / 2);
    expect(placeOf(new Map(units.map((unit) => [unit.id, unit])), 'so')).toEqual({ latitude: 21, longitude: 105.5 });
  });

  it('names what has no place', () => {
    expect(map.lost).toEqual(['s-dau', 'm-trong']);
  });

  it('stands with one site, and with none', () => {
    const one = planMap({ master: 'm', parent: {}, home: { 's-bac': 'm' } }, sites, units);
    expect([one.sites[0]?.x, one.sites[0]?.y]).toEqual([0.5, 0]);
    expect(planMap({ master: 'm', parent: {}, home: {} }, [], []).sites).toEqual([]);
  });
});

describe('names beside their boxes', () => {
  const at = (id: string, x: number, y: number) => ({ id, x, y });
  const put = (points: { id: string; x: number; y: number }[]) => labels(points, () => 100, 20, 10);

  it('stand above where there is room', () => {
    expect(put([at('a', 0, 0), at('b', 300, 0)]).get('b')).toMatchObject({ x: 300, anchor: 'middle' });
    expect(put([at('a', 0, 0)]).get('a')?.y).toBeLessThan(-10);
  });

  it('give way to boxes and to names before them', () => {
    const close = put([at('a', 0, 0), at('b', 40, 0), at('c', 80, 0)]);
    expect(close.get('a')?.y).toBeLessThan(0);
    expect(close.get('b')?.y).toBeGreaterThan(10);
    expect(close.get('c')).toMatchObject({ anchor: 'start' });
  });

  it('stand above all the same where there is no room at all', () => {
    const crowd = Array.from({ length: 9 }, (_, n) => at(`m${n}`, 0, 0));
    expect(put(crowd).get('m8')?.anchor).toBe('middle');
  });
});
