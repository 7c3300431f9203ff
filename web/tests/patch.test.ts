import { describe, expect, it } from 'vitest';
import { mergePatch } from '../src/lib/patch.ts';

describe('merge patch (RFC 7396)', () => {
  // The rows of the RFC's appendix A whose target is an object and whose patch is one.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j = %j', (target, patch, result) => {
    expect(mergePatch(structuredClone(target), patch)).toEqual(result);
  });

  it('keeps the objects that the patch goes through, so that only leaves redraw', () => {
    const state = { sites: { a: { tally: 'off' }, b: { tally: 'off' } } };
    const { sites } = state;
    const { a, b } = sites;
    mergePatch(state, { sites: { a: { tally: 'on_air' } } });
    expect(state.sites).toBe(sites);
    expect(state.sites.a).toBe(a);
    expect(state.sites.b).toBe(b);
    expect(a.tally).toBe('on_air');
  });

  it('takes a member that was absent out of the patch without the patch object itself', () => {
    const patch = { mcus: { x: { state: 'online' } } };
    const state: Record<string, unknown> = {};
    mergePatch(state, patch);
    patch.mcus.x.state = 'offline';
    expect(state).toEqual({ mcus: { x: { state: 'online' } } });
  });

  it('never writes to a prototype', () => {
    mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    mergePatch({}, JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
