/**
 * The sites as an operator sees them: filter, search, tree, list or map. What is worked out of all of them is
 * worked out a few times a second, however many messages come; a row itself follows its own site.
 */
import { untrack } from 'svelte';
import { t } from '../../../i18n/i18n.svelte.ts';
import type { Desk } from '../../../lib/desk.svelte.ts';
import { isContent, withContent } from '../../../lib/source.ts';
import { visibleRows, type Leaf, type Row } from '../../../lib/tree.ts';
import { tierRows, type TierRow } from './tiers.ts';
import { FILTERS, overview, steady, type Filter, type Overview } from './filters.ts';

const EVERY_MS = 200;
export const VIEWS = ['tree', 'list', 'map'] as const;
export type View = (typeof VIEWS)[number];

const NOTHING: Overview = { counts: { all: 0, unready: 0, asking: 0, problem: 0, muted: 0 }, ready: 0, fitting: undefined };

export class Board {
  filter = $state<Filter>('all');
  view = $state<View>('tree');
  #beat = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown: ReadonlySet<string> | undefined;

  /** What never changes of a site while the session goes on. */
  readonly leaves: Leaf[] = $derived.by(() => {
    const sites = this.desk.sites;
    return untrack(() => sites.map(({ id, name, code, number, unit }) => ({ id, name, code, number, unit })));
  });
  readonly overview: Overview = $derived.by(() => {
    const { filter, leaves } = this;
    void this.#beat;
    return leaves.length ? untrack(() => this.#look(filter)) : NOTHING;
  });
  readonly #fitting: ReadonlySet<string> | undefined = $derived.by(() => (this.#shown = steady(this.#shown, this.overview.fitting)));
  readonly #leaves: Leaf[] = $derived.by(() => {
    const fitting = this.#fitting;
    return fitting ? this.leaves.filter((leaf) => fitting.has(leaf.id)) : this.leaves;
  });
  /** Who shares content, as a text: it changes only when they do. */
  readonly #sharing = $derived.by(() => {
    void this.#beat;
    return untrack(() => this.desk.sites.filter((site) => site.content).map((site) => site.id).join(' '));
  });
  readonly rows: Row<Leaf>[] = $derived.by(() => {
    const rows = visibleRows(this.desk.query, this.desk.units, this.#leaves, this.desk.closed);
    return withContent(rows, new Set(this.#sharing.split(' ').filter(Boolean)), (site) => t('share.of', { site: site.name }));
  });
  readonly #found: Leaf[] = $derived.by(() => this.rows.flatMap((row) => (row.kind === 'site' ? [row.site] : [])));
  readonly tiers: TierRow[] = $derived.by(() => tierRows(this.desk.units, this.#found));
  /** Sites and what they share, in the order in which they are in sight. */
  readonly sources: Leaf[] = $derived.by(() =>
    this.view === 'list' ? this.tiers.flatMap((row) => (row.kind === 'site' ? [row.site] : [])) : this.#found,
  );
  /** Without what is shared: keys 1–9 are the first of them, and stay theirs when somebody shares. */
  readonly sites: Leaf[] = $derived.by(() => this.sources.filter((leaf) => !isContent(leaf.id)));

  constructor(private readonly desk: Desk) {}

  #look(filter: Filter): Overview {
    const state = this.desk.live.state;
    const asking = new Set((state?.conference.hands ?? []).map((hand) => hand.site));
    const open = Object.values(state?.incidents ?? {}).filter((one) => one.state !== 'closed');
    const alarmed = Object.values(state?.alarms ?? {}).flatMap((one) => one.sites);
    return overview(this.desk.sites, asking, new Set([...open.map((one) => one.site), ...alarmed]), filter);
  }

  /** A message has come. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#beat += 1;
    }, EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  nextFilter(): void {
    this.filter = FILTERS[(FILTERS.indexOf(this.filter) + 1) % FILTERS.length] ?? 'all';
  }

  nextView(): void {
    this.view = VIEWS[(VIEWS.indexOf(this.view) + 1) % VIEWS.length] ?? 'tree';
  }
}
