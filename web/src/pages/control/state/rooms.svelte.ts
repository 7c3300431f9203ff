/** What rooms say: whose thread is open, what has been looked at, and a short sound for a new incident. */
import { SvelteMap } from 'svelte/reactivity';
import type { Desk } from '../../../lib/desk.svelte.ts';
import type { Incident } from '../../../lib/types.ts';
import { threads, type Thread } from './talk.ts';

export class Rooms {
  /** The thread that is open. */
  site = $state('');
  field = $state<HTMLInputElement>();
  /** The latest incident that came while the page was open. */
  #latest = $state('');
  readonly #seen = new SvelteMap<string, string>();
  #known: Set<string> | undefined;

  readonly threads: Thread[] = $derived.by(() => {
    const { talk, incidents } = this.desk.live.state ?? {};
    return threads(talk ?? {}, Object.values(incidents ?? {}), this.#seen);
  });
  readonly open: Thread | undefined = $derived.by(() => this.threads.find((one) => one.site === this.site));
  /** Shown and said until somebody takes it. */
  readonly alarm: Incident | undefined = $derived.by(() => {
    const found = this.desk.live.state?.incidents?.[this.#latest];
    return found?.state === 'reported' ? found : undefined;
  });
  readonly waiting = $derived.by(() => this.threads.reduce((sum, one) => sum + one.unread + one.reported, 0));

  constructor(private readonly desk: Desk) {}

  /** The thread in sight has been read as far as it goes. */
  read(): void {
    const last = this.open?.lines.at(-1)?.at;
    if (last && this.#seen.get(this.site) !== last) this.#seen.set(this.site, last);
  }

  /** Incidents that are new since the page was opened ring once. */
  listen(): void {
    const reported = Object.values(this.desk.live.state?.incidents ?? {}).filter((one) => one.state === 'reported');
    const fresh = this.#known ? reported.filter((one) => !this.#known?.has(one.id)) : [];
    this.#known = new Set([...(this.#known ?? []), ...reported.map((one) => one.id)]);
    const last = fresh.at(-1);
    if (!last) return;
    this.#latest = last.id;
    ring();
  }

  forgetAlarm(): void {
    this.#latest = '';
  }
}

/** Two short notes, quiet enough for a room where people speak. */
function ring(): void {
  // The browser lets a page sound only after the first press on it.
  if (!navigator.userActivation.hasBeenActive) return;
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.value = 0.08;
  gain.connect(context.destination);
  [660, 880].forEach((pitch, index) => {
    const note = context.createOscillator();
    note.frequency.value = pitch;
    note.connect(gain);
    note.start(context.currentTime + index * 0.16);
    note.stop(context.currentTime + index * 0.16 + 0.12);
    if (index === 1) note.onended = () => void context.close();
  });
}
