import { describe, expect, it } from 'vitest';
import { changesOf, Draft } from '../src/lib/draft.svelte.ts';
import { toField } from '../src/lib/local.ts';
import type { Dossier } from '../src/lib/office.ts';

const dossier = {
  title: 'Họp', procedure: '429-planned.abc', unit: 'p', master: 'm', chair: 's1', sites: ['s1', 's2'], starts_at: '2026-11-24T01:00:00Z', ends_at: '2026-11-24T04:00:00Z',
  rehearsal_at: null, requested_at: '2026-11-20T01:00:00Z', letter: { number: '', day: null, sender: '', subject: '' }, content: '', secrecy: 'internal', admitted: [],
} as unknown as Dossier;

describe('a dossier that is being changed', () => {
  it('says nothing of what stays as it is, however times and sites are written', () => {
    const draft = Draft.of(dossier);
    expect(changesOf(dossier, draft.order())).toEqual({});
    draft.sites.delete('s1');
    draft.sites.add('s1');
    expect(changesOf(dossier, draft.order())).toEqual({});
  });
  it('says just what is new', () => {
    const draft = Draft.of(dossier);
    draft.sites.add('s3');
    draft.letter.number = '12/UBND';
    expect(changesOf(dossier, draft.order())).toEqual({ sites: ['s1', 's2', 's3'], letter: { number: '12/UBND', day: null, sender: '', subject: '' } });
  });
  it('moves its end and rehearsal with the start', () => {
    const draft = Draft.of({ ...dossier, rehearsal_at: '2026-11-23T07:00:00Z' });
    draft.moveStart('2026-11-25T01:30:00.000Z');
    expect([draft.endsAt, draft.rehearsalAt]).toEqual(['2026-11-25T04:30:00.000Z', '2026-11-24T07:30:00.000Z']);
  });
  it("always takes the chair's site along", () => {
    const draft = Draft.of(dossier);
    draft.sites.clear();
    draft.sites.add('s2');
    expect(draft.order().sites).toEqual(['s1', 's2']);
  });
});

it('a new dossier is in the morning in three days, its rehearsal the afternoon before', () => {
  const draft = Draft.fresh(Date.parse('2026-11-24T20:00:00Z'));
  expect([draft.startsAt, draft.endsAt, draft.rehearsalAt].map(toField)).toEqual(['2026-11-28T08:00', '2026-11-28T11:30', '2026-11-27T14:00']);
});
