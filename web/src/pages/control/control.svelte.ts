/** The control room's own state: the preview as last ordered, and what each key does. */
import { SvelteSet } from 'svelte/reactivity';
import { t } from '../../i18n/i18n.svelte.ts';
import { bindKeys, type KeyId, type Pressed } from '../../keys.ts';
import type { Api } from '../../lib/api.ts';
import { Clock } from '../../lib/clock.svelte.ts';
import { Desk } from '../../lib/desk.svelte.ts';
import { Links, type Guest } from '../../lib/links.svelte.ts';
import type { ScriptItem } from '../../lib/office.ts';
import { untilRead } from '../../lib/retry.ts';
import { siteOf } from '../../lib/source.ts';
import { EMPTY, fullScreen, inLayout, inPane, order, sameScene, withNext } from '../../lib/scene.ts';
import type { Alarm, Layout, SavedScene, Scene } from '../../lib/types.ts';
import { newestFirst, subjectOf } from './state/alarms.ts';
import { Board } from './state/board.svelte.ts';
import { Dock } from './state/dock.svelte.ts';
import type { PanelId } from './state/panels.ts';
import { Paper } from './state/paper.svelte.ts';
import { RollDesk } from './state/roll.svelte.ts';
import { Rooms } from './state/rooms.svelte.ts';
import { planned, standing, type Standing } from './state/rundown.ts';
import { applied, swapped } from './state/scenes.ts';
import { Shelf } from './state/shelf.svelte.ts';
import { Stills } from './state/stills.ts';
import { Twice } from './state/twice.svelte.ts';

/** An order the server has taken but not shown as live state for so long is forgotten. */
const DRAFT_MS = 1500;
/** A second press on "next item" within this is a slip. */
const SLIP_MS = 700;

export class ControlDesk extends Desk {
  layouts = $state.raw<Layout[]>([]);
  listening = $state(false);
  help = $state(false);
  palette = $state(false);
  /** Whose link is shown. */
  guest = $state.raw<Guest>();
  bannerText = $state('');
  searchField = $state<HTMLInputElement>();
  bannerField = $state<HTMLInputElement>();
  /** The pane that the keys of panes mean. */
  pane = $state(0);
  /** The item of the script that the arrows point at; −1: the next one. */
  item = $state(-1);
  /** Seconds for each site of a turn. */
  seconds = $state(30);
  /** Chosen by hand, for a turn or to be spared. */
  readonly marked = new SvelteSet<string>();
  readonly clock = new Clock(() => this.live.now(), 250);
  readonly alarms: Alarm[] = $derived.by(() => newestFirst(this.live.state?.alarms));
  readonly board = new Board(this);
  readonly dock = new Dock();
  readonly rooms = new Rooms(this);
  readonly links: Links;
  readonly shelf: Shelf;
  readonly stills: Stills;
  readonly twice = new Twice();
  paper = $state.raw<Paper>();
  roll = $state.raw<RollDesk>();

  /** What was ordered a moment ago, so that quick clicks build on each other and not on old news. */
  #draft = $state.raw<Scene>();
  /** Orders go out one after the other: a take never overtakes the preview it takes. */
  #orders: Promise<unknown> = Promise.resolve();
  #wentOn = -Infinity;

