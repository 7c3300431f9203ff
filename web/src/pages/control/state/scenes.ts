/** Scenes as they are kept: names of their own, and what of them fits the present session. Pure. */
import { inLayout } from '../../../lib/scene.ts';
import { fold } from '../../../lib/search.ts';
import type { SavedScene, Scene } from '../../../lib/types.ts';

/** An id of `[a-z0-9-]` that says what the name says: the same name is the same scene. */
export function sceneId(name: string): string {
  const plain = fold(name).replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 64).replace(/-+$/, '') || 'bo-cuc';
}

/** A kept scene made ready: a layout alone takes the sites of the preview, sites that are not in the session leave their pane. */
export function applied(kept: SavedScene, preview: Scene, there: (site: string) => boolean): Scene {
  const { layout, panes } = kept.scene;
  if (!kept.scene.sites.some(Boolean)) {
    return inLayout({ id: layout ?? 'custom', name: '', name_en: '', panes }, preview.sites);
  }
  const sites = panes.map((_, index) => kept.scene.sites[index] ?? '').map((site) => (site && there(site) ? site : ''));
  return layout === undefined ? { panes, sites } : { layout, panes, sites };
}

/** What to keep: the preview with its sites, or its layout alone. */
export function toKeep(preview: Scene, withSites: boolean): Scene {
  return withSites ? preview : { ...preview, sites: preview.panes.map(() => '') };
}

/** The scene with two panes' sites changed over; a pane that is not there changes nothing. */
export function swapped(scene: Scene, one: number, other: number): Scene {
  const last = scene.panes.length - 1;
  if (Math.min(one, other) < 0 || Math.max(one, other) > last) return scene;
  const sites = scene.panes.map((_, index) => scene.sites[index] ?? '');
  [sites[one], sites[other]] = [sites[other] ?? '', sites[one] ?? ''];
  return { ...scene, sites };
}
