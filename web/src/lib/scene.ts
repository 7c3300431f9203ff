/** What a click does to the preview's scene; the server is asked for the result. */
import { isContent } from './source.ts';
import type { Layout, Pane, Scene, SceneOrder } from './types.ts';

export const EMPTY: Scene = { layout: 'full', panes: [[0, 0, 1, 1]], sites: [''] };

/** A layout with as many places as it has panes, the sites in the order they were. */
export function inLayout(layout: Layout, sites: readonly string[]): Scene {
  const wanted = sites.filter(Boolean).slice(0, layout.panes.length);
  const places = layout.panes.map((_, index) => wanted[index] ?? '');
  return { layout: layout.id, panes: layout.panes, sites: places };
}

function sameLayout(scene: Scene, sites: string[]): Scene {
  return scene.layout === undefined
    ? { panes: scene.panes, sites }
    : { layout: scene.layout, panes: scene.panes, sites };
}

/** One site over the whole picture. */
export function fullScreen(layouts: readonly Layout[], site: string): Scene {
  const full = layouts.find((layout) => layout.id === 'full');
  return full ? inLayout(full, [site]) : { ...EMPTY, sites: [site] };
}

/** `site` in pane `index`; where it already has a pane the two change places. */
export function inPane(scene: Scene, index: number, site: string): Scene {
  if (index < 0 || index >= scene.panes.length) return scene;
  const sites = scene.panes.map((_, i) => scene.sites[i] ?? '');
  const before = sites.indexOf(site);
  if (site && before >= 0) sites[before] = sites[index] ?? '';
  sites[index] = site;
  return sameLayout(scene, sites);
}

/** The pane that a shift-click fills: the first empty one, -1 if there is none. */
export function nextPane(scene: Scene): number {
  return scene.panes.findIndex((_, index) => !scene.sites[index]);
}

/**
 * `site` in the next pane; a full scene grows into the smallest layout with room, up to `most` panes:
 * content beside whoever speaks into the layout that was made for it.
 */
export function withNext(
  scene: Scene, layouts: readonly Layout[], site: string, most: number,
): Scene {
  if (scene.sites.includes(site)) return scene;
  const free = nextPane(scene);
  if (free >= 0) return inPane(scene, free, site);
  const both = [...scene.sites, site];
  const beside = layouts.find((layout) => layout.id === 'content-speaker');
  if (both.length === 2 && both.some(isContent) && beside && most >= 2) {
    return inLayout(beside, both.sort((a, b) => Number(isContent(b)) - Number(isContent(a))));
  }
  const larger = layouts
    .filter((layout) => layout.panes.length > scene.panes.length && layout.panes.length <= most)
    .sort((a, b) => a.panes.length - b.panes.length)[0];
  return larger ? inLayout(larger, both) : scene;
}

/** What goes to the server: a layout's name, or panes of its own. */
export function order(scene: Scene): SceneOrder {
  return scene.layout === undefined || scene.layout === 'custom'
    ? { panes: scene.panes, sites: scene.sites }
    : { layout: scene.layout, sites: scene.sites };
}

export function sameScene(a: Scene | undefined, b: Scene | undefined): boolean {
  return JSON.stringify([a?.panes, a?.sites]) === JSON.stringify([b?.panes, b?.sites]);
}

/** A pane as CSS, in per cent of the frame. */
export function paneStyle([x, y, w, h]: Pane): string {
  const percent = (part: number) => `${(part * 100).toFixed(4)}%`;
  return `left:${percent(x)};top:${percent(y)};width:${percent(w)};height:${percent(h)}`;
}