  readonly preview: Scene = $derived.by(() => this.#draft ?? this.conference?.preview ?? EMPTY);
  readonly most = $derived.by(() => this.conference?.max_panes ?? 9);
  readonly canTake = $derived.by(() => this.preview.sites.some(Boolean));
  readonly activePane = $derived.by(() => Math.min(this.pane, this.preview.panes.length - 1));
  readonly items: readonly ScriptItem[] = $derived.by(() => this.paper?.items ?? []);
  readonly begins: readonly number[] = $derived.by(() => planned(this.items, this.conference?.starts_at ?? ''));
  readonly standing: Standing = $derived.by(() =>
    standing(this.items, this.begins, this.conference?.cue, this.conference?.cue_at, this.clock.now),
  );
  readonly nextItem: ScriptItem | undefined = $derived.by(() => this.items[this.standing.next]);
  readonly cursor = $derived.by(() => (this.item < 0 ? Math.min(this.standing.next, this.items.length - 1) : this.item));
  /** Who would be shown in turn: those that are marked, else those that the list shows. */
  readonly turnSites: string[] = $derived.by(() => {
    const listed = this.marked.size > 0 ? this.board.leaves.filter((leaf) => this.marked.has(leaf.id)) : this.board.sites;
    return listed.map((leaf) => leaf.id);
  });
  /** Calls that are open and hands that are up: sites of the queue, from its top. */
  readonly asking: ReadonlySet<string> = $derived.by(() => new Set((this.conference?.hands ?? []).map((hand) => hand.site)));
  readonly troubled: ReadonlySet<string> = $derived.by(() => {
    const open = Object.values(this.live.state?.incidents ?? {}).filter((one) => one.state !== 'closed');
    return new Set(open.map((one) => one.site));
  });
  readonly queue: string[] = $derived.by(() => {
    const hands = (this.conference?.hands ?? []).map((hand) => hand.site);
    return [...new Set([...(this.openCall ? [this.openCall.site] : []), ...hands])];
  });

  constructor(api: Api, id: string) {
    super(api, id);
    this.links = new Links(this.at);
    this.shelf = new Shelf(api, this.notices);
    this.stills = new Stills(api, this.at.stillPath);
  }

  override start(): () => void {
    let stopped = false;
    const stop = super.start();
    void untilRead(this.api.layouts, () => stopped).then((layouts) => {
      if (layouts) this.layouts = layouts;
    });
    const unbind = bindKeys((press, where) => this.press(press, where));
    const stopClock = this.clock.start();
    return () => {
      stopped = true;
      unbind();
      stopClock();
      this.board.stop();
      this.stills.stop();
      stop();
    };
  }

  /** The session's papers, once it is known which they are. */
  follow(dossier: string | undefined): (() => void) | undefined {
    this.paper = dossier ? new Paper(this.api, dossier) : undefined;
    this.roll = this.paper && new RollDesk(this.paper, this.notices);
    return this.paper?.start();
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

  /** What is seen in the preview goes on air, whatever became of the order that put it there. */
  take(): void {
    const scene = this.preview;
    if (this.canTake) this.#take(() => this.at.take(order(scene)));
  }

  #take(command: () => Promise<unknown>): void {
    void this.#order(command).then(() => (this.#draft = undefined));
  }

  #order(command: () => Promise<unknown>): Promise<boolean> {
    const result = this.#orders.then(() => this.notices.attempt(command));
    this.#orders = result;
    return result;
  }

  /** Run a command; a refusal is shown. */
  run(command: () => Promise<unknown>): void {
    void this.notices.attempt(command);
  }

  undo(): void {
    if (this.conference?.undo) this.#take(() => this.at.undo());
  }

