import { describe, expect, it } from 'vitest';
import type { ScriptItem } from '../src/lib/office.ts';
import { added, moved, newId, overfull, removed, timesOf, total } from '../src/lib/script.ts';

const item = (id: string, minutes = 10, more: Partial<ScriptItem> = {}): ScriptItem => ({
  id, title: id, sites: [], at: null, minutes, speaker: '', layout: 'full', banner: '', content: '', ...more,
});
const rows = [item('m1', 10), item('m2', 25), item('m3', 5)];
const ids = (list: readonly ScriptItem[]) => list.map((row) => row.id);

describe('the rows of a script', () => {
  it('are added below a row, at the end, and into an empty script', () => {
    const made = added(rows, 0);
    expect([ids(made.rows), made.at]).toEqual([['m1', 'm4', 'm2', 'm3'], 1]);
    expect(added(rows, 99).at).toBe(3);
    expect(ids(added([], -1).rows)).toEqual(['m1']);
  });
  it('never get an id twice, also after one was taken out', () => {
    expect(newId([item('m1'), item('m4'), item('m3')])).toBe('m5');
  });
  it('move up and down as far as there is room', () => {
    expect([ids(moved(rows, 1, -1).rows), moved(rows, 1, -1).at]).toEqual([['m2', 'm1', 'm3'], 0]);
    expect([ids(moved(rows, 2, 1).rows), moved(rows, 2, 1).at]).toEqual([['m1', 'm2', 'm3'], 2]);
    expect(ids(moved(rows, 0, -1).rows)).toEqual(['m1', 'm2', 'm3']);
  });
  it('are taken out, and the focus goes to what stands there now', () => {
    expect([ids(removed(rows, 2).rows), removed(rows, 2).at]).toEqual([['m1', 'm2'], 1]);
    expect(removed([item('m1')], 0)).toEqual({ rows: [], at: 0 });
  });
  it('are left as they were by all of these', () => {
    expect(ids(rows)).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('the times of a script', () => {
  it('follow one another from the start, and begin anew where a row has a time of its own', () => {
    const own = [rows[0]!, item('m2', 25, { at: '2026-11-24T02:00:00.000Z' }), rows[2]!];
    expect(timesOf(own, '2026-11-24T01:00:00.000Z')).toEqual(['2026-11-24T01:00:00.000Z', '2026-11-24T02:00:00.000Z', '2026-11-24T02:25:00.000Z']);
    expect(total(rows)).toBe(40);
  });
  it('a row with more sites than its layout has panes is named', () => {
    expect(overfull([item('m1', 1, { sites: ['a', 'b'] }), item('m2', 1, { sites: ['a'] })], () => 1)).toEqual(['m1']);
  });
});
