import { describe, expect, it } from 'vitest';
import { merged, renewed } from '../src/lib/entries.ts';
import type { Entry } from '../src/lib/office.ts';

const entries = (...seqs: number[]) => seqs.map((seq) => ({ seq }) as Entry);
const seqs = (list: readonly Entry[]) => list.map((entry) => entry.seq);

describe('entries of the log book', () => {
  it('are shown once each, the newest first', () => {
    expect(seqs(merged(entries(5, 4), entries(2, 3, 4)))).toEqual([5, 4, 3, 2]);
  });
  it('stay when newer ones come', () => {
    expect(seqs(renewed(entries(5, 4, 3, 2), entries(4, 5, 6), 3))).toEqual([6, 5, 4, 3, 2]);
    expect(seqs(renewed([], entries(1, 2), 3))).toEqual([2, 1]);
  });
  it('start anew rather than have a gap between them', () => {
    expect(seqs(renewed(entries(3, 2, 1), entries(7, 8, 9), 3))).toEqual([9, 8, 7]);
    expect(seqs(renewed(entries(3), entries(9), 3))).toEqual([9, 3]);
  });
});
