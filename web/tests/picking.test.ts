import { describe, expect, it } from 'vitest';
import { savedGroups, saveGroups, sitesByUnit, stateOf, tierChoices, toggled, usualChair, usualMaster } from '../src/lib/picking.ts';
import { treeRows } from '../src/lib/tree.ts';
import type { DirectorySite, Unit } from '../src/lib/types.ts';

const units: Unit[] = [
  { id: 'c1', name: 'Xã A', tier: 'commune', parent: 'd1' },
  { id: 'p', name: 'Tỉnh', tier: 'province' },
  { id: 'd1', name: 'Huyện 1', tier: 'district', parent: 'p' },
  { id: 'c2', name: 'Xã B', tier: 'commune', parent: 'd1' },
  { id: 'vp', name: 'Văn phòng', tier: 'department', parent: 'p' },
];
const site = (id: string, unit: string, number: number): DirectorySite => ({ id, name: id, code: id, unit, number, mcu: 'm' });
const sites = [site('hall', 'p', 2), site('small', 'p', 9), site('h1', 'd1', 3), site('a', 'c1', 4), site('b', 'c2', 5), site('lost', 'gone', 6)];

describe('whole tiers', () => {
  it('come from the top of the tree down, each with its sites', () => {
    expect(tierChoices(units, sites)).toEqual([
      { tier: 'province', sites: ['hall', 'small'] }, { tier: 'district', sites: ['h1'] }, { tier: 'commune', sites: ['a', 'b'] },
    ]);
  });
  it('stand in the order of their ranks where the directory has any', () => {
    const ranks = [{ id: 'commune', rank: 0 }, { id: 'district', rank: 1 }, { id: 'province', rank: 2 }];
    expect(tierChoices(units, sites, ranks).map(({ tier }) => tier)).toEqual(['commune', 'district', 'province']);
  });
});

describe('a press', () => {
  it('chooses all that is missing, and takes all away when all was chosen', () => {
    expect(toggled(['a', 'b'], new Set(['a']))).toEqual({ add: ['b'], drop: [] });
    expect(toggled(['a', 'b'], new Set(['a', 'b', 'x']))).toEqual({ add: [], drop: ['a', 'b'] });
  });
  it('on a unit stands for all sites below it, in whatever order units come', () => {
    const below = sitesByUnit(units, sites);
    expect(below.get('p')).toEqual(['hall', 'small', 'h1', 'a', 'b']);
    expect(below.get('d1')).toEqual(['h1', 'a', 'b']);
    expect([stateOf(['a', 'b'], new Set(['a'])), stateOf(['a'], new Set(['a'])), stateOf(['a'], new Set())]).toEqual(['some', 'all', 'none']);
  });
});

it("the chair's site is the organiser's first, or that of the unit above it", () => {
  expect([usualChair(units, sites, 'p'), usualChair(units, sites, 'vp'), usualChair(units, sites, 'nobody')]).toEqual(['hall', 'hall', '']);
});

it("the master is the MCU that serves the chair's site", () => {
  const mcus = [{ id: 'top' }, { id: 'm' }];
  expect([usualMaster(sites, mcus, 'hall'), usualMaster(sites, mcus, ''), usualMaster([], [], '')]).toEqual(['m', 'top', '']);
});

it('groups are kept on the machine, and a broken store has none', () => {
  const map = new Map<string, string>();
  const storage = { getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value) };
  saveGroups(storage, [{ name: 'Ban chỉ đạo', sites: ['a'] }]);
  expect(savedGroups(storage)).toEqual([{ name: 'Ban chỉ đạo', sites: ['a'] }]);
  storage.setItem('diemcau.groups', '[{"name":1},{broken');
  expect(savedGroups(storage)).toEqual([]);
});

it('3,400 sites are a tree and its sums in far less than a second', () => {
  const many: Unit[] = [{ id: 'tw', name: 'Trung ương', tier: 'central' }];
  const places: DirectorySite[] = [];
  for (let p = 0; p < 34; p += 1) {
    many.push({ id: `p${p}`, name: `Tỉnh ${p}`, tier: 'province', parent: 'tw' });
    for (let c = 0; c < 100; c += 1) {
      many.push({ id: `p${p}-${c}`, name: `Xã ${c}`, tier: 'commune', parent: `p${p}` });
      places.push(site(`s${p}-${c}`, `p${p}-${c}`, p * 100 + c + 1));
    }
  }
  const began = performance.now();
  const rows = treeRows(many, places, new Set(many.filter((unit) => unit.parent).map((unit) => unit.id)));
  const sums = sitesByUnit(many, places);
  expect(rows).toHaveLength(35);
  expect(sums.get('tw')).toHaveLength(3400);
  expect(performance.now() - began).toBeLessThan(1000);
});
