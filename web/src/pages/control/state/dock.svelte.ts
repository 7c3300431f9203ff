/** Which panels are in sight, and which of them has the keys. */
import { tick } from 'svelte';
import { fitted, opened, PANELS, usual, type PanelId } from './panels.ts';

export class Dock {
  shown = $state.raw<PanelId[]>(['queue', 'site']);
  dossier = false;
  #recent: PanelId[] = [];
  #touched = false;

  /** Room for so many panels; until somebody has chosen, they are the usual ones. */
  fit(columns: number, dossier: boolean): void {
    const unlike = this.dossier !== dossier;
    this.dossier = dossier;
    this.shown = unlike && !this.#touched ? usual(columns, dossier) : fitted(this.shown, columns, dossier);
  }

  /** Bring it into sight and give it the keys. */
  async open(panel: PanelId, focus = true): Promise<void> {
    this.#touched = true;
    this.shown = opened(this.shown, this.#recent, panel);
    this.#recent = [panel, ...this.#recent.filter((one) => one !== panel)].slice(0, PANELS.length);
    if (!focus) return;
    await tick();
    const section = document.querySelector<HTMLElement>(`[data-panel="${panel}"]`);
    (section?.querySelector<HTMLElement>('[data-keys]') ?? section)?.focus();
  }
}
