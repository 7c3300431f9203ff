import { describe, expect, it } from 'vitest';
import { elapsedMs, figure, measured, ringClass, ringPart, runningClock } from '../src/lib/time.ts';

describe('the clock of a call', () => {
  it('runs from the request on the server clock, never backwards', () => {
    const at = '2026-11-24T01:00:00.000Z';
    expect(elapsedMs(at, Date.parse(at) + 1234)).toBe(1234);
    expect(elapsedMs(at, Date.parse(at) - 50)).toBe(0);
  });
  it('warns at 20 s and is over after 30 s, not at 30 s', () => {
    expect(ringClass(19_999)).toBe('calm');
    expect(ringClass(20_000)).toBe('warn');
    expect(ringClass(30_000)).toBe('warn');
    expect(ringClass(30_001)).toBe('over');
    expect(ringPart(15_000)).toBe(0.5);
    expect(ringPart(99_000)).toBe(1);
  });
  it('reads in the language of the reader', () => {
    expect(runningClock(7_390, 'vi')).toBe('7,3');
    expect(runningClock(7_390, 'en')).toBe('7.3');
    expect(runningClock(65_000, 'vi')).toBe('1:05');
    expect(runningClock(NaN, 'vi')).toBe('–');
    expect(measured(230, 'vi')).toBe('0,23 s');
    expect(measured(undefined, 'vi')).toBe('–');
    expect(figure(1180, 'kbit/s', 0, 'vi')).toBe('1.180 kbit/s');
    expect(figure(undefined, 'ms')).toBe('–');
  });
});
