import { describe, expect, it } from 'vitest';
import { boardRows, nextMissing, ordered, steered, wholeRow } from '../src/lib/board.ts';
import type { ChecksView, CheckStep, Mark } from '../src/lib/office.ts';

const mark = (item: string, passed: boolean): Mark => ({ item, passed, note: passed ? '' : 'rè', at: '', by: '', attempt: 1 });
const step: CheckStep = { id: 's', number: '4a', title: { vi: '', en: '' }, items: ['picture', 'sound'], sites: ['a', 'b', 'c'], missing: ['b', 'c'] };
const view: ChecksView = {
  items: [], steps: [step], contacts: [], sites: { a: 'Xã A', b: 'Xã B', c: 'Xã C' }, examined: { a: true, b: false },
  sheets: [
    { step: 's', site: 'a', marks: [mark('picture', true), mark('sound', true)] },
    { step: 's', site: 'b', marks: [mark('sound', false)] },
    { step: 'other', site: 'c', marks: [mark('picture', true)] },
  ],
};
const rows = boardRows(view, step);

describe('the board of checks', () => {
  it('has three kinds of cells, and takes no marks of another step', () => {
    expect(rows.map((row) => row.cells)).toEqual([['passed', 'passed'], ['open', 'failed'], ['open', 'open']]);
    expect(rows.map((row) => row.missing)).toEqual([false, true, true]);
    expect(rows.map((row) => row.examined)).toEqual([true, false, undefined]);
  });
  it('passes of a whole row what is not passed yet', () => {
    expect(wholeRow(step, rows[1]!)).toEqual([{ item: 'picture', passed: true, note: '' }, { item: 'sound', passed: true, note: '' }]);
    expect(wholeRow(step, rows[0]!)).toEqual([]);
  });
  it('goes on to the next row that misses something, around the end', () => {
    expect([nextMissing(rows, 1), nextMissing(rows, 2), nextMissing([rows[0]!], 0)]).toEqual([2, 1, -1]);
  });
});

describe('the keys of the board', () => {
  it.each([
    ['ArrowDown', { row: 2, column: 1 }], ['ArrowUp', { row: 0, column: 1 }], ['ArrowRight', { row: 1, column: 1 }],
    ['ArrowLeft', { row: 1, column: 0 }], ['Home', { row: 1, column: 0 }], ['PageDown', { row: 2, column: 1 }], ['q', undefined],
  ])('%s leads to %o and stays on the board', (key, to) => expect(steered(key, { row: 1, column: 1 }, 3, 2)).toEqual(to));
  it.each([
    ['Space', 'pass'], ['Digit1', 'pass'], ['Numpad1', 'pass'], ['KeyX', 'fail'], ['Digit0', 'fail'], ['KeyD', 'row'], ['KeyS', 'figures'], ['KeyQ', undefined],
  ])('%s is %s, whatever input method is on', (code, order) => expect(ordered({ key: 'đ', code })).toBe(order));
});
