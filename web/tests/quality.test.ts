import { describe, expect, it } from 'vitest';
import { qualityClass } from '../src/lib/quality.ts';

describe('quality classes', () => {
  const good = { rtt_ms: 10, loss_pct: 0, jitter_ms: 3 };
  it.each([
    [{ ...good, rtt_ms: 49.9 }, 'good'],
    [{ ...good, rtt_ms: 50 }, 'ok'],
    [{ ...good, rtt_ms: 149 }, 'ok'],
    [{ ...good, rtt_ms: 150 }, 'bad'],
    [{ ...good, loss_pct: 0.99 }, 'good'],
    [{ ...good, loss_pct: 1 }, 'ok'],
    [{ ...good, loss_pct: 2.5 }, 'ok'],
    [{ ...good, loss_pct: 2.6 }, 'bad'],
    [{ ...good, jitter_ms: 29 }, 'good'],
    [{ ...good, jitter_ms: 30 }, 'ok'],
    [{ ...good, jitter_ms: 80 }, 'ok'],
    [{ ...good, jitter_ms: 81 }, 'bad'],
  ])('%j is %s', (quality, expected) => expect(qualityClass(quality)).toBe(expected));

  it('is that of the worst figure', () => {
    expect(qualityClass({ rtt_ms: 5, loss_pct: 9, jitter_ms: 40 })).toBe('bad');
  });
  it('is unknown without a figure, and does not call silence good', () => {
    expect(qualityClass(undefined)).toBe('unknown');
    expect(qualityClass({ kbps: 900, fps: 25 })).toBe('unknown');
    expect(qualityClass({ rtt_ms: NaN })).toBe('unknown');
  });
});
