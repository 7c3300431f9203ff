/** `WS /api/events`: what has changed in the office, gathered for a moment so that a burst is one reading. */
import { Backoff } from './backoff.ts';
import type { Changed } from './office.ts';

export type Heard = (changed: readonly Changed[]) => void;

const GATHER_MS = 250;
const SILENCE_MS = 12_000;
const ALL: Changed = ['', 'all'];

/** Whether a reading of that dossier ("" for all that belongs to none) and those kinds is out of date. */
export function concerns(changed: readonly Changed[], dossier: string | undefined, kinds: readonly string[] = []): boolean {
  return changed.some(([of, kind]) => {
    if (kind === 'all') return true;
    if (dossier !== undefined && of !== dossier) return false;
    return kinds.length === 0 || kinds.includes(kind);
  });
}

interface Message {
  changed?: Changed[];
  now?: string;
}

export class Events {
  /** Connected; until then what is shown may be old. */
  live = $state(false);
  /** It was connected before. */
  #once = false;
  readonly #backoff = new Backoff(300, 5000);
  readonly #listeners = new Set<Heard>();
  #gathered: Changed[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #socket: WebSocket | undefined;
  #stopped = false;

  constructor(
    private readonly token: string,
    /** The token has ended: no new attempt will do better. */
    private readonly refused: () => void = () => {},
    /** The server's time, with every message (milliseconds since 1970). */
    private readonly told: (now: number) => void = () => {},
  ) {}

  start(): () => void {
    this.#stopped = false;
    this.#open();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#retry);
      clearTimeout(this.#silence);
      clearTimeout(this.#timer);
      this.#socket?.close();
    };
  }

  listen(heard: Heard): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  #open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/events`);
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ token: this.token }));
      this.live = true;
      this.#backoff.reset();
      if (this.#once) this.#gather([ALL]);
      this.#once = true;
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(String(event.data)) as Message);
    socket.onclose = (event) => this.#lost(event.code);
  }

  #receive(message: Message): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.close(), SILENCE_MS);
    if (message.now) this.told(Date.parse(message.now));
    if (message.changed?.length) this.#gather(message.changed);
  }

  #gather(changed: Changed[]): void {
    this.#gathered.push(...changed);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const all = this.#gathered;
      this.#gathered = [];
      for (const heard of this.#listeners) heard(all);
    }, GATHER_MS);
  }

  #lost(code: number): void {
    this.live = false;
    clearTimeout(this.#silence);
    if (this.#stopped || code === 4403) return;
    if (code === 4401) return this.refused();
    this.#retry = setTimeout(() => this.#open(), this.#backoff.next());
  }
}
