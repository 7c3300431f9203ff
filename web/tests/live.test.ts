import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whenBack } from '../src/lib/back.ts';
import { Live } from '../src/lib/live.svelte.ts';

const SNAPSHOT = JSON.stringify({ type: 'snapshot', now: '2026-01-01T00:00:00Z', state: { sites: {}, mcus: {} } });

class Line {
  static last: Line;
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;

  constructor() {
    Line.last = this;
  }

  close(): void {}
}

describe('the line to the server', () => {
  let returned: number;
  let deaf: () => void;
  let end: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', Line);
    vi.stubGlobal('location', { protocol: 'https:', host: 'here' });
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('fetch', () => Promise.resolve({ ok: true }));
    returned = 0;
    deaf = whenBack(() => (returned += 1));
    end = new Live('c1', 't').start();
  });
  afterEach(() => {
    deaf();
    end();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  async function hears(): Promise<number> {
    Line.last.onmessage?.({ data: SNAPSHOT });
    await vi.advanceTimersByTimeAsync(1000);
    return returned;
  }

  it('is not back when the page begins: whoever joins meanwhile is not hurried out of it', async () => {
    expect(await hears()).toBe(0);
  });

  it('is back after it was away, once', async () => {
    await hears();
    Line.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await hears()).toBe(1);
    expect(await hears()).toBe(1);
  });

  it('is back where the server was away when the page began', async () => {
    Line.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await hears()).toBe(1);
  });
});
