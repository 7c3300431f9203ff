import { describe, expect, it } from 'vitest';
import { clock, day, exactClock, fromField, nextHalfHour, plainDay, span, toDateField, toField } from '../src/lib/local.ts';
import { repeated } from '../src/lib/series.ts';
import { readClock, readDay } from '../src/lib/written.ts';

describe("times in Vietnam, whatever the browser's zone", () => {
  it('shows a UTC moment seven hours on, over midnight and the new year', () => {
    expect([clock('2026-11-24T01:00:00Z'), day('2026-11-24T01:00:00Z')]).toEqual(['08:00', '24/11/2026']);
    expect([clock('2026-12-31T17:30:00Z'), day('2026-12-31T17:30:00Z')]).toEqual(['00:30', '01/01/2027']);
    expect(exactClock('2026-11-24T01:00:05Z')).toBe('08:00:05');
    expect([clock(null), day(''), toField(undefined)]).toEqual(['–', '–', '']);
  });
  it('reads what is written in a field as Vietnam time, and gives it back', () => {
    expect(fromField('2026-11-24T08:00')).toBe('2026-11-24T01:00:00.000Z');
    expect(toField(fromField('2027-01-01T00:30'))).toBe('2027-01-01T00:30');
    expect(toDateField('2026-12-31T17:30:00Z')).toBe('2027-01-01');
    expect([fromField(''), fromField('2026-11-24T'), fromField('2026-13-40T08:00')]).toEqual(['', '', '']);
  });
  it('takes dates of "always" for none', () => {
    expect(['2026-03-03', '0001-01-01', '9999-12-31', null].map(plainDay)).toEqual(['03/03/2026', '–', '–', '–']);
  });
  it('counts whole minutes to a moment, and past it', () => {
    const now = Date.parse('2026-11-24T01:00:00Z');
    expect(span('2026-11-24T03:15:30Z', now)).toEqual({ late: false, days: 0, hours: 2, minutes: 15 });
    expect(span('2026-11-24T00:55:00Z', now)).toEqual({ late: true, days: 0, hours: 0, minutes: 5 });
    expect(span('2026-11-27T05:20:00Z', now)).toEqual({ late: false, days: 3, hours: 4, minutes: 0 });
    expect(nextHalfHour(now + 60_000, 0)).toBe('2026-11-24T01:30:00.000Z');
  });
});

describe('what people type', () => {
  it.each([
    ['8h30', '08:30'], ['830', '08:30'], ['8:30', '08:30'], ['8', '08:00'], ['14.05', '14:05'], ['8h', '08:00'], ['25:00', undefined], ['8:75', undefined], ['sáng', undefined],
  ])('%s is the time %s', (typed, read) => expect(readClock(typed)).toBe(read));
  it.each([
    ['24/11/2026', '2026-11-24'], ['4-1-27', '2027-01-04'], ['24/11', '2026-11-24'], ['31/02/2026', undefined], ['11/24/2026', undefined], ['mai', undefined],
  ])('%s is the day %s, day first', (typed, read) => expect(readDay(typed, 2026)).toBe(read));
});

describe('a series', () => {
  it('keeps the time of day in Vietnam', () => {
    expect(repeated('2026-11-24T01:00:00.000Z', 'week', 3)).toEqual(['2026-11-24T01:00:00.000Z', '2026-12-01T01:00:00.000Z', '2026-12-08T01:00:00.000Z']);
  });
  it('ends a shorter month on its last day, also where the day in UTC is another', () => {
    expect(repeated(fromField('2027-01-31T06:00'), 'month', 3).map(toField)).toEqual(['2027-01-31T06:00', '2027-02-28T06:00', '2027-03-31T06:00']);
  });
  it('is never endless, and nothing without a first one', () => {
    expect([repeated('', 'day', 4), repeated('2026-11-24T01:00:00.000Z', 'day', 1000).length]).toEqual([[], 60]);
  });
});
