/** The scenes that are kept, applied to the preview or taken at once. */
import type { Api } from '../../../lib/api.ts';
import type { Notices } from '../../../lib/notices.svelte.ts';
import { order } from '../../../lib/scene.ts';
import type { SavedScene, Scene } from '../../../lib/types.ts';
import { sceneId, toKeep } from './scenes.ts';

export class Shelf {
  kept = $state.raw<SavedScene[]>([]);
  #read = false;

  constructor(
    private readonly api: Api,
    private readonly notices: Notices,
  ) {}

  /** Others keep scenes, too: read anew whenever they are looked at. */
  async refresh(): Promise<void> {
    await this.notices.attempt(async () => (this.kept = await this.api.scenes()));
    this.#read = true;
  }

  async once(): Promise<void> {
    if (!this.#read) await this.refresh();
  }

  async keep(name: string, preview: Scene, withSites: boolean): Promise<boolean> {
    const scene = order(toKeep(preview, withSites));
    const stored = await this.notices.attempt(() => this.api.keepScene(sceneId(name), name.trim(), scene));
    if (stored) await this.refresh();
    return stored;
  }

  async drop(id: string): Promise<void> {
    if (await this.notices.attempt(() => this.api.dropScene(id))) await this.refresh();
  }
}
