/** What the control room decides without a page: drift, turns, filters, panels, scenes, two presses. */
import { describe, expect, it } from 'vitest';
import type { ScriptItem } from '../src/lib/office.ts';
import type { Examination, Incident, SavedScene, Scene, Site } from '../src/lib/types.ts';
import { overview, steady } from '../src/pages/control/state/filters.ts';
import { hits, indexed } from '../src/pages/control/state/palette.ts';
import { fitted, opened, usual } from '../src/pages/control/state/panels.ts';
import { look, roomLeft, size } from '../src/pages/control/state/recording.ts';
import { planned, span, standing } from '../src/pages/control/state/rundown.ts';
import { listed, progressOf, troubles } from '../src/pages/control/state/rehearsal.ts';
import { applied, sceneId, swapped, toKeep } from '../src/pages/control/state/scenes.ts';
import { HOLDS_MS, Sure } from '../src/pages/control/state/sure.ts';
import { threads, unreadOf } from '../src/pages/control/state/talk.ts';
import { siteMap, tierRows } from '../src/pages/control/state/tiers.ts';
import { turnProgress, turnSeconds } from '../src/pages/control/state/turn.ts';

const START = '2026-11-26T01:00:00.000Z';
const at = (minutes: number) => new Date(Date.parse(START) + minutes * 60_000).toISOString();
const ms = (minutes: number) => Date.parse(at(minutes));
const item = (id: string, minutes: number, more: Partial<ScriptItem> = {}): ScriptItem => ({
  id, title: id, sites: [id], at: null, minutes, speaker: '', layout: 'full', banner: '', content: '', ...more,
});
const ITEMS = [item('a', 10), item('b', 20), item('c', 5, { at: at(40) })];
const BEGINS = planned(ITEMS, START);
const stand = (cue: string | undefined, cueAt: number | undefined, now: number) =>
  standing(ITEMS, BEGINS, cue, cueAt === undefined ? undefined : at(cueAt), ms(now));

describe('the rundown', () => {
  it('begins each item after the one before it, or when it says', () => {
    expect(BEGINS).toEqual([ms(0), ms(10), ms(40)]);
  });
  it('before the first item is late or says nothing', () => {
    expect(stand(undefined, undefined, -5)).toMatchObject({ now: -1, next: 0, left: undefined, drift: undefined, ends: ms(45) });
    expect(stand(undefined, undefined, 3)).toMatchObject({ drift: 3 * 60_000, ends: ms(48) });
  });
  it('is as late as its item began', () => {
    expect(stand('b', 12, 20)).toMatchObject({ now: 1, next: 2, left: 12 * 60_000, drift: 2 * 60_000, ends: ms(47) });
  });
  it('is ahead where an item began early', () => {
    expect(stand('b', 7, 8)).toMatchObject({ drift: -3 * 60_000 });
  });
  it('gets later while an item takes longer than planned', () => {
    expect(stand('b', 10, 35)).toMatchObject({ left: -5 * 60_000, drift: 5 * 60_000 });
  });
  it('knows no item that the script in force does not have', () => {
    expect(stand('gone', 10, 12)).toMatchObject({ now: -1, next: 0, left: undefined });
  });
  it('has nothing next after the last', () => expect(stand('c', 40, 41).next).toBe(ITEMS.length));
  it.each([
    [65_000, false, '1:05'], [-5_000, false, '−0:05'], [130_000, true, '+2:10'], [3_725_000, false, '1:02:05'], [-300, true, '0:00'],
  ])('says %d as %s', (value, signed, text) => expect(span(value, signed)).toBe(text));
});

