/** What all pages of the office share: who is there, the directory, notices, live changes, the way to other pages. */
import type { Api } from './api.ts';
import { Problem } from './api.ts';
import { concerns, Events } from './events.svelte.ts';
import { onDay } from './force.ts';
import { toDateField } from './local.ts';
import { Notices } from './notices.svelte.ts';
import type { Book, Changed } from './office.ts';
import type { DossierApi } from './officeApi.ts';
import { may, type Action } from './rights.ts';
import { unitIndex } from './tree.ts';
import type { Me } from './types.ts';
import { refusal } from './words.ts';

/** Something read from the server and read again when it has changed; the last reading stays until the next is there. */
export class Reading<T> {
  value = $state.raw<T>();
  problem = $state.raw<Problem>();
  #running = false;
  #again = false;

  constructor(private readonly read: () => Promise<T>) {}

  async refresh(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    do {
      this.#again = false;
      try {
        this.value = await this.read();
        this.problem = undefined;
      } catch (error) {
        this.problem = error instanceof Problem ? error : new Problem(0);
      }
    } while (this.#again);
    this.#running = false;
  }
}

export class Office {
  readonly notices = new Notices();
  readonly events: Events;
  readonly directory: Reading<Book>;
  /** The server's time: an office's own clock may be wrong by minutes. */
  now = $state(Date.now());
  #ahead = 0;

  constructor(
    readonly api: Api,
    readonly me: Me,
    readonly go: (path: string) => void,
    readonly leave: () => void,
  ) {
    this.events = new Events(api.token, leave, (now) => this.#set(now));
    if (me.now) this.#set(Date.parse(me.now));
    this.directory = new Reading(() => api.directory() as Promise<Book>);
  }

  #set(now: number) {
    this.#ahead = now - Date.now();
    this.now = now;
  }

  start(): () => void {
    const stop = this.events.start();
    const timer = setInterval(() => (this.now = Date.now() + this.#ahead), 5000);
    const stopDirectory = this.may('read-directory') ? this.follow(this.directory, '', ['Unit', 'Site', 'Mcu', 'Tier', 'Person', 'Duty']) : () => {};
    return () => {
      stop();
      stopDirectory();
      clearInterval(timer);
    };
  }

  /** Read it now, and again whenever something of that dossier (`undefined`: any) and those kinds changes. */
  follow<T>(reading: Reading<T>, dossier: string | undefined, kinds: readonly string[] = []): () => void {
    void reading.refresh().then(() => reading.problem?.status === 401 && this.leave());
    return this.events.listen((changed: readonly Changed[]) => {
      if (concerns(changed, dossier, kinds)) void reading.refresh();
    });
  }

  dossier(id: string): DossierApi {
    return this.api.office.dossier(id);
  }

  may(action: Action): boolean {
    return may(this.me, action);
  }

  /** Run a command; says whether it went through, and shows what was done or why not. */
  async attempt(command: () => Promise<unknown>, done = ''): Promise<boolean> {
    try {
      await command();
    } catch (error) {
      const { title, detail } = refusal(error instanceof Problem ? error : new Problem(0));
      this.notices.add('error', title, detail);
      return false;
    }
    if (done) this.notices.add('done', done);
    return true;
  }

  /** What is in force today; names are found of what has ended as well. */
  get book(): Book {
    return this.#today;
  }

  siteName(id: string): string {
    return this.#siteNames.get(id) ?? id;
  }

  unitName(id: string): string {
    return unitIndex(this.directory.value?.units ?? []).get(id)?.name ?? id;
  }

  mcuName(id: string): string {
    return this.directory.value?.mcus.find((mcu) => mcu.id === id)?.name ?? id;
  }

  readonly #siteNames = $derived.by(() => new Map((this.directory.value?.sites ?? []).map((site) => [site.id, site.name])));
  readonly #today = $derived.by(() => (this.directory.value ? onDay(this.directory.value, toDateField(Date.now())) : EMPTY));
}

const EMPTY: Book = { units: [], sites: [], mcus: [] };
