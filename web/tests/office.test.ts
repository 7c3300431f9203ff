import { describe, expect, it } from 'vitest';
import { found, linesOf } from '../src/lib/browse.ts';
import { drawing, portsOf, withSiteAt } from '../src/lib/cascade.ts';
import { concerns } from '../src/lib/events.svelte.ts';
import { onDay } from '../src/lib/force.ts';
import { lineFaults, lineRange } from '../src/lib/faults.ts';
import type { Book } from '../src/lib/office.ts';
import { pictureUrl } from '../src/lib/picture.ts';
import { homeUnit, may, mayAtSite, reachesUnit } from '../src/lib/rights.ts';
import { forgetAccount, keepAccount, mayOpen, placeOfTask, roleIn, route, tabOfEvidence, takeToken } from '../src/lib/session.ts';
import type { Me } from '../src/lib/types.ts';

class FakeStorage {
  readonly map = new Map<string, string>();
  getItem = (key: string) => this.map.get(key) ?? null;
  setItem = (key: string, value: string) => void this.map.set(key, value);
}
const history = { replaceState: () => undefined } as unknown as History;
const at = (pathname: string, hash = '') => ({ pathname, hash, search: '' }) as Location;
const account = (...roles: string[]): Me => ({ account: 'a', grants: roles.map((role) => ({ role, unit: 'd1' })), expires_at: '' });
const link = (role: 'operator' | 'site' | 'viewer'): Me => ({ role, conference: 'c1', expires_at: '', ...(role === 'site' ? { site: 'x' } : {}) });

describe('the addresses of the office', () => {
  it.each([
    ['/urgent', { page: 'urgent' }], ['/d/new', { page: 'new' }], ['/d/d1', { page: 'dossier', dossier: 'd1', tab: 'overview' }],
    ['/d/d1/log-book/', { page: 'dossier', dossier: 'd1', tab: 'log-book' }], ['/d/d1/nothing', { page: 'unknown' }],
    ['/a', { page: 'acknowledge' }], ['/conferences', { page: 'conferences' }], ['/log-book', { page: 'log-book' }], ['/directory/x', { page: 'unknown' }],
  ])('%s', (path, expected) => expect(route(path)).toEqual(expected));
  it('a task leads to where it is done', () => {
    expect(placeOfTask({ kind: 'answer', dossier: 'd1', subject: 'u' })).toBe('/d/d1/notices');
    expect(placeOfTask({ kind: 'step', dossier: 'd1', subject: 'join' })).toBe('/d/d1?step=join');
    expect(['contacts', 'links', 'opening', 'word', 'assessment'].map(tabOfEvidence)).toEqual(['checks', 'session', 'session', 'overview', 'overview']);
  });
});

describe('tokens', () => {
  it("an account's holds everywhere, a link's for its page; the office is one place", () => {
    const storage = new FakeStorage();
    takeToken(at('/', '#token=op'), history, storage);
    takeToken(at('/c/c1/site/x', '#token=site'), history, storage);
    expect(takeToken(at('/d/d1'), history, storage)).toBe('op');
    keepAccount(storage, 'acc');
    expect(['/d/d1', '/', '/c/c1/control', '/c/c1/site/x'].map((path) => takeToken(at(path), history, storage))).toEqual(['acc', 'acc', 'acc', 'site']);
    forgetAccount(storage);
    expect(['/', '/c/c1/site/x'].map((path) => takeToken(at(path), history, storage))).toEqual([null, 'site']);
  });
});

describe('whose page it is', () => {
  const conference = 'c1';
  it.each([
    [account('technician'), 'control', true], [account('office'), 'chair', true], [account('chair'), 'chair', true], [account('chair'), 'control', false],
    [account('room-operator'), 'screen', true], [account('room-operator'), 'control', false], [link('viewer'), 'screen', true], [link('viewer'), 'control', false],
  ] as const)('%o on %s: %s', (me, page, allowed) => expect(mayOpen(me, { page, conference })).toBe(allowed));
  it('a link keeps to its conference and site, and out of the office', () => {
    expect(mayOpen(link('operator'), { page: 'control', conference: 'c2' })).toBe(false);
    expect(mayOpen(link('site'), { page: 'site', conference, site: 'y' })).toBe(false);
    expect([mayOpen(link('site'), { page: 'home' }), mayOpen(link('operator'), { page: 'home' }), mayOpen(account(), { page: 'home' })]).toEqual([false, true, true]);
    expect([mayOpen(account('office'), { page: 'conferences' }), mayOpen(link('operator'), { page: 'conferences' })]).toEqual([false, true]);
  });
  it('an account that names only the conference goes to the best page it may see', () => {
    expect([account('technician'), account('chair'), account('delegate'), link('site')].map(roleIn)).toEqual(['operator', 'chair', 'viewer', 'site']);
  });
});

const book: Book = {
  units: [{ id: 'p', name: 'Tỉnh Vĩnh Phúc', tier: 'province' }, { id: 'd1', name: 'Huyện Bình Xuyên', tier: 'district', parent: 'p' }, { id: 'c1', name: 'Xã Đạo Đức', tier: 'commune', parent: 'd1' }],
  sites: [{ id: 's', name: 'UBND xã Đạo Đức', code: '26-07-005', unit: 'c1', mcu: 'm', number: 5 }],
  mcus: [{ id: 'm', name: 'MCU VNPT', operator: 'VNPT' }],
};