describe('a turn of sites', () => {
  const turn = { sites: ['a', 'b', 'c'], seconds: 30, place: 2, since: at(0) };
  it('says who is on, who is next, and how far it is', () => {
    expect(turnProgress(turn, ms(0) + 12_000)).toEqual({ site: 'c', next: 'a', place: 3, of: 3, left: 18_000, part: 0.4 });
  });
  it('never goes beyond its time, nor before it', () => {
    expect(turnProgress(turn, ms(5))).toMatchObject({ left: 0, part: 1 });
    expect(turnProgress(turn, ms(-5))).toMatchObject({ left: 30_000, part: 0 });
  });
  it.each([[5, 10], [500, 120], [32.4, 32], [NaN, 10]])('takes %d seconds as %d', (wanted, taken) => expect(turnSeconds(wanted)).toBe(taken));
});

const site = (id: string, more: Partial<Site> = {}): Site => ({
  id, number: 1, code: id, name: id, unit: 'u', mcu: 'm', state: 'ready', home: 'ready', tally: 'off', muted: false, ...more,
});

describe('filters', () => {
  const sites = [
    site('ok'), site('off', { state: 'off' }), site('lost', { state: 'lost', muted: true }), site('bad', { quality: { rtt_ms: 400 } }),
    site('gone-bad', { state: 'off', quality: { rtt_ms: 400 } }),
  ];
  const of = (filter: Parameters<typeof overview>[3]) => overview(sites, new Set(['ok']), new Set(['off']), filter);
  it('counts each kind whichever is in sight', () => {
    expect(of('all')).toMatchObject({ ready: 2, counts: { all: 5, unready: 3, asking: 1, problem: 3, muted: 1 }, fitting: undefined });
  });
  it('shows problems: lost, a bad line, a reported incident; not the bad line of one that has left', () => {
    expect([...(of('problem').fitting ?? [])]).toEqual(['off', 'lost', 'bad']);
  });
  it('keeps the set where nothing has changed', () => {
    const old = new Set(['a', 'b']);
    expect(steady(old, new Set(['b', 'a']))).toBe(old);
    expect(steady(old, new Set(['a', 'c']))).not.toBe(old);
    expect(steady(old, undefined)).toBeUndefined();
  });
});

describe('the palette', () => {
  const index = indexed([
    { id: 'panel', label: 'Phiên họp: hình chờ, khóa, ghi hình, bế mạc', kind: '' },
    { id: 'record', label: 'Ghi hình', kind: '' },
    { id: 'undo', label: 'Hoàn tác lần lên hình vừa rồi', kind: '' },
    { id: 'item', label: 'Lên hình mục 5: Xã Đạo Đức phát biểu', kind: '' },
    { id: 'site', label: 'UBND xã Đạo Đức', kind: '', more: '26-07-005 Huyện Bình Xuyên', weight: 2 },
    { id: 'other', label: 'UBND xã Trung Mỹ', kind: '', more: '26-07-007 Huyện Bình Xuyên', weight: 2 },
  ]);
  const found = (query: string) => hits(query, index).map(({ id }) => id);
  it.each([
    ['dao duc', ['site', 'item']], ['ĐẠO ĐỨC', ['site', 'item']], ['hoan tac', ['undo']], ['ghi hinh', ['record', 'panel']], ['binh xuyen trung', ['other']],
    ['007', ['other']], ['xdd', ['site', 'item']], ['khong co', []],
  ])('finds %s', (query, ids) => expect(found(query)).toEqual(ids));
  it('offers the first ones before anything is typed, and no more than asked for', () => {
    expect(found(' ')).toEqual(['panel', 'record', 'undo', 'item', 'site', 'other']);
    expect(hits('', index, 2)).toHaveLength(2);
  });
});

describe('panels', () => {
  it('leave the first place alone and give up the one opened longest ago', () => {
    expect(opened(['rundown', 'queue'], [], 'roll')).toEqual(['rundown', 'roll']);
    expect(opened(['rundown', 'queue', 'talk'], ['talk'], 'roll')).toEqual(['rundown', 'roll', 'talk']);
    expect(opened(['rundown', 'queue', 'talk'], ['queue', 'talk'], 'roll')).toEqual(['rundown', 'queue', 'roll']);
    expect(opened(['queue'], [], 'roll')).toEqual(['roll']);
  });
  it('stay where they are when they are in sight', () => expect(opened(['rundown', 'queue'], [], 'queue')).toEqual(['rundown', 'queue']));
  it('fill the room there is', () => {
    expect(usual(2, false)).toEqual(['queue', 'site']);
    expect(fitted(['rundown', 'roll'], 4, true)).toEqual(['rundown', 'roll', 'queue', 'talk']);
    expect(fitted(['rundown', 'roll'], 1, true)).toEqual(['rundown']);
  });
});