  /** On with the script; a second press right after is a slip. */
  goOn(): void {
    const now = performance.now();
    if (!this.nextItem || now - this.#wentOn < SLIP_MS) return;
    this.#wentOn = now;
    this.takeItem(this.nextItem);
  }

  takeItem(item: ScriptItem): void {
    this.item = -1;
    this.#take(() => this.at.takeItem(item.id));
  }

  prepareItem(item: ScriptItem | undefined): void {
    const layout = this.layouts.find((one) => one.id === item?.layout);
    if (item && layout) this.show(inLayout(layout, item.sites));
  }

  prepareScene(kept: SavedScene | undefined): void {
    if (kept) this.show(this.#fitting(kept));
  }

  takeScene(kept: SavedScene | undefined): void {
    const scene = kept && this.#fitting(kept);
    if (scene?.sites.some(Boolean)) this.#take(() => this.at.take(order(scene)));
    else if (scene) this.notices.add('error', t('scenes.nobody'), t('scenes.nobody_do'));
  }

  #fitting(kept: SavedScene): Scene {
    return applied(kept, this.preview, (site) => this.site(site) !== undefined);
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
    this.pane = pane;
    this.show(inPane(this.preview, pane, site));
  }

  clearPane(pane: number): void {
    this.show({ ...this.preview, sites: this.preview.sites.map((id, index) => (index === pane ? '' : id)) });
  }

  choose(layout: Layout): void {
    this.show(inLayout(layout, this.preview.sites));
  }

  toggleMute(id: string): void {
    const site = this.site(id);
    if (site) void this.mute(id, !site.muted);
  }

  toggleMark(id: string): void {
    if (this.site(id) && !this.marked.delete(id)) this.marked.add(id);
  }

  /** All but the chair and those that are marked, or the selected one. */
  muteAllBut(): void {
    const spared = this.marked.size > 0 ? [...this.marked] : [this.selected];
    const except = [this.conference?.chair ?? '', ...spared].filter(Boolean);
    this.run(() => this.at.muteAll(except));
  }

  floor(site: string): void {
    if (this.site(site)) this.run(() => this.at.floor(site));
  }

  lower(site: string): void {
    if (this.conference?.hands?.some((hand) => hand.site === site)) this.run(() => this.at.lowerHand(site));
  }

  toggleTurn(): void {
    if (this.conference?.turn) this.run(this.at.endTurn);
    else if (this.turnSites.length < 2) this.notices.add('error', t('turn.too_few'), t('turn.too_few_do'));
    else this.run(() => this.at.turn(this.turnSites, this.seconds));
  }

  /** Let these sites be examined, or all. */
  rehearse = (sites: string[]) => this.run(() => this.at.rehearse(sites));
  endRehearsal = () => this.run(this.at.endRehearsal);

  toggleClock = () => this.run(() => this.at.clock(!this.conference?.clock));
  toggleLock = () => this.run(() => this.at.lock(!this.conference?.locked));
  slate = (text: string) => this.run(() => this.at.slate(text.trim()));
  extend = () => this.run(() => this.at.extend(15));

  end(): void {
    this.twice.press('end', () => this.run(() => (this.paper ? this.paper.at.close() : this.at.close())));
  }

  get recordingNow(): boolean {
    return !['', 'stopped'].includes(this.conference?.recording?.state ?? '');
  }

  toggleRecording(): void {
    if (this.recordingNow) this.twice.press('record', () => this.run(() => this.at.record(false)));
    else this.run(() => this.at.record(true));
  }

  /** The selected site's thread, with the cursor in its field. */
  write(): void {
    if (!this.selected) return;
    this.rooms.site = siteOf(this.selected);
    void this.dock.open('talk').then(() => this.rooms.field?.focus());
  }

  /** A site is selected, and nothing hides it. */
  goTo(site: string): void {
    this.query = '';
    this.board.filter = 'all';
    this.selected = site;
  }

  /** Whose an alarm is. */
  alarmName(alarm: Alarm): string {
    const subject = subjectOf(alarm);
    if ('site' in subject) return this.nameOf(subject.site);
    const [lower = '', upper] = subject.mcus.map((id) => this.live.state?.mcus?.[id]?.name ?? id);
    return upper ? t('alarm.link', { lower, upper }) : lower;
  }

  alarmText(alarm: Alarm): string {
    return `${this.alarmName(alarm)}: ${t(`alarm.${alarm.kind}`)}`;
  }

  openThread(site: string): void {
    this.rooms.site = site;
    if (this.site(site)) this.selected = site;
  }

  async sendBanner(text: string): Promise<void> {
    if (await this.notices.attempt(() => this.at.banner(text.trim()))) this.bannerText = '';
  }

  press({ id, digit }: Pressed, where: string): void {
    if (this.help && id !== 'escape' && id !== 'help') return;
    if (this.palette && id !== 'escape' && id !== 'palette') return;
    if (this.guest && id !== 'escape') return;
    this.#actions[id](digit, where);
  }

  /** What a key does, done by name (the palette). */
  act(id: KeyId): void {
    this.#actions[id](0, '');
  }

  readonly #actions: Record<KeyId, (digit: number, where: string) => void> = {
    take: () => this.take(),
    nextItem: () => this.goOn(),
    undo: () => this.undo(),
    preview: () => this.selected && this.pick(this.selected, false),
    layout: () => this.#nextLayout(),
    banner: () => this.bannerField?.select(),
    listen: () => (this.listening = !this.listening),
    pane: () => this.#toPane(1),
    paneBack: () => this.#toPane(-1),
    swap: () => this.#swap(1),
    swapBack: () => this.#swap(-1),
    fill: () => this.drop(this.activePane, this.selected),
    clear: () => this.clearPane(this.activePane),
    site: (digit) => this.#pickNth(digit, false),
    add: (digit) => this.#pickNth(digit, true),
    next: (_, where) => this.#move(1, where),
    previous: (_, where) => this.#move(-1, where),
    search: () => this.searchField?.select(),
    filter: () => this.board.nextFilter(),
    view: () => this.board.nextView(),
    mark: () => this.toggleMark(this.selected),
    unmark: () => this.marked.clear(),
    mute: () => this.toggleMute(this.selected),
    muteAll: () => void this.muteAll('control.muted_all'),
    call: () => this.site(this.selected) && void this.call(this.selected),
    release: () => this.openCall && void this.release(),
    floor: () => this.floor(this.selected),
    lower: () => this.lower(this.selected),
    turn: () => this.toggleTurn(),
    write: () => this.write(),
    toRundown: () => this.#open('rundown'),
    toQueue: () => this.#open('queue'),
    toTalk: () => this.#open('talk'),
    toAlarms: () => this.#open('alarms'),
    toRoll: () => this.#open('roll'),
    toTurn: () => this.#open('turn'),
    toScenes: () => this.#open('scenes'),
    toSite: () => this.#open('site'),
    toSession: () => this.#open('session'),
    toMcus: () => this.#open('mcus'),
    toRehearsal: () => this.#open('rehearsal'),
    itemPrepare: () => this.prepareItem(this.items[this.cursor]),
    rollPresent: () => this.roll?.press('present'),
    rollOnline: () => this.roll?.press('online'),
    rollAbsent: () => this.roll?.press('absent'),
    scenePrepare: (digit) => this.prepareScene(this.shelf.kept[digit - 1]),
    sceneTake: (digit) => this.takeScene(this.shelf.kept[digit - 1]),
    palette: () => (this.palette = !this.palette),
    help: () => (this.help = !this.help),
    escape: () => this.#escape(),
  };

