import { describe, expect, it } from 'vitest';
import { across, path, roundUp } from '../src/lib/plot.ts';

describe('plots', () => {
  it.each([[0, 1], [0.3, 0.5], [0.5, 0.5], [1.2, 2], [4.9, 5], [7, 10], [120, 200]])('keep %d under %d', (most, top) => {
    expect(roundUp(most)).toBeCloseTo(top);
  });
  it('draw from the bottom up', () => {
    expect(path([{ x: 0, value: 0 }, { x: 1, value: 5 }], 10, 100, 40)).toBe('M0.0,40.0 L100.0,20.0');
    expect(path([], 1, 100, 40)).toBe('');
  });
  it('put days where they are', () => {
    expect(across(['2026-11-20', '2026-11-21', '2026-11-24'])).toEqual([0, 0.25, 1]);
    expect(across(['2026-11-20'])).toEqual([0.5]);
  });
});
