import { describe, expect, it } from 'vitest';
import type { Alarm } from '../src/lib/types.ts';
import { few, newestFirst, subjectOf } from '../src/pages/control/state/alarms.ts';

const alarm = (id: string, subject: string, since: string): Alarm => ({ id, subject, kind: 'lost', since, sites: [] });

describe('alarms', () => {
  it('are a site\'s, a link\'s or an MCU\'s', () => {
    expect(subjectOf(alarm('a', 'site/x1', ''))).toEqual({ site: 'x1' });
    expect(subjectOf(alarm('a', 'link/vnpt/vinh-phuc', ''))).toEqual({ mcus: ['vnpt', 'vinh-phuc'] });
    expect(subjectOf(alarm('a', 'mcu/vnpt', ''))).toEqual({ mcus: ['vnpt'] });
  });
  it('stand with the newest first', () => {
    const two = { b: alarm('b', 'site/x', '2026-11-24T01:00:00Z'), a: alarm('a', 'site/y', '2026-11-24T01:00:02Z') };
    expect(newestFirst(two).map((one) => one.id)).toEqual(['a', 'b']);
    expect(newestFirst(undefined)).toEqual([]);
  });
  it('name a few of those who suffer', () => {
    expect(few(['a', 'b'])).toBe('a, b');
    expect(few(['a', 'b', 'c'], 2)).toBe('a, b, …');
  });
});
