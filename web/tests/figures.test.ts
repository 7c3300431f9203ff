import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GROUPS, groupsOf, tellingOf, type Line } from '../src/lib/figures.ts';
import type { Found } from '../src/lib/types.ts';
import { bounded, inUnit } from '../src/lib/words.ts';

const fault = (id: string) => ({ fault: id, reason: { vi: '', en: '' }, advice: { vi: '', en: '' } });
const shown = (found: Found, language = 'vi') => groupsOf(found, language).flatMap(({ lines }) => lines);
const one = (figures: Record<string, number>, language = 'vi') => {
  const [line] = shown({ figures }, language);
  return line && inUnit(line.value, line.unit);
};

describe('a figure', () => {
  it.each([
    ['rtt_ms', 23.6, '24 ms'],
    ['loss_pct', 2.25, '2,3 %'],
    ['loss_pct', 0, '0 %'],
    ['can_send_kbps', 2310.4, '2.310 kbit/s'],
    ['loudness_lufs', -23.14, '−23,1 LUFS'],
    ['noise_dbfs', -58.04, '−58 dBFS'],
    ['peak_dbtp', -0.04, '0 dBTP'],
    ['echo_db', -12.4, '−12,4 dB'],
    ['over_exposed', 0.214, '21,4 %'],
    ['clipped', 0.0005, '0,05 %'],
    ['frozen_s', 5.72, '5,7 s'],
    ['luma', 96.2, '96/255'],
    ['fps', 24.88, '24,9 hình/s'],
    ['sound_late_ms', -91, '−91 ms'],
    ['to_connect_ms', 231.4, '231 ms'],
  ])('%s %d is written %s', (name, value, text) => expect(one({ [name]: value })).toBe(text));

  it('is written as the reader of English writes it', () => {
    expect(one({ can_send_kbps: 2310 }, 'en')).toBe('2,310 kbit/s');
    expect(one({ loudness_lufs: -23.14 }, 'en')).toBe('−23.1 LUFS');
  });

  it('of a size is width and height together, and nothing without both', () => {
    expect(one({ width: 1280, height: 720 })).toBe('1280×720');
    expect(shown({ figures: { width: 1280 } })).toEqual([]);
  });

  it('that was not measured is not there, and one of which nothing is known is left out', () => {
    expect(groupsOf({ figures: { rtt_ms: 0, mood: 3 } }, 'vi')).toEqual([
      { group: 'line', lines: [{ name: 'rtt_ms', value: '0', unit: 'ms', sign: '', least: undefined, most: undefined }] },
    ]);
    expect(groupsOf({}, 'vi')).toEqual([]);
  });
});

describe('a bound', () => {
  const black: Found = {
    figures: { rtt_ms: 20, black: 1, luma: 16.4 },
    faults: [fault('black')],
    bounds: { black: [{ figure: 'black', most: 0.9 }], dark: [{ figure: 'luma', least: 45 }] },
  };
  const of = (name: string, found: Found): Line => shown(found).find((line) => line.name === name) as Line;

  it('says what made the site fail, and what only follows from that', () => {
    expect(shown(black).map(({ name, sign }) => [name, sign])).toEqual([['luma', 'result'], ['black', 'cause'], ['rtt_ms', '']]);
    expect(bounded(of('black', black))).toBe('tối đa 90 %');
    expect(bounded(of('luma', black))).toBe('tối thiểu 45/255');
    expect(tellingOf(black, 'black', 'vi').map((line) => inUnit(line.value, line.unit))).toEqual(['100 %']);
    expect(tellingOf(black, 'one-way', 'vi')).toEqual([]);
  });

  it('may have two ends', () => {
    const late: Found = { figures: { sound_late_ms: 400 }, faults: [fault('lip-sync')], bounds: { 'lip-sync': [{ figure: 'sound_late_ms', least: -90, most: 185 }] } };
    expect(bounded(of('sound_late_ms', late))).toBe('từ −90 ms đến 185 ms');
  });

  it('of a side is that of the size', () => {
    const small: Found = { figures: { width: 160, height: 120 }, faults: [fault('small-picture')], bounds: { 'small-picture': [{ figure: 'height', least: 180 }] } };
    const [size] = tellingOf(small, 'small-picture', 'vi');
    expect(size).toMatchObject({ name: 'size', value: '160×120', sign: 'cause' });
    expect(bounded(size as Line)).toBe('tối thiểu 180 px');
  });

  it('of a cause is shown before that of what it explains', () => {
    const both: Found = { figures: { spread_ms: 240 }, faults: [fault('jitter')], bounds: { narrow: [{ figure: 'spread_ms', most: 50 }], jitter: [{ figure: 'spread_ms', most: 100 }] } };
    expect(of('spread_ms', both)).toMatchObject({ sign: 'cause', most: '100' });
  });

  it.each([
    [2.004, '2,004'],
    [2.04, '2,04'],
    [2.3, '2,3'],
  ])('is told apart from a figure just past it: %d', (value, text) => {
    const found: Found = { figures: { loss_pct: value }, faults: [fault('loss')], bounds: { loss: [{ figure: 'loss_pct', most: 2 }] } };
    expect(of('loss_pct', found).value).toBe(text);
  });
});

it('knows every figure of the protocol', () => {
  const protocol = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');
  const table = protocol.split('| figure | unit | is |\n')[1]?.split('\n\n')[0] ?? '';
  const named = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap((row) => [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1] as string));
  const known: string[] = Object.values(GROUPS).flatMap((group) => Object.keys(group));
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
