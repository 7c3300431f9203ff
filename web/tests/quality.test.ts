import { describe, expect, it } from 'vitest';
import { qualityClass } from '../src/lib/quality.ts';

describe('quality classes', () => {
  const good = { rtt_ms: 10, loss_pct: 0, jitter_ms: 3, fps: 25 };
  it.each([
    [{ ...good, rtt_ms: 100 }, 'good'],
    [{ ...good, rtt_ms: 101 }, 'fair'],
    [{ ...good, rtt_ms: 200 }, 'poor'],
    [{ ...good, loss_pct: 1 }, 'good'],
    [{ ...good, loss_pct: 1.1 }, 'fair'],
    [{ ...good, loss_pct: 2.5 }, 'poor'],
    [{ ...good, jitter_ms: 30 }, 'good'],
    [{ ...good, jitter_ms: 79 }, 'fair'],
    [{ ...good, jitter_ms: 80 }, 'poor'],
    [{ ...good, fps: 15 }, 'good'],
    [{ ...good, fps: 9 }, 'fair'],
    [{ ...good, fps: 8 }, 'poor'],
  ] as const)('%j is %s', (quality, expected) => expect(qualityClass(quality)).toBe(expected));

  it('is that of the worst figure', () => {
    expect(qualityClass({ rtt_ms: 5, loss_pct: 9, jitter_ms: 40 })).toBe('poor');
  });
  it('is what the server says, where it says so', () => {
    expect(qualityClass({ ...good, class: 'fair' })).toBe('fair');
  });
  it('is unknown without a figure, and does not call silence good', () => {
    expect(qualityClass(undefined)).toBe('unknown');
    expect(qualityClass({ kbps: 900 })).toBe('unknown');
    expect(qualityClass({ rtt_ms: NaN })).toBe('unknown');
  });
});
