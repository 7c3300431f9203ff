/**
 * A site that stays on the line: a WHIP session that is made again after anything,
 * be it the connection, the MCU or the server that says so. It takes the place of whoever is there when it starts,
 * and not again: of two pages of one site the later one has it, and the other lets go.
 */
import type { Api, Problem } from './api.ts';
import { Attempts } from './attempts.ts';
import { between, read, type Reading } from './stats.ts';
import type { Quality, SiteState } from './types.ts';
import { isOwn, WhipSession } from './whip.ts';

export type PublisherStatus = 'idle' | 'connecting' | 'live' | 'lost' | 'refused';

const TICK_MS = 200;
const CONNECT_MS = 6000;
const DISCONNECTED_MS = 700;
/** The server needs this long to see a new publisher; its "off" before then is old news. */
const GRACE_MS = 2500;
/** The other end reports at least once a second; when it is this long silent it is gone (ICE takes 6 s to notice). */
const SILENT_MS = 2000;
/** The same, when the programme from the same MCU has stopped too. */
const DOUBTFUL_MS = 800;
const TAKEN = 'urn:diemcau:already-publishing';
const COUNT_EVERY_MS = 250;
const QUALITY_EVERY_MS = 1000;

export class Publisher {
  status = $state<PublisherStatus>('idle');
  problem = $state.raw<Problem | null>(null);
  quality = $state.raw<Quality | undefined>(undefined);
  sessions = $state(0);

  readonly #attempts = new Attempts();
  #session: WhipSession | null = null;
  #media: MediaStream | null = null;
  #home: SiteState | undefined;
  /** It has not had a session since it was started. */
  #claims = true;
  /** A session of its own has been seen: from now on another's is one that took its place. */
  #seen = false;
  #disconnectedAt: number | undefined;
  #reading: Reading | undefined;
  #heard: { packets: number; at: number } | undefined;
  #countedAt = 0;
  #doubt = false;
  #counting = false;
  #deaf: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly simulcast: boolean,
    /** Another page has this site now; nothing is sent any more. */
    private readonly ontaken: () => void,
  ) {}

  start(media: MediaStream): void {
    this.#media = media;
    this.#claims = true;
    this.#deaf ??= this.#attempts.follow();
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Another camera or microphone: the same session goes on if there is one. */
  async replace(media: MediaStream): Promise<void> {
    this.#media = media;
    await this.#session?.replaceTracks(media).catch(() => this.#close());
  }

  /** What its own MCU has of this site, and whose session; undefined while that is not known. */
  notice(home: SiteState | undefined, session: string | undefined): void {
    this.#home = home;
    if (session === undefined) return;
    if (isOwn(session)) {
      this.#seen = true;
      if (home === 'ready') this.#attempts.succeeded();
    } else if (this.#seen) this.#giveWay();
  }

  /** What is received from the same MCU has stopped. */
  doubt(stopped: boolean): void {
    this.#doubt = stopped;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#deaf?.();
    this.#deaf = undefined;
    this.#attempts.giveUp();
    this.#close();
    this.#seen = false;
    this.status = 'idle';
  }

  #tick(): void {
    if (this.#session && this.#broken(this.#session)) {
      this.#close();
      this.status = 'lost';
    }
    if (!this.#session) this.#open();
    else void this.#measure(this.#session);
  }

  #broken(session: WhipSession): boolean {
    const now = performance.now();
    const state = session.pc.connectionState;
    const age = now - session.openedAt;
    if (state === 'connected') {
      this.status = 'live';
      this.#disconnectedAt = undefined;
      const gone = this.#home === 'off' || this.#home === 'lost';
      if (gone && age > GRACE_MS) return true;
      const limit = this.#doubt ? DOUBTFUL_MS : SILENT_MS;
      return this.#heard !== undefined && now - this.#heard.at > limit;
    }
    if (state === 'failed' || state === 'closed') return true;
    if (state === 'disconnected') {
      this.#disconnectedAt ??= now;
      return now - this.#disconnectedAt > DISCONNECTED_MS;
    }
    return age > CONNECT_MS;
  }

  #open(): void {
    if (!this.#media || this.problem?.final) return;
    void this.#attempts.make((signal) => this.#attempt(signal), (problem) => this.#failed(problem));
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { api, simulcast } = this;
    const path = this.#claims ? WhipSession.claim(this.path) : this.path;
    const media = this.#media;
    if (!media) return;
    if (this.status === 'idle') this.status = 'connecting';
    const session = await WhipSession.open(api, path, media, simulcast, signal);
    if (signal.aborted) return session.close();
    this.#adopt(session);
    if (this.#media && media !== this.#media) await this.replace(this.#media);
  }

  #adopt(session: WhipSession): void {
    this.#session = session;
    this.#claims = false;
    this.#reading = undefined;
    this.#heard = undefined;
    this.#disconnectedAt = undefined;
    this.problem = null;
    this.sessions += 1;
  }

  #giveWay(): void {
    this.stop();
    this.ontaken();
  }

  #failed(problem: Problem): void {
    if (problem.type === TAKEN) return this.#giveWay();
    this.problem = problem;
    this.status = problem.final ? 'refused' : 'lost';
  }

  #close(): void {
    this.#session?.close();
    this.#session = null;
    this.quality = undefined;
  }

  #hear(reading: Reading): void {
    const packets = reading.heard;
    if (packets === undefined || packets === 0) return;
    // Counts far apart (a tab in the background) say nothing about the time between.
    const steady = reading.at - this.#countedAt < 3 * COUNT_EVERY_MS;
    if (packets !== this.#heard?.packets || !steady) this.#heard = { packets, at: reading.at };
  }

  async #measure(session: WhipSession): Promise<void> {
    const now = performance.now();
    if (this.#counting || now - this.#countedAt < COUNT_EVERY_MS) return;
    this.#counting = true;
    const report = await session.pc.getStats().catch(() => undefined);
    this.#counting = false;
    if (!report || this.#session !== session) return;
    const reading = read(report.values(), false, now);
    this.#hear(reading);
    void session.weigh(now, reading.can_send_kbps).catch(() => undefined);
    this.#countedAt = now;
    if (this.#reading && now - this.#reading.at < QUALITY_EVERY_MS) return;
    if (this.#reading) this.quality = between(this.#reading, reading);
    this.#reading = reading;
  }
}
