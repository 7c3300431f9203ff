/** A room computer that waits for its site's sessions: it asks now and then, whatever happens meanwhile. */
import { Api, Problem } from './api.ts';
import { pathOf } from './code.ts';
import { route, tokenInFragment } from './session.ts';
import type { KioskState } from './types.ts';

const EVERY_MS = 5000;
/** A link that is no longer valid: somebody may put it right on the server. */
const ENDED_EVERY_MS = 60_000;
const KEY = 'diemcau.kiosk';

/** A session that is open: where it is and with what it is entered. */
export interface Opened {
  conference: string;
  site: string;
  api: Api;
  /** Counts the tokens that were used up. */
  turn: number;
}

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The token of the link; kept, so that the computer comes back by itself after a power cut. */
export function kioskToken(location: Location, history: History, storage: Storage): string | null {
  const fresh = tokenInFragment(location.hash);
  if (fresh) {
    storage.setItem(KEY, fresh);
    history.replaceState(null, '', location.pathname);
  }
  return fresh ?? storage.getItem(KEY);
}

export class Kiosk {
  state = $state.raw<KioskState>();
  opened = $state.raw<Opened>();
  /** The server did not answer the last time. */
  away = $state(false);
  /** The link was replaced or is too old. */
  ended = $state(false);
  /** The server's clock, against this computer's. */
  offset = $state(0);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #spent = false;
  #turns = 0;
  #stopped = false;

  constructor(private readonly token: string) {}

  now = (): number => Date.now() + this.offset;

  start(): () => void {
    void this.#ask();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  /** The session's page says that its token is no longer good: the next answer brings another. */
  spent(): void {
    this.#spent = true;
  }

  async #ask(): Promise<void> {
    try {
      this.#heard(await new Api('').kiosk(this.token));
    } catch (error) {
      const final = error instanceof Problem && (error.final || error.status === 404);
      this.ended = final;
      this.away = !final;
      if (final) this.opened = undefined;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#ask(), this.ended ? ENDED_EVERY_MS : EVERY_MS);
  }

  #heard(state: KioskState): void {
    this.away = this.ended = false;
    this.offset = Date.parse(state.now) - Date.now();
    this.state = state;
    const place = state.session && route(new URL(pathOf(state.session.url), 'http://here').pathname);
    if (!state.session || place?.page !== 'site') {
      this.opened = undefined;
    } else if (this.opened?.conference !== place.conference || this.#spent) {
      this.#spent = false;
      const { conference, site } = place;
      this.opened = { conference, site, api: new Api(state.session.token), turn: ++this.#turns };
    }
  }
}