describe('scenes', () => {
  const panes: Scene['panes'] = [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]];
  const preview: Scene = { layout: 'side-by-side', panes, sites: ['a', 'b'] };
  const kept = (sites: string[]): SavedScene => ({ id: 'k', name: 'K', scene: { layout: 'side-by-side', panes, sites }, sites, at: START, by: '' });
  it('swap two panes, an empty one too, and no pane that is not there', () => {
    expect(swapped(preview, 0, 1).sites).toEqual(['b', 'a']);
    expect(swapped({ ...preview, sites: ['a'] }, 0, 1).sites).toEqual(['', 'a']);
    expect(swapped(preview, 1, 2)).toBe(preview);
  });
  it('are applied with the sites that are in the session', () => {
    expect(applied(kept(['a', 'x']), preview, (id) => id !== 'x').sites).toEqual(['a', '']);
  });
  it('are layouts alone without sites: those of the preview go into them', () => {
    expect(applied(kept([]), { layout: 'full', panes: [[0, 0, 1, 1]], sites: ['c'] }, () => true)).toEqual({ layout: 'side-by-side', panes, sites: ['c', ''] });
    expect(toKeep(preview, false).sites).toEqual(['', '']);
    expect(toKeep(preview, true)).toBe(preview);
  });
  it.each([['Chủ tọa và Sở TT&TT', 'chu-toa-va-so-tt-tt'], ['  Đủ 9 ô  ', 'du-9-o'], ['…', 'bo-cuc']])('name %s', (name, id) => expect(sceneId(name)).toBe(id));
});

describe('what must not happen by one slip', () => {
  it('wants a second press, not a double click, and not one long after', () => {
    const sure = new Sure();
    expect([sure.press(0), sure.armed(1)]).toEqual([false, true]);
    expect(sure.press(200)).toBe(false);
    expect(sure.press(1000)).toBe(true);
    expect(sure.armed(1001)).toBe(false);
    sure.press(2000);
    expect(sure.press(2000 + HOLDS_MS)).toBe(false);
  });
});

describe('talk', () => {
  const line = (minute: number, room: boolean) => ({ id: `l${minute}`, at: at(minute), by: '', text: '', room });
  const incident = (id: string, of: string, state: Incident['state'], minute: number): Incident => ({
    id, site: of, at: at(minute), by: '', text: '', figures: {}, source: 'room', steps: {}, state,
  });
  it('is unread until it is answered or looked at', () => {
    const lines = [line(1, true), line(2, false), line(3, true), line(4, true)];
    expect(unreadOf(lines, undefined)).toBe(2);
    expect(unreadOf(lines, at(3))).toBe(1);
    expect(unreadOf([...lines, line(5, false)], undefined)).toBe(0);
  });
  it('puts new incidents first, then who waits for an answer, then the latest', () => {
    const list = threads(
      { read: [line(9, false)], asks: [line(3, true)], ill: [] },
      [incident('i', 'ill', 'reported', 1), incident('j', 'seen', 'taken', 2), incident('k', 'seen', 'closed', 5)],
      new Map(),
    );
    expect(list.map((one) => one.site)).toEqual(['ill', 'asks', 'seen', 'read']);
    expect(list[2]?.incidents.map((one) => one.id)).toEqual(['j', 'k']);
  });
});

