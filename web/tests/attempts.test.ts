import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../src/lib/api.ts';
import { Attempts } from '../src/lib/attempts.ts';
import { back } from '../src/lib/back.ts';

const TICK_MS = 100;

describe('attempts at a session', () => {
  let attempts: Attempts;
  let made: number[];
  let deaf: () => void;
  let answer: (signal: AbortSignal) => Promise<void>;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    attempts = new Attempts();
    made = [];
    deaf = attempts.follow();
    answer = () => Promise.reject(new Problem(503, {}, 2));
  });
  afterEach(() => {
    deaf();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** What a publisher or player does: it tries at every tick. */
  async function pass(ms: number): Promise<number> {
    const before = made.length;
    for (let at = 0; at < ms; at += TICK_MS) {
      void attempts.make(
        (signal) => {
          made.push(performance.now());
          return answer(signal);
        },
        () => undefined,
      );
      await vi.advanceTimersByTimeAsync(TICK_MS);
    }
    return made.length - before;
  }

  it('are as far apart as the server asks', async () => {
    expect(await pass(4000)).toBe(2);
  });

  it('go on at once when something is back', async () => {
    await pass(500);
    back();
    expect(await pass(500)).toBe(1);
  });

  const hangs = (signal: AbortSignal) => new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error())));

  it('that are not answered are given up', async () => {
    answer = hangs;
    expect(await pass(4900)).toBe(1);
    expect(await pass(500)).toBe(1);
  });

  it('that hang when something is back soon make room for another', async () => {
    answer = hangs;
    await pass(2000);
    back();
    expect(await pass(1000)).toBe(1);
  });

  it('that are answered in time are not given up when something is back', async () => {
    let given = 0;
    answer = (signal) => {
      signal.addEventListener('abort', () => (given += 1));
      return new Promise((resolve) => setTimeout(resolve, 500));
    };
    await pass(100);
    back();
    await pass(2000);
    expect(given).toBe(0);
  });
});
