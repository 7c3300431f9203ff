import { describe, expect, it } from 'vitest';
import { asked, askFor, keptFor } from '../src/lib/asks.ts';
import type { Ask, LiveState } from '../src/lib/types.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 1, 0, seconds));
const ask: Ask = { mcu: 'hang', site: 'a', at: at(0).toISOString(), due_at: at(30).toISOString() };

describe('what is asked of a technician', () => {
  it('runs down to when it is due, and is late from then on', () => {
    expect(asked(ask, at(12).getTime())).toEqual({ done: false, late: false, leftMs: 18_000, tookMs: 12_000 });
    expect(asked(ask, at(30).getTime()).late).toBe(false);
    expect(asked(ask, at(41).getTime())).toMatchObject({ late: true, leftMs: -11_000 });
  });
  it('stands still once it is answered, late or not', () => {
    const answered = (seconds: number) => asked({ ...ask, confirmed_at: at(seconds).toISOString() }, at(59).getTime());
    expect(answered(9)).toEqual({ done: true, late: false, leftMs: 21_000, tookMs: 9_000 });
    expect(answered(33)).toMatchObject({ done: true, late: true, tookMs: 33_000 });
  });
  it('is of one site of its MCU', () => {
    const state = { mcus: { hang: { id: 'hang', name: '', state: 'online', ask } } } as unknown as LiveState;
    expect(askFor(state, { id: 'a', mcu: 'hang' })).toBe(ask);
    expect(askFor(state, { id: 'b', mcu: 'hang' })).toBeUndefined();
    expect(keptFor(state, { id: 'b', mcu: 'hang' })).toBe('a');
    expect(keptFor(state, { id: 'a', mcu: 'hang' })).toBeUndefined();
    expect(askFor(null, { id: 'a', mcu: 'hang' })).toBeUndefined();
  });
});