  #open(panel: PanelId): void {
    void this.dock.open(panel);
  }

  #pickNth(digit: number, add: boolean): void {
    const site = this.board.sites[digit - 1];
    if (site) this.pick(site.id, add);
  }

  /** One row down or up in the list that has the keys. */
  #move(by: number, where: string): void {
    if (where === 'rundown') this.item = Math.max(0, Math.min(this.items.length - 1, this.cursor + by));
    else if (where === 'roll') this.roll?.move(by);
    else if (where === 'queue') this.selected = stepped(this.queue, this.selected, by);
    else if (where === 'talk') this.openThread(stepped(this.rooms.threads.map((one) => one.site), this.rooms.site, by));
    else this.selected = stepped(this.board.sources.map((site) => site.id), this.selected, by);
  }

  #toPane(by: number): void {
    const panes = this.preview.panes.length;
    this.pane = (this.activePane + by + panes) % panes;
  }

  #swap(by: number): void {
    const from = this.activePane;
    this.#toPane(by);
    this.show(swapped(this.preview, from, this.pane));
  }

  #nextLayout(): void {
    const fitting = this.layouts.filter((layout) => layout.panes.length <= this.most);
    const index = fitting.findIndex((layout) => layout.id === this.preview.layout);
    const next = fitting[(index + 1) % fitting.length];
    if (next) this.choose(next);
  }

  #escape(): void {
    if (this.help) this.help = false;
    else if (this.palette) this.palette = false;
    else if (this.guest) this.guest = undefined;
    else if (this.roll?.asking) this.roll.asking = '';
    else this.query = '';
    this.twice.disarm();
    this.item = -1;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
}

/** The id one step on from `at`, as far as there is one; the first when `at` is not in the list. */
function stepped(ids: readonly string[], at: string, by: number): string {
  const index = ids.indexOf(at);
  return ids[index < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, index + by))] ?? at;
}
