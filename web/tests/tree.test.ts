import { describe, expect, it } from 'vitest';
import { treeRows, unitSites, visibleRows, type Leaf } from '../src/lib/tree.ts';
import type { Unit } from '../src/lib/types.ts';

const units: Unit[] = [
  { id: 'p', name: 'Tỉnh', tier: 'province' },
  { id: 'd2', name: 'Huyện Tam Đảo', tier: 'district', parent: 'p' },
  { id: 'd1', name: 'Huyện Bình Xuyên', tier: 'district', parent: 'p' },
  { id: 'c1', name: 'Xã A', tier: 'commune', parent: 'd1' },
  { id: 'c2', name: 'Xã B', tier: 'commune', parent: 'd1' },
  { id: 'empty', name: 'Huyện trống', tier: 'district', parent: 'p' },
];
const site = (id: string, unit: string, number: number): Leaf => ({ id, name: `UBND ${id}`, code: id, number, unit });
const sites = [site('b', 'c2', 4), site('a', 'c1', 5), site('hall', 'p', 1), site('bx', 'd1', 2), site('td', 'd2', 9), site('lost', 'nowhere', 99)];
const drawn = (rows: ReturnType<typeof treeRows<Leaf>>) =>
  rows.map((row) => `${'.'.repeat(row.depth)}${row.kind === 'unit' ? `[${row.unit.id} ${row.count}]` : row.site.id}`);

describe('the tree of sites', () => {
  it('draws units with their sites, one-site communes as one row by number, empty units not at all', () => {
    expect(drawn(treeRows(units, sites))).toEqual(['[p 5]', '.hall', '.td', '.[d1 3]', '..bx', '..b', '..a', 'lost']);
  });
  it('folds', () => {
    expect(drawn(treeRows(units, sites, new Set(['d1'])))).toEqual(['[p 5]', '.hall', '.td', '.[d1 3]', 'lost']);
  });
  it('becomes a flat list of hits while something is searched', () => {
    expect(drawn(visibleRows('binh xuyen', units, sites, new Set(['d1'])))).toEqual(['b', 'a', 'bx']);
  });
  it('knows the sites below a unit', () => {
    expect(unitSites(units, sites, 'd1').map((s) => s.id)).toEqual(['b', 'a', 'bx']);
  });
  it('does not turn in circles', () => {
    const circle: Unit[] = [
      { id: 'x', name: 'x', tier: 't', parent: 'y' },
      { id: 'y', name: 'y', tier: 't', parent: 'x' },
    ];
    expect(visibleRows('x', circle, [site('s', 'x', 1)], new Set())).toHaveLength(1);
  });
});