describe('rights and the directory', () => {
  it('offers what a role may do, and all to an operator', () => {
    expect([may(account('office'), 'edit-dossier'), may(account('dic'), 'edit-dossier'), may(link('operator'), 'manage-accounts')]).toEqual([true, false, true]);
  });
  it('reaches downwards only', () => {
    expect([reachesUnit(account('manager'), book, 'c1'), reachesUnit(account('manager'), book, 'p')]).toEqual([true, false]);
    expect([homeUnit(account('office'), book), homeUnit(link('operator'), book)]).toEqual(['d1', 'p']);
  });
  it('finds without accents, by the units above, and by code', () => {
    const lines = linesOf(book, 'sites', (tier) => tier, (site) => site);
    expect(['dao duc', 'binh xuyen', '07-005', 'vnpt'].map((query) => found(lines, query).length)).toEqual([1, 1, 1, 1]);
    expect(found(lines, 'tam dao')).toEqual([]);
  });
  it('says of an MCU of another make by which site its picture comes', () => {
    const guided = { ...book, mcus: [{ id: 'm', name: 'MCU khác', operator: '', unit: 'd1', gateway: 's' }] };
    expect(linesOf(guided, 'mcus', (tier) => tier, (site) => `qua ${site}`)).toMatchObject([{ of: 'Huyện Bình Xuyên', more: 'qua UBND xã Đạo Đức' }]);
  });
  it('reaches a site by its unit, or by whoever runs its MCU', () => {
    const run = { ...book, mcus: [{ ...book.mcus[0]!, unit: 'p' }] };
    const site = run.sites[0]!;
    expect(mayAtSite(account('manager'), run, 'check', site)).toBe(true);
    expect(mayAtSite(account('chair'), run, 'check', site)).toBe(false);
    expect(mayAtSite(account('manager'), run, 'check', { unit: 'p', mcu: 'm' })).toBe(false);
    expect(mayAtSite(account('manager'), { ...run, mcus: [{ ...run.mcus[0]!, unit: 'd1' }] }, 'check', { unit: 'p', mcu: 'm' })).toBe(true);
  });
});

describe('what is in force', () => {
  const dated = (to: string) => ({ valid_from: '0001-01-01', valid_to: to });
  const old = { ...book, sites: [{ ...book.sites[0]!, ...dated('2025-07-01') }, { ...book.sites[0]!, id: 'next', unit: 'd1', ...dated('9999-12-31') }] };
  it('is offered, and what has ended is not, on the day it ends', () => {
    expect(onDay(old, '2025-07-01').sites.map(({ id }) => id)).toEqual(['next']);
    expect(onDay(old, '2025-06-30').sites.map(({ id }) => id)).toEqual(['s', 'next']);
  });
  it('keeps a unit that has ended while a site below it has not', () => {
    const units = book.units.map((unit) => ({ ...unit, ...dated('2025-07-01') }));
    expect(onDay({ ...old, units }, '2026-01-01').units.map(({ id }) => id)).toEqual(['p', 'd1']);
  });
  it('is all of it where nothing would be left', () => {
    expect(onDay({ ...old, sites: old.sites.slice(0, 1) }, '2026-01-01').sites).toHaveLength(1);
  });
});

describe('the cascade', () => {
  const plan = { master: 'm', parent: { a: 'm', b: 'm', c: 'b' }, home: { s1: 'm', s2: 'a', s3: 'c' } };
  it('is drawn with every parent above the middle of its children', () => {
    const picture = drawing(plan);
    expect(picture.nodes.map(({ id, x, y }) => [id, x, y])).toEqual([['m', 0.5, 0], ['a', 0, 1], ['b', 1, 1], ['c', 1, 2]]);
    expect([picture.width, picture.height, picture.links.length, portsOf(plan, 'b')]).toEqual([2, 3, 3, 2]);
  });
  it('takes in an MCU that had no part in it, with its usual way up', () => {
    expect(withSiteAt(plan, 's2', 'd', () => 'a')).toEqual({ parent: { ...plan.parent, d: 'a' }, home: { ...plan.home, s2: 'd' } });
  });
});

it('reads again only what has changed', () => {
  expect(concerns([['d1', 'Answer']], 'd1', ['Answer'])).toBe(true);
  expect([concerns([['d2', 'Answer']], 'd1'), concerns([['d1', 'Script']], 'd1', ['Answer'])]).toEqual([false, false]);
  expect([concerns([['', 'all']], 'd1', ['Answer']), concerns([['d2', 'Answer']], undefined)]).toEqual([true, true]);
});

it('faults of a file are shown line by line', () => {
  const { head, faults } = lineFaults('Tệp «x» có 2 lỗi; hãy sửa.\nDòng 2: thiếu id\nLine 10: no such role');
  expect([head, faults]).toEqual(['Tệp «x» có 2 lỗi; hãy sửa.', [{ line: 2, text: 'thiếu id' }, { line: 10, text: 'no such role' }]]);
  expect(lineRange('a\nbcd\ne', 2)).toEqual([2, 5]);
});

it('a QR code is an image, never markup', () => {
  expect(pictureUrl('<svg viewBox="0 0 1 1"><script/></svg>')).toMatch(/^data:image\/svg\+xml,%3Csvg%20xmlns%3D/);
  expect(pictureUrl('data:image/png;base64,AA==')).toBe('data:image/png;base64,AA==');
});