describe('the recording', () => {
  const running = { number: 1, state: 'recording', seconds: 100, bytes: 20e6, free_bytes: 400e9 } as const;
  it('knows for how long there is room', () => {
    expect(roomLeft(running)).toBe(2e6);
    expect(roomLeft({ ...running, seconds: 3 })).toBeUndefined();
  });
  it.each([
    [undefined, 'off'], [{ ...running, state: 'stopped' as const }, 'off'], [running, 'on'], [{ ...running, free_bytes: 1e6 }, 'low'],
    [{ ...running, plays: false }, 'broken'], [{ ...running, state: 'failed' as const }, 'failed'],
  ])('looks at %j', (one, found) => expect(look(one)).toBe(found));
  it('says sizes in the reader’s figures', () => {
    expect([size(1_400_000_000, 'vi'), size(21_500_000, 'en'), size(undefined, 'vi')]).toEqual(['1,4 GB', '21.5 MB', '–']);
  });
});

describe('tiers and the map', () => {
  const units = [
    { id: 'p', name: 'P', tier: 'province', latitude: 21, longitude: 105 },
    { id: 'd', name: 'D', tier: 'district', parent: 'p', latitude: 21.4, longitude: 105.4 },
    { id: 'c', name: 'C', tier: 'commune', parent: 'd' },
  ];
  const leaf = (id: string, unit: string) => ({ id, name: id, code: id, number: 1, unit });
  const sites = [leaf('low', 'c'), leaf('top', 'p'), leaf('mid', 'd'), leaf('lost', 'nowhere')];
  it('go from the top of the tree down, sites of unknown units last', () => {
    expect(tierRows(units, sites).map((row) => (row.kind === 'tier' ? row.tier : row.site.id))).toEqual([
      'province', 'top', 'district', 'mid', 'commune', 'low', 'lost',
    ]);
  });
  it('stand where their unit is, or the one above it, north above; two of one place apart', () => {
    const map = siteMap(units, sites);
    const spot = (id: string) => map.spots.find((one) => one.site.id === id) ?? { x: NaN, y: NaN };
    expect(map.lost.map((one) => one.id)).toEqual(['lost']);
    expect(spot('top').y).toBeGreaterThan(spot('low').y);
    expect(spot('mid').x).toBeGreaterThan(spot('top').x);
    expect(Math.hypot(spot('mid').x - spot('low').x, spot('mid').y - spot('low').y)).toBeGreaterThan(0.01);
    expect(siteMap(units, []).spots).toEqual([]);
    const many = siteMap(units, Array.from({ length: 3400 }, (_, n) => leaf(`s${n}`, 'p')));
    expect(many.scale).toBeLessThan(map.scale);
  });
});

describe('the rehearsal', () => {
  const fault = { fault: 'hum', reason: { vi: 'ù', en: 'hum' }, advice: { vi: '', en: '' } };
  it('counts a site that is looked at again as failed until it passes', () => {
    const rehearsal = { since: START, running: ['a', 'b'], waiting: ['c'], failed: ['b', 'd'], passed: ['e'] };
    expect(progressOf(rehearsal)).toEqual({ passed: 1, failed: 2, running: 1, waiting: 1, all: 5 });
    expect(progressOf(undefined)).toBeUndefined();
  });
  it('lists whoever has a fault, the latest first', () => {
    const found = troubles({
      a: { state: 'failed', at: at(1), faults: [fault] },
      b: { state: 'running', at: at(2), faults: [fault] },
      c: { state: 'passed', at: at(3), faults: [] },
      d: { state: 'waiting' },
    });
    expect(found.map((one) => one.site)).toEqual(['b', 'a']);
  });
  it('lists the selected site too if it passed, and nobody twice', () => {
    const examinations: Record<string, Examination> = {
      a: { state: 'failed', at: at(1), faults: [fault] },
      b: { state: 'passed', at: at(2), faults: [] },
      c: { state: 'waiting' },
    };
    const sites = (selected: string) => listed(examinations, selected).map((one) => one.site);
    expect(sites('b')).toEqual(['b', 'a']);
    expect(['a', 'c', 'nobody', ''].map(sites)).toEqual([['a'], ['a'], ['a'], ['a']]);
  });
});
