import { describe, expect, it } from 'vitest';
import { actsOf, forChair, stepsOf } from '../src/lib/incident.ts';
import type { Incident, IncidentStep } from '../src/lib/types.ts';

const BOTH = { works: true, answers: true };

function after(steps: IncidentStep[], more: Partial<Incident> = {}): Incident {
  const done = Object.fromEntries(steps.map((step, minute) => [step, { at: `2026-11-24T01:0${minute}:00Z`, by: 'an' }]));
  return { id: '1', site: 'a', at: '2026-11-24T01:00:00Z', by: 'an', text: 'x', figures: {}, source: 'room', state: 'reported', steps: done, ...more };
}

describe('an incident', () => {
  it('is taken first, and closed once it is mended', () => {
    expect(actsOf(after([]), BOTH)[0]).toBe('take');
    expect(actsOf(after(['taken', 'mended']), BOTH)[0]).toBe('close');
    expect(actsOf(after(['taken', 'mended', 'closed']), BOTH)).toEqual([]);
  });

  it('is told to a carrier only where one is concerned, and the carrier answers once', () => {
    const known: IncidentStep[] = ['taken', 'cause-known'];
    expect(actsOf(after(known, { kind: 'power' }), BOTH)).not.toContain('carrier');
    expect(actsOf(after(known, { kind: 'line' }), BOTH)).toContain('carrier');
    expect(actsOf(after([...known, 'carrier-told'], { kind: 'line' }), BOTH)[0]).toBe('answer');
    expect(actsOf(after([...known, 'carrier-told'], { kind: 'line' }), { works: true, answers: false })).not.toContain('answer');
    expect(actsOf(after([...known, 'carrier-told', 'carrier-answered'], { kind: 'line' }), BOTH)).not.toContain('answer');
  });

  it('is before the chair from when he is told until he has heard', () => {
    const told = after(['taken', 'chair-told']);
    expect(forChair({ 1: told })).toEqual([told]);
    expect(forChair({ 1: after(['chair-told', 'chair-heard']), 2: after(['taken']), 3: after(['chair-told', 'mended', 'closed']) })).toEqual([]);
    expect(forChair(undefined)).toEqual([]);
  });

  it('has its steps by time, whatever their order in the regulation', () => {
    expect(stepsOf(after(['taken', 'chair-told', 'cause-known'])).map(({ step }) => step)).toEqual(['taken', 'chair-told', 'cause-known']);
  });
});
