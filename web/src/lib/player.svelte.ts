/**
 * A feed that keeps playing: a WHEP session, its watchdog, and the next session made ready
 * before the old one is let go, so that the last picture stays until there is a new one, or until the server
 * says that there will be none.
 */
import type { Api, Problem } from './api.ts';
import { Attempts } from './attempts.ts';
import { between, playoutMs, read, usual, type Reading } from './stats.ts';
import type { Quality } from './types.ts';
import { Watchdog, type Verdict } from './watchdog.ts';
import { WhepSession } from './whep.ts';

export type PlayerStatus = 'connecting' | 'playing' | 'stalled' | 'lost' | 'no-signal' | 'refused';

const TICK_MS = 100;
/** A frame seen on the screen this recently needs no counting. */
const FRESH_MS = 200;
const QUALITY_EVERY_MS = 1000;
/** Of so many measurements the usual one is told. */
const PLAYOUTS = 5;

/** The session is over. */
const OVER = 'urn:diemcau:unknown-conference';

interface Watched {
  session: WhepSession;
  watchdog: Watchdog;
}

export class Player {
  status = $state<PlayerStatus>('connecting');
  stream = $state.raw<MediaStream | null>(null);
  quality = $state.raw<Quality | undefined>(undefined);
  /** How long a picture is usually under way to this screen, in ms; measured with the quality. */
  playout = $state<number>();
  problem = $state.raw<Problem | null>(null);
  /** Sessions opened since the start, for tests and the curious. */
  sessions = $state(0);

  readonly #attempts = new Attempts();
  #current: Watched | null = null;
  #next: Watched | null = null;
  #presentedAt = -Infinity;
  #reading: Reading | undefined;
  #playouts: number[] = [];
  #ticking = false;
  #stopped = false;

  constructor(
    private readonly api: Api,
    private readonly path: string,
    /** Measure quality once a second (a site's programme, not a control room's nine previews). */
    private readonly measure = false,
  ) {}

  start(): () => void {
    this.#stopped = false;
    const deaf = this.#attempts.follow();
    const timer = setInterval(() => void this.#tick(), TICK_MS);
    void this.#tick();
    return () => {
      clearInterval(timer);
      deaf();
      this.stop();
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#attempts.giveUp();
    this.#clear();
  }

  #clear(): void {
    this.#current?.session.close();
    this.#next?.session.close();
    this.#current = this.#next = null;
    this.stream = null;
  }

  /** Let the video element tell when frames reach the screen; undo with what is returned. */
  watch(video: HTMLVideoElement): () => void {
    let handle = 0;
    const seen = () => {
      this.#presentedAt = performance.now();
      handle = video.requestVideoFrameCallback(seen);
    };
    handle = video.requestVideoFrameCallback(seen);
    return () => video.cancelVideoFrameCallback(handle);
  }

  async #tick(): Promise<void> {
    if (this.#ticking || this.#stopped) return;
    this.#ticking = true;
    try {
      await this.#step();
    } finally {
      this.#ticking = false;
    }
  }

  async #step(): Promise<void> {
    const verdict = this.#current ? await this.#judge(this.#current) : 'restart';
    if (this.#stopped) return;
    if (this.#current) this.#follow(this.#current, verdict);
    if (verdict === 'ok') this.#drop();
    else if (this.#next) await this.#tryNext(this.#next);
    else if (verdict === 'restart') this.#open();
    if (this.measure && this.#current) await this.#measure(this.#current.session);
  }

  async #judge(watched: Watched): Promise<Verdict> {
    const now = performance.now();
    const isCurrent = watched === this.#current;
    if (isCurrent && now - this.#presentedAt < FRESH_MS) return watched.watchdog.seen(now);
    const { frames, packets } = await this.#count(watched.session);
    const state = watched.session.pc.connectionState;
    return watched.watchdog.judge({ now: performance.now(), frames, packets, state });
  }

  async #count(session: WhepSession): Promise<Reading> {
    const report = await session.pc.getStats();
    return read(report.values(), true, performance.now());
  }

  #follow(current: Watched, verdict: Verdict): void {
    if (verdict === 'keyframe') current.session.keyframe();
    if (verdict === 'ok') {
      this.status = 'playing';
      this.#attempts.succeeded();
    } else if (verdict === 'restart') {
      this.status = 'lost';
    } else if (verdict !== 'waiting') {
      this.status = 'stalled';
    }
  }

  /** The next session takes over with its first packet; one that brings none is given up. */
  async #tryNext(next: Watched): Promise<void> {
    const verdict = await this.#judge(next);
    if (this.#stopped || this.#next !== next) return;
    if (next.watchdog.received) {
      this.#current?.session.close();
      this.#current = next;
      this.#next = null;
      this.#reading = undefined;
      this.#presentedAt = -Infinity;
      this.stream = next.session.stream;
    } else if (verdict === 'restart') {
      this.#drop();
      if (!this.#current) this.status = 'no-signal';
    }
  }

  /** The old session came back to life: the next one is not needed. */
  #drop(): void {
    this.#attempts.giveUp();
    this.#next?.session.close();
    this.#next = null;
  }

  #open(): void {
    if (this.#next || this.#stopped || this.problem?.final) return;
    void this.#attempts.make((signal) => this.#attempt(signal), (problem) => this.#failed(problem));
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const session = await WhepSession.open(this.api, this.path, signal);
    if (this.#stopped || signal.aborted) return session.close();
    this.#next = { session, watchdog: new Watchdog() };
    this.problem = null;
    this.sessions += 1;
  }

  #failed(problem: Problem): void {
    this.problem = problem;
    if (problem.final || problem.type === OVER) this.#clear();
    if (problem.final) this.status = 'refused';
    else if (!this.#current) this.status = 'no-signal';
  }

  async #measure(session: WhepSession): Promise<void> {
    const now = performance.now();
    if (this.#reading && now - this.#reading.at < QUALITY_EVERY_MS) return;
    const reading = await this.#count(session);
    if (this.#current?.session !== session) return;
    if (this.#reading) {
      this.quality = between(this.#reading, reading);
      const playout = playoutMs(this.#reading, reading);
      if (playout !== undefined) this.#playouts = [...this.#playouts, playout].slice(-PLAYOUTS);
      this.playout = usual(this.#playouts);
    }
    this.#reading = reading;
  }
}
