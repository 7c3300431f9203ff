import { describe, expect, it } from 'vitest';
import { Watchdog, type Sample, type Verdict } from '../src/lib/watchdog.ts';

/** 25 frames and 100 packets a second up to given moments, judged every 100 ms. */
function run(until: number, framesUntil: number, packetsUntil: number, from = 0): [number, Verdict][] {
  const dog = new Watchdog();
  const verdicts: [number, Verdict][] = [];
  for (let now = 0; now <= until; now += 100) {
    const sample: Sample = {
      now,
      frames: Math.floor(Math.max(0, Math.min(now, framesUntil) - from) / 40),
      packets: Math.floor(Math.max(0, Math.min(now, packetsUntil) - from) / 10),
      state: 'connected',
    };
    verdicts.push([now, dog.judge(sample)]);
  }
  return verdicts;
}

const first = (verdicts: [number, Verdict][], wanted: Verdict) => verdicts.find(([, v]) => v === wanted)?.[0];

describe('stall watchdog', () => {
  it('has nothing to say about a picture that moves', () => {
    const verdicts = run(5000, 5000, 5000);
    expect(new Set(verdicts.slice(1).map(([, v]) => v))).toEqual(new Set(['ok']));
  });
  it('asks for a keyframe after 300 ms without a frame while packets come, less and less often', () => {
    const verdicts = run(6000, 1000, 6000);
    const asked = verdicts.filter(([, v]) => v === 'keyframe').map(([at]) => at);
    expect(asked[0]).toBeGreaterThan(1300);
    expect(asked[0]).toBeLessThanOrEqual(1400);
    const pauses = asked.slice(1).map((at, i) => at - (asked[i] as number));
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(first(verdicts, 'restart')).toBeUndefined();
  });
  it('gives a session up when keyframes do not help', () => {
    expect(first(run(11000, 1000, 11000), 'restart')).toBe(9100);
  });
  it('wants a new session after 700 ms without packets', () => {
    expect(first(run(5000, 1000, 1000), 'restart')).toBe(1800);
  });
  it('waits longer for the first packet of a session', () => {
    expect(first(run(6000, 6000, 6000, 3000), 'restart')).toBeUndefined();
    expect(first(run(6000, 0, 0), 'restart')).toBe(4100);
  });
  it('wants a new session at once when the connection failed', () => {
    expect(new Watchdog().judge({ now: 0, frames: 0, packets: 0, state: 'failed' })).toBe('restart');
  });
  it('trusts frames seen on the screen', () => {
    const dog = new Watchdog();
    dog.judge({ now: 0, frames: 1, packets: 10, state: 'connected' });
    for (let now = 100; now <= 2000; now += 100) expect(dog.seen(now)).toBe('ok');
    expect(dog.judge({ now: 2100, frames: 50, packets: 200, state: 'connected' })).toBe('ok');
  });
  it('counts a stall from the last frame on the screen, not from the first count after it', () => {
    const dog = new Watchdog();
    for (let now = 0; now <= 1000; now += 100) dog.seen(now);
    const verdicts: [number, Verdict][] = [];
    for (let now = 1200; now <= 2000; now += 100) {
      verdicts.push([now, dog.judge({ now, frames: 25, packets: 100, state: 'connected' })]);
    }
    expect(first(verdicts, 'keyframe')).toBe(1400);
    expect(first(verdicts, 'restart')).toBe(1800);
  });
  it('does not take a timer that was held back for a stall', () => {
    const dog = new Watchdog();
    dog.seen(0);
    expect(dog.judge({ now: 1000, frames: 25, packets: 100, state: 'connected' })).toBe('ok');
    expect(dog.judge({ now: 2000, frames: 50, packets: 200, state: 'connected' })).toBe('ok');
  });
});
