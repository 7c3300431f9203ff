import { describe, expect, it } from 'vitest';
import { incidentsAt, mineIn, sitesAt, wantedOf } from '../src/lib/technician.ts';
import { mayIn, ownMcus } from '../src/lib/rights.ts';
import { mayOpen, ofAnother, route } from '../src/lib/session.ts';
import type { Book } from '../src/lib/office.ts';
import type { Incident, LiveState, Me, Site } from '../src/lib/types.ts';

const site = (id: string, number: number, more: Partial<Site> = {}): Site => ({
  id, number, code: id, name: `Xã ${id}`, unit: 'u', mcu: 'bac', state: 'ready', home: 'ready', tally: 'off', muted: false, ...more,
});
const sites = [site('a', 1), site('b', 2, { tally: 'next' }), site('c', 3, { state: 'lost' }), site('d', 4, { tally: 'on_air' }), site('e', 5, { mcu: 'nam' })];
const lanes = [{ lane: 0, site: 'b', state: 'ready' }, { lane: 1, state: 'ready' }, { lane: 2, site: 'd', state: 'connecting' }, { lane: 3, site: 'far', state: 'ready' }];
const state = {
  conference: { id: 'c', title: '', master: 'tinh' },
  sites: Object.fromEntries(sites.map((one) => [one.id, one])),
  mcus: { bac: { id: 'bac', name: 'B', state: 'online', parent: 'tinh', link: { lanes } }, tinh: { id: 'tinh', name: 'T', state: 'online' } },
} as LiveState;

describe('what the master asks an MCU for', () => {
  it('is the main screen first, then what comes next, then what is kept ready', () => {
    const { wanted, idle, ready, all } = wantedOf(state, 'bac');
    expect(wanted.map(({ name, tally, ready: up }) => [name, tally, up])).toEqual([['Xã d', 'on_air', false], ['Xã b', 'next', true], ['far', 'off', true]]);
    expect([idle, ready, all]).toEqual([1, 3, 4]);
  });

  it('is nothing at the master, and nothing where the MCU is not seen', () => {
    for (const mcu of ['tinh', 'none']) expect(wantedOf(state, mcu)).toEqual({ wanted: [], idle: 0, ready: 0, all: 0 });
  });
});

describe('the sites of an MCU', () => {
  it('are on air, next, in trouble, and then by number', () => {
    expect(sitesAt(sites, 'bac').map((one) => one.id)).toEqual(['d', 'b', 'c', 'a']);
  });

  it('have their incidents, those first that nobody sees to', () => {
    const one = (id: string, at: string, more: Partial<Incident>): Incident => ({ id, site: 'a', at, by: '', text: id, figures: {}, source: 'room', steps: {}, state: 'reported', ...more });
    const incidents = { 1: one('1', '01', { state: 'closed' }), 2: one('2', '02', {}), 3: one('3', '03', { state: 'taken' }), 4: one('4', '04', {}), 5: one('5', '05', { site: 'e' }), 6: one('6', '00', { site: '', link: 'vnpt/tinh' }) };
    expect(incidentsAt(incidents, new Set(['a', 'b']), 'vnpt').map(({ id }) => id)).toEqual(['4', '2', '6', '3', '1']);
    expect(incidentsAt(undefined, new Set(['a']), 'vnpt')).toEqual([]);
  });

  it('are found in an item of the script', () => {
    expect(mineIn({ id: 'i', title: '', minutes: 1, sites: ['a', '', 'e'] }, new Set(['a', 'b']))).toEqual(['a']);
    expect(mineIn(undefined, new Set(['a']))).toEqual([]);
  });
});

describe('who runs an MCU', () => {
  const book: Book = {
    units: [{ id: 'tinh', name: 'T', tier: 'p' }, { id: 'huyen', name: 'H', tier: 'd', parent: 'tinh' }, { id: 'vnpt', name: 'V', tier: 'e' }],
    sites: [],
    mcus: [{ id: 'm-tinh', name: 'B', unit: 'tinh' }, { id: 'm-bac', name: 'A', unit: 'vnpt' }, { id: 'm-none', name: 'C' }],
  };
  const me = (...grants: [string, string][]): Me => ({ account: 'x', expires_at: '', grants: grants.map(([role, unit]) => ({ role, unit })) });
  const ids = (who: Me) => ownMcus(who, book).map((mcu) => mcu.id);

  it('is whoever has such a role on its unit or above', () => {
    expect(ids(me(['telecom', 'vnpt']))).toEqual(['m-bac']);
    expect(ids(me(['technician', 'tinh'], ['telecom', 'vnpt']))).toEqual(['m-bac', 'm-tinh']);
    expect(ids(me(['technician', 'huyen'], ['room-operator', 'vnpt']))).toEqual([]);
    expect(ids({ role: 'operator', expires_at: '' })).toEqual(['m-bac', 'm-tinh', 'm-none']);
  });

  it('directs the sessions that he reaches with that role, and no others', () => {
    const session = { unit: 'huyen', master: 'm-bac' };
    expect(mayIn(me(['technician', 'tinh']), book, 'direct', session)).toBe(true);
    expect(mayIn(me(['technician', 'vnpt']), book, 'direct', session)).toBe(true);
    expect(mayIn(me(['technician', 'vnpt']), book, 'direct', { unit: 'huyen', master: 'm-tinh' })).toBe(false);
    expect(mayIn(me(['room-operator', 'tinh'], ['technician', 'vnpt']), book, 'direct', { unit: 'huyen', master: 'm-tinh' })).toBe(false);
  });

  it('opens its console by an address of its own', () => {
    const here = route('/c/c1/mcu/m-bac');
    expect(here).toEqual({ page: 'mcu', conference: 'c1', mcu: 'm-bac' });
    expect(mayOpen(me(['telecom', 'vnpt']), here)).toBe(true);
    expect(mayOpen(me(['room-operator', 'vnpt']), here)).toBe(false);
    expect(route('/c/c1/mcu/')).toEqual({ page: 'unknown' });
  });
});

describe('a link', () => {
  const chair: Me = { role: 'chair', conference: 'c9', expires_at: '' };
  it('of another session is told from one of another role', () => {
    expect(ofAnother(chair, route('/c/c1/chair'))).toBe(true);
    expect(ofAnother(chair, route('/c/c9/control'))).toBe(false);
    expect(ofAnother({ account: 'x', expires_at: '' }, route('/c/c1/chair'))).toBe(false);
    expect(mayOpen({ role: 'operator', conference: '', expires_at: '' }, route('/c/c1/control'))).toBe(true);
    expect(mayOpen(chair, route('/c/c1/chair'))).toBe(false);
    expect(mayOpen(chair, route('/c/c9/chair'))).toBe(true);
  });
});
