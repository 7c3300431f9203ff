/** The control room's own state: the preview as last ordered, and what each key does. */
import { bindKeys, type KeyId, type Pressed } from '../../keys.ts';
import type { Api } from '../../lib/api.ts';
import { Desk } from '../../lib/desk.svelte.ts';
import { untilRead } from '../../lib/retry.ts';
import { EMPTY, fullScreen, inLayout, inPane, order, sameScene, withNext } from '../../lib/scene.ts';
import type { Layout, Scene } from '../../lib/types.ts';

/** An order the server has taken but not shown as live state for so long is forgotten. */
const DRAFT_MS = 1500;

export class ControlDesk extends Desk {
  layouts = $state.raw<Layout[]>([]);
  listening = $state(false);
  help = $state(false);
  bannerText = $state('');
  searchField = $state<HTMLInputElement>();
  bannerField = $state<HTMLInputElement>();

  /** What was ordered a moment ago, so that quick clicks build on each other and not on old news. */
  #draft = $state.raw<Scene>();
  /** Orders go out one after the other: a take never overtakes the preview it takes. */
  #orders: Promise<unknown> = Promise.resolve();

  readonly preview: Scene = $derived.by(() => this.#draft ?? this.conference?.preview ?? EMPTY);
  readonly most = $derived.by(() => this.conference?.max_panes ?? 9);
  readonly canTake = $derived.by(() => this.preview.sites.some(Boolean));

  constructor(api: Api, id: string) {
    super(api, id);
  }

  override start(): () => void {
    let stopped = false;
    const stop = super.start();
    void untilRead(this.api.layouts, () => stopped).then((layouts) => {
      if (layouts) this.layouts = layouts;
    });
    const unbind = bindKeys((press) => this.press(press));
    return () => {
      stopped = true;
      unbind();
      stop();
    };
  }

  /** The server shows what was ordered: its word counts again. */
  settle(): void {
    if (this.#draft && sameScene(this.#draft, this.conference?.preview)) this.#draft = undefined;
  }

  show(scene: Scene): void {
    if (sameScene(scene, this.preview)) return;
    this.#draft = scene;
    void this.#order(() => this.at.preview(order(scene))).then((stored) => {
      setTimeout(() => {
        if (this.#draft === scene) this.#draft = undefined;
      }, stored ? DRAFT_MS : 0);
    });
  }

  take(): void {
    if (!this.canTake) return;
    void this.#order(() => this.at.take()).then(() => (this.#draft = undefined));
  }

  #order(command: () => Promise<unknown>): Promise<boolean> {
    const result = this.#orders.then(() => this.notices.attempt(command));
    this.#orders = result;
    return result;
  }

  /** A click on a site: full screen in preview; with shift into the next pane. */
  pick(site: string, add: boolean): void {
    this.selected = site;
    this.show(
      add ? withNext(this.preview, this.layouts, site, this.most) : fullScreen(this.layouts, site),
    );
  }

  drop(pane: number, site: string): void {
    if (!this.site(site)) return;
    this.selected = site;
    this.show(inPane(this.preview, pane, site));
  }

  choose(layout: Layout): void {
    this.show(inLayout(layout, this.preview.sites));
  }

  toggleMute(id: string): void {
    const site = this.site(id);
    if (site) void this.mute(id, !site.muted);
  }

  async sendBanner(text: string): Promise<void> {
    if (await this.notices.attempt(() => this.at.banner(text.trim()))) this.bannerText = '';
  }

  press({ id, digit }: Pressed): void {
    if (this.help && id !== 'escape' && id !== 'help') return;
    this.#actions[id](digit);
  }

  readonly #actions: Record<KeyId, (digit: number) => void> = {
    site: (digit) => this.#pickNth(digit, false),
    add: (digit) => this.#pickNth(digit, true),
    take: () => this.take(),
    search: () => this.searchField?.select(),
    next: () => this.#move(1),
    previous: () => this.#move(-1),
    preview: () => this.selected && this.pick(this.selected, false),
    mute: () => this.toggleMute(this.selected),
    muteAll: () => void this.muteAll('control.muted_all'),
    layout: () => this.#nextLayout(),
    listen: () => (this.listening = !this.listening),
    banner: () => this.bannerField?.select(),
    help: () => (this.help = !this.help),
    escape: () => this.#escape(),
  };

  #pickNth(digit: number, add: boolean): void {
    const site = this.visibleSites[digit - 1];
    if (site) this.pick(site.id, add);
  }

  #move(by: number): void {
    const list = this.visibleSites;
    const index = list.findIndex((site) => site.id === this.selected);
    const target = list[index < 0 ? 0 : Math.min(list.length - 1, Math.max(0, index + by))];
    if (target) this.selected = target.id;
  }

  #nextLayout(): void {
    const fitting = this.layouts.filter((layout) => layout.panes.length <= this.most);
    const index = fitting.findIndex((layout) => layout.id === this.preview.layout);
    const next = fitting[(index + 1) % fitting.length];
    if (next) this.choose(next);
  }

  #escape(): void {
    if (this.help) this.help = false;
    else this.query = '';
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
}
