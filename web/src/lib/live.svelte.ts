/**
 * The live state of a conference (docs/protocol.md, section 2), kept while the line is away:
 * an operator must see the last known picture of the session, and a clear line that it is old.
 */
import { back } from './back.ts';
import { Backoff } from './backoff.ts';
import { mergePatch } from './patch.ts';
import type { LiveState, Mcu, Quality } from './types.ts';

export type LiveStatus = 'connecting' | 'live' | 'away' | 'closed' | 'refused';

/** Close codes (protocol, section 2) after which the same token will not do better. */
const REFUSED = new Set([4401, 4403]);
/** No such conference, or closed. Asked again now and then: a meeting room's page stays open for the next one. */
const CLOSED = new Set([4404, 4410]);
const CLOSED_RETRY_MS = 10_000;
/** A server that says "alive" and then nothing for so long is away, whatever TCP thinks. */
const SILENCE_MS = 12_000;
/** By then the server has answered, or it was asked while the line was cut, and TCP waits ever longer. */
const ASKING_MS = 2500;

type Message =
  | { type: 'snapshot'; now: string; state: LiveState }
  | { type: 'patch'; patch: unknown }
  | { type: 'alive' };

export class Live {
  status = $state<LiveStatus>('connecting');
  state = $state<LiveState | null>(null);
  /** Goes up with every message: what is worked out of all sites follows this, not each of their members. */
  heard = $state(0);

  readonly #url: string;
  readonly #token: string;
  readonly #backoff = new Backoff(200, 600);
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #alive = false;
  #wasAway = false;
  #offset = performance.timeOrigin;
  #seeking: symbol | undefined;
  #stopped = false;

  constructor(conference: string, token: string) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const path = `/api/conferences/${encodeURIComponent(conference)}/events`;
    this.#url = `${scheme}://${location.host}${path}`;
    this.#token = token;
  }

  /** The server's clock, milliseconds since 1970, however this computer's own clock is set meanwhile. */
  now = (): number => performance.now() + this.#offset;

  start(): () => void {
    this.#stopped = false;
    this.#open();
    const online = () => this.#reopen();
    window.addEventListener('online', online);
    return () => {
      this.#stopped = true;
      window.removeEventListener('online', online);
      this.#rest();
      this.#drop();
    };
  }

  /** Whether the server can know what a site sends: not while its MCU is away, or has not yet reported. */
  knows(site: string): boolean {
    const mcu = this.state?.sites[site]?.mcu ?? '';
    return this.status === 'live' && this.state?.mcus?.[mcu]?.state === 'online';
  }

  sendQuality(quality: Quality): void {
    if (Object.keys(quality).length === 0) return;
    if (this.status === 'live' && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'quality', quality }));
    }
  }

  #open(): void {
    this.#rest();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token: this.#token }));
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(JSON.parse(String(event.data)) as Message);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    };
  }

  #receive(message: Message): void {
    if (message.type === 'snapshot') {
      this.#offset = Date.parse(message.now) - performance.now();
      this.state = message.state;
      this.status = 'live';
      this.#backoff.reset();
      if (this.#wasAway) back();
      this.#wasAway = false;
    } else if (message.type === 'patch' && this.state) {
      mergePatch(this.state, message.patch);
      if (tellsOfReturn(message.patch)) back();
    } else if (message.type === 'alive') {
      this.#alive = true;
    }
    this.heard += 1;
    clearTimeout(this.#silence);
    if (this.#alive) this.#silence = setTimeout(() => this.#reopen(), SILENCE_MS);
  }

  /**
   * Whether the server is there: a WebSocket that fails again and again is held back by the browser. It is asked
   * anew while earlier questions wait, for what went into a line that was cut comes late or never.
   */
  #seek(): void {
    const seeking = (this.#seeking ??= Symbol());
    const asked = fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(ASKING_MS) });
    void asked.then((answer) => answer.ok, () => false).then((there) => {
      if (there && this.#seeking === seeking) this.#open();
    });
    this.#again(this.#backoff.next());
  }

  #again(wait: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#seek(), wait);
  }

  #rest(): void {
    this.#seeking = undefined;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
  }

  #lost(code: number): void {
    this.#rest();
    this.#socket = null;
    this.#wasAway = true;
    if (this.#stopped) return;
    if (REFUSED.has(code)) {
      this.status = 'refused';
      return;
    }
    if (CLOSED.has(code)) this.status = 'closed';
    else if (this.status !== 'closed') this.status = this.state ? 'away' : 'connecting';
    const wait = this.status === 'closed' ? CLOSED_RETRY_MS : this.#backoff.next();
    this.#again(wait);
  }

  #reopen(): void {
    if (this.status === 'refused') return;
    this.#drop();
    this.#backoff.reset();
    this.#lost(0);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  }
}

/** Whether an MCU has come back. */
function tellsOfReturn(patch: unknown): boolean {
  const { mcus } = patch as { mcus?: Record<string, Partial<Mcu> | null> };
  return Object.values(mcus ?? {}).some((mcu) => mcu?.state === 'online');
}
