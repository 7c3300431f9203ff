import { describe, expect, it } from 'vitest';
import { inLayout, order, withNext, fullScreen } from '../src/lib/scene.ts';
import { contentSite, isContent, siteOf, withContent } from '../src/lib/source.ts';
import type { Row } from '../src/lib/tree.ts';
import type { Layout, Site } from '../src/lib/types.ts';

const site = (id: string): Site => ({
  id, number: 1, code: '26', name: id, unit: 'u', mcu: 'm', state: 'ready', home: 'ready', tally: 'on_air', muted: true, slot: 3, level_db: -20,
});
const shares: Site = { ...site('a'), content: { id: 'a.content', state: 'connecting', home: 'connecting', tally: 'next', slot: 5 } };
const layouts: Layout[] = [
  { id: 'full', name: '', name_en: '', panes: [[0, 0, 1, 1]] },
  { id: 'side-by-side', name: '', name_en: '', panes: [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]] },
  { id: 'content-speaker', name: '', name_en: '', panes: [[0, 0, 0.8, 1], [0.8, 0, 0.2, 1]] },
];

describe('sources', () => {
  it('content belongs to its site, a site to itself', () => {
    expect(siteOf('a.content')).toBe('a');
    expect(siteOf('a')).toBe('a');
    expect(isContent('a-content')).toBe(false);
  });
  it('content looks like a site, with its own state and slot and its site\'s microphone', () => {
    const content = contentSite(shares, 'A – content');
    expect(content).toMatchObject({ id: 'a.content', name: 'A – content', state: 'connecting', home: 'connecting', tally: 'next', slot: 5, muted: true });
    expect(content).not.toHaveProperty('level_db');
    expect(contentSite(site('b'), 'B')).toMatchObject({ id: 'b.content', state: 'off', tally: 'off' });
    expect(contentSite(site('b'), 'B')).not.toHaveProperty('slot');
  });
  it('a site that shares has a row of its content under its own', () => {
    const rows: Row<Site>[] = [{ kind: 'site', site: shares, depth: 1 }, { kind: 'site', site: site('b'), depth: 1 }];
    const all = withContent(rows, new Set(['a']), (of) => `${of.name} shares`);
    expect(all.map((row) => row.kind === 'site' && [row.site.id, row.depth])).toEqual([['a', 1], ['a.content', 2], ['b', 1]]);
  });
  it('content beside a speaker gets the layout made for them, the content large', () => {
    const beside = { layout: 'content-speaker', sites: ['a.content', 'a'] };
    expect(order(withNext(fullScreen(layouts, 'a'), layouts, 'a.content', 9))).toEqual(beside);
    expect(order(withNext(fullScreen(layouts, 'a.content'), layouts, 'a', 9))).toEqual(beside);
    expect(order(withNext(fullScreen(layouts, 'a'), layouts, 'b', 9)).layout).toBe('side-by-side');
    expect(withNext(inLayout(layouts[0] as Layout, ['a']), layouts, 'a.content', 1).sites).toEqual(['a']);
  });
});
