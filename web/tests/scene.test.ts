import { describe, expect, it } from 'vitest';
import { EMPTY, fullScreen, inLayout, inPane, order, withNext } from '../src/lib/scene.ts';
import type { Layout, Pane } from '../src/lib/types.ts';

const panes = (n: number): Pane[] => Array.from({ length: n }, (_, i) => [i / n, 0, 1 / n, 1]);
const layouts: Layout[] = [
  { id: 'full', name: '', name_en: '', panes: panes(1) },
  { id: 'grid-3x3', name: '', name_en: '', panes: panes(9) },
  { id: 'side-by-side', name: '', name_en: '', panes: panes(2) },
  { id: 'grid-2x2', name: '', name_en: '', panes: panes(4) },
];
const [, nine, two, four] = layouts as [Layout, Layout, Layout, Layout];

describe('scenes', () => {
  it('a click puts one site on the whole picture', () => {
    expect(order(fullScreen(layouts, 'a'))).toEqual({ layout: 'full', sites: ['a'] });
    expect(order(fullScreen([], 'a')).sites).toEqual(['a']);
  });
  it('shift-click fills the next empty pane, then grows to the smallest layout with room', () => {
    let scene = fullScreen(layouts, 'a');
    scene = withNext(scene, layouts, 'b', 9);
    expect(order(scene)).toEqual({ layout: 'side-by-side', sites: ['a', 'b'] });
    scene = withNext(scene, layouts, 'c', 9);
    expect(order(scene)).toEqual({ layout: 'grid-2x2', sites: ['a', 'b', 'c', ''] });
    scene = withNext(scene, layouts, 'd', 9);
    expect(scene.sites).toEqual(['a', 'b', 'c', 'd']);
    expect(withNext(scene, layouts, 'e', 4)).toBe(scene);
    expect(withNext(scene, layouts, 'd', 9)).toBe(scene);
  });
  it('shift-click on an empty preview fills it', () => {
    expect(withNext(EMPTY, layouts, 'a', 9).sites).toEqual(['a']);
  });
  it('a site dropped where it is not moves there and changes places', () => {
    const scene = inLayout(four, ['a', 'b', 'c']);
    expect(inPane(scene, 3, 'd').sites).toEqual(['a', 'b', 'c', 'd']);
    expect(inPane(scene, 2, 'a').sites).toEqual(['c', 'b', 'a', '']);
    expect(inPane(scene, 9, 'd')).toBe(scene);
  });
  it('another layout keeps the sites in order and fills from the front', () => {
    const scene = inPane(inLayout(four, []), 2, 'c');
    expect(inLayout(two, scene.sites).sites).toEqual(['c', '']);
    expect(inLayout(nine, ['a', '', 'b']).sites.slice(0, 3)).toEqual(['a', 'b', '']);
  });
  it('sends panes of its own as panes', () => {
    const scene = { layout: 'custom', panes: panes(2), sites: ['a', 'b'] };
    expect(order(scene)).toEqual({ panes: panes(2), sites: ['a', 'b'] });
  });
});
