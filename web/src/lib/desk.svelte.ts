/** What the control room and the chair's desk share: the live conference, its tree of sites, and commands. */
import { SvelteSet } from 'svelte/reactivity';
import { t } from '../i18n/i18n.svelte.ts';
import type { TextKey } from '../i18n/catalogue.ts';
import type { Api, ConferenceApi } from './api.ts';
import { Live } from './live.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { untilRead } from './retry.ts';
import { contentSite, siteOf } from './source.ts';
import { visibleRows, type Row } from './tree.ts';
import type { Call, Incident, Site, Unit } from './types.ts';

export class Desk {
  readonly live: Live;
  readonly at: ConferenceApi;
  readonly notices = new Notices();
  units = $state.raw<Unit[]>([]);
  query = $state('');
  selected = $state('');
  readonly closed = new SvelteSet<string>();

  readonly conference = $derived.by(() => this.live.state?.conference);
  readonly sites: Site[] = $derived.by(() => Object.values(this.live.state?.sites ?? {}));
  readonly rows: Row<Site>[] = $derived.by(() =>
    visibleRows(this.query, this.units, this.sites, this.closed),
  );
  readonly visibleSites: Site[] = $derived.by(() =>
    this.rows.flatMap((row) => (row.kind === 'site' ? [row.site] : [])),
  );
  readonly ready = $derived.by(() => this.sites.filter((site) => site.state === 'ready').length);
  /** The call that has, or is about to have, the floor. */
  readonly openCall: Call | undefined = $derived.by(() => {
    const newest = this.conference?.calls?.[0];
    return newest && ['requested', 'connected'].includes(newest.state) ? newest : undefined;
  });

  #stopped = false;

  constructor(
    readonly api: Api,
    readonly id: string,
  ) {
    this.live = new Live(id, api.token);
    this.at = api.at(id);
  }

  start(): () => void {
    const stopLive = this.live.start();
    void untilRead(this.at.units, () => this.#stopped).then((units) => {
      if (units) this.units = units;
    });
    return () => {
      this.#stopped = true;
      stopLive();
    };
  }

  /** A site, or what it shares in the shape of a site: whatever a scene may name. */
  site(id: string | undefined): Site | undefined {
    const site = id ? this.live.state?.sites[siteOf(id)] : undefined;
    return site && id !== site.id ? this.contentOf(site) : site;
  }

  readonly contentOf = (site: Site): Site => contentSite(site, t('share.of', { site: site.name }));

  nameOf(id: string | undefined): string {
    return this.site(id)?.name ?? id ?? '';
  }

  /** The site of an incident, or the ends of its link. */
  placeOf({ site, link }: Incident): string {
    const [lower = '', upper = ''] = (link ?? '').split('/').map((id) => this.live.state?.mcus?.[id]?.name ?? id);
    return site ? this.nameOf(site) : t('incident.link', { lower, upper });
  }

  names(ids: readonly string[] | undefined): string {
    return (ids ?? []).filter(Boolean).map((id) => this.nameOf(id)).join(', ');
  }

  toggleUnit(id: string): void {
    if (!this.closed.delete(id)) this.closed.add(id);
  }

  call(site: string): Promise<boolean> {
    return this.notices.attempt(() => this.at.call(site));
  }

  release(): Promise<boolean> {
    return this.notices.attempt(() => this.at.release());
  }

  mute(site: string, muted: boolean): Promise<boolean> {
    return this.notices.attempt(() => this.at.mute(site, muted));
  }

  /** All but the chair's site and those on air: nobody is cut off in mid-sentence. */
  async muteAll(done: TextKey): Promise<void> {
    const spared = [this.conference?.chair, ...(this.conference?.program?.sites ?? [])];
    const except = spared.filter((id): id is string => Boolean(id));
    if (await this.notices.attempt(() => this.at.muteAll(except))) this.notices.add('done', t(done));
  }
}
