import { describe, expect, it } from 'vitest';
import { EVERY_S, FLASH_S, isLit, second } from '../src/lib/clip.ts';

describe('a test clip', () => {
  it('is white at the start of every second, and not before it begins', () => {
    const lit = Array.from({ length: 40 }, (_, n) => isLit((n + 0.5) / 10 - 1));
    expect(lit.slice(0, 10)).not.toContain(true);
    for (let begun = 10; begun < 40; begun += 10) {
      expect(lit.slice(begun, begun + 10)).toEqual([true, true, ...Array(8).fill(false)]);
    }
    expect(FLASH_S).toBeLessThan(EVERY_S / 3);
  });

  it('pips when it flashes, at 1 kHz, and is silent for the rest', () => {
    const rate = 48_000;
    const samples = second(rate);
    expect(samples.length).toBe(rate);
    const crossings = samples.slice(0, 2880).filter((one, n, all) => n > 0 && (all[n - 1] as number) < 0 && one >= 0);
    expect(crossings.length).toBeGreaterThan(57);
    expect(crossings.length).toBeLessThan(61);
    expect(Math.max(...samples.slice(2880))).toBe(0);
    expect(Math.max(...samples)).toBeCloseTo(0.5, 2);
  });
});
