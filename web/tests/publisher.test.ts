import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem, type Api } from '../src/lib/api.ts';
import { Publisher } from '../src/lib/publisher.svelte.ts';
import { WhipSession } from '../src/lib/whip.ts';

const PATH = WhipSession.path('c1', 'a');
const OWN = `${new URL(PATH, 'http://here').searchParams.get('client')}-1`;
const TAKEN = new Problem(409, { type: 'urn:diemcau:already-publishing' });

describe('a site on the line', () => {
  let publisher: Publisher;
  let taken: number;
  let asked: string[];
  let answer: () => Promise<WhipSession>;
  let pc: { connectionState: string; getStats: () => Promise<unknown> };

  const session = () => ({ pc, openedAt: performance.now(), close: () => undefined, weigh: () => Promise.resolve() }) as unknown as WhipSession;

  beforeEach(() => {
    vi.useFakeTimers();
    pc = { connectionState: 'connected', getStats: () => Promise.resolve(new Map()) };
    answer = () => Promise.resolve(session());
    asked = [];
    taken = 0;
    vi.spyOn(WhipSession, 'open').mockImplementation((_, path) => {
      asked.push(path);
      return answer();
    });
    publisher = new Publisher({} as Api, PATH, false, () => (taken += 1));
    publisher.start({} as MediaStream);
  });
  afterEach(() => {
    publisher.stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  async function breaks(): Promise<void> {
    pc.connectionState = 'failed';
    await pass(200);
    pc.connectionState = 'connected';
    await pass(1000);
  }

  it('takes the place of whoever is there once, and makes its session anew in its own place only', async () => {
    await pass(1000);
    await breaks();
    expect(asked).toEqual([WhipSession.claim(PATH), PATH]);
    expect(publisher.status).toBe('live');
  });

  it('lets go when another has come into its place', async () => {
    await pass(1000);
    answer = () => Promise.reject(TAKEN);
    await breaks();
    expect([taken, publisher.status]).toEqual([1, 'idle']);
    await pass(10_000);
    expect(asked).toHaveLength(2);
  });

  it('lets go as soon as another session is seen after its own, but takes no former one for that', async () => {
    publisher.notice('ready', 'of-before-1');
    await pass(1000);
    publisher.notice('ready', 'of-before-1');
    publisher.notice('ready', OWN);
    publisher.notice('off', undefined);
    publisher.notice('ready', OWN.replace('-1', '-2'));
    expect(taken).toBe(0);
    publisher.notice('ready', 'of-another-1');
    expect([taken, publisher.status]).toEqual([1, 'idle']);
  });

  it('counts on after a count that failed', async () => {
    const counts = vi.spyOn(pc, 'getStats').mockRejectedValueOnce(new Error('closed meanwhile'));
    await pass(2000);
    expect(counts.mock.calls.length).toBeGreaterThan(1);
  });

  it('takes the place back when it is started again', async () => {
    await pass(1000);
    publisher.notice('ready', OWN);
    publisher.notice('ready', 'of-another-1');
    publisher.notice('ready', 'of-another-1');
    publisher.start({} as MediaStream);
    publisher.notice('ready', 'of-another-1');
    await pass(1000);
    expect(taken).toBe(1);
    expect(asked).toEqual([WhipSession.claim(PATH), WhipSession.claim(PATH)]);
  });
});
