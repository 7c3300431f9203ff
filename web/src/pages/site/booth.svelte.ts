/** A site at work: camera and microphone, the way out (WHIP), and what the room is told. */
import type { Api, ConferenceApi } from '../../lib/api.ts';
import type { Devices } from '../../lib/capture.ts';
import { listen } from '../../lib/level.ts';
import { Live } from '../../lib/live.svelte.ts';
import { Notices } from '../../lib/notices.svelte.ts';
import type { Player } from '../../lib/player.svelte.ts';
import { Publisher } from '../../lib/publisher.svelte.ts';
import { worse } from '../../lib/stats.ts';
import * as ptz from '../../lib/ptz.ts';
import type { Quality } from '../../lib/types.ts';
import type { Result } from '../../lib/selftest.ts';
import { WhipSession } from '../../lib/whip.ts';
import { Bench } from './bench.svelte.ts';
import { recall, remember, type Memory } from './memory.ts';
import * as microphone from './microphone.ts';

/** What is written down with an incident, beside the quality. */
const INCIDENT_FIGURES = ['rtt_ms', 'loss_pct', 'jitter_ms', 'kbps', 'fps'] as const;

export type Phase = 'check' | 'joined' | 'left' | 'taken';

export class Booth extends Bench {
  readonly live: Live;
  readonly publisher: Publisher;
  readonly notices = new Notices();
  readonly simulcast: boolean;
  phase = $state<Phase>('check');
  mic = $state.raw<microphone.MicState>({ on: true, serverMuted: undefined, asked: false, held: false });
  level = $state(-100);
  player = $state.raw<Player>();

  /** What the camera can do, and where it looks; empty for most. */
  reach = $state.raw<ptz.Reach>({});
  aim = $state.raw<ptz.Aim>({});

  readonly own = $derived.by(() => this.live.state?.sites[this.site]);
  readonly quality: Quality = $derived.by(() =>
    worse(this.publisher.quality, this.player?.quality),
  );
  readonly micOpen = $derived.by(() => this.hasMicrophone && microphone.isOpen(this.mic));

  readonly handUp = $derived.by(() => (this.live.state?.conference.hands ?? []).some((hand) => hand.site === this.site));
  readonly lines = $derived.by(() => this.live.state?.talk?.[this.site] ?? []);
  /** Of this site, those that are not closed and the last one that is, the newest first. */
  readonly incidents = $derived.by(() => {
    const mine = Object.values(this.live.state?.incidents ?? {}).filter((one) => one.site === this.site);
    return mine.sort((a, b) => b.at.localeCompare(a.at)).slice(0, 3);
  });

  readonly #at: ConferenceApi;
  #memory: Memory;
  #attends = true;
  #stopLevel: () => void = () => undefined;
  /** One after the other: of two orders the later one counts. */
  #orders: Promise<unknown> = Promise.resolve();

  constructor(
    readonly api: Api,
    readonly conference: string,
    readonly site: string,
    options: URLSearchParams,
  ) {
    super();
    this.live = new Live(conference, api.token);
    this.#at = api.at(conference);
    this.simulcast = options.get('simulcast') !== '0';
    this.publisher = new Publisher(api, WhipSession.path(conference, site), this.simulcast, () => this.#giveWay());
    this.#memory = recall(sessionStorage, conference, site);
    this.picked = this.#memory.devices;
    this.mic = { ...this.mic, on: this.#memory.micOn };
    if (this.#memory.joined || options.get('autojoin') === '1') this.phase = 'joined';
  }

  override start(): () => void {
    const stopLive = this.live.start();
    const stopDevices = super.start();
    const timer = setInterval(() => this.phase === 'joined' && this.live.sendQuality(this.quality), 1000);
    return () => {
      clearInterval(timer);
      this.hangUp();
      stopDevices();
      stopLive();
    };
  }

  join(): void {
    this.phase = 'joined';
    this.#save({ joined: true });
    this.#publish();
  }

  leave(): void {
    this.#save({ joined: false });
    this.hangUp();
    this.phase = 'left';
  }

  /** Take the site back from the page that has it. */
  resume(): void {
    this.phase = 'joined';
    void this.open();
  }

  #giveWay(): void {
    this.hangUp();
    this.phase = 'taken';
  }

  /** Let go of sessions and devices; the page is going away. */
  hangUp(): void {
    this.publisher.stop();
    this.player?.stop();
    this.#stopLevel();
    this.#stopLevel = () => undefined;
    this.letGo();
  }

  override async pick(devices: Devices): Promise<void> {
    this.#save({ devices });
    await super.pick(devices);
  }

  toggleMic(): void {
    const { mic, order } = microphone.pressed(this.mic);
    this.#setMic(mic, order);
  }

  holdMic(): void {
    const { mic, order } = microphone.held(this.mic);
    this.#setMic(mic, order);
  }

  letMicGo(): void {
    const { mic, order } = microphone.letGo(this.mic);
    this.#setMic(mic, order);
  }

  toggleHand(): void {
    const change = this.handUp ? this.#at.lowerHand : this.#at.raiseHand;
    void this.notices.attempt(() => change(this.site));
  }

  say(text: string): Promise<boolean> {
    return this.notices.attempt(() => this.#at.say(this.site, text));
  }

  report(text: string): Promise<boolean> {
    return this.notices.attempt(() => this.#at.report(this.site, text, this.figures()));
  }

  /** What is measured now, for whoever looks into an incident. */
  figures(): Record<string, number> {
    const [sent, received] = [this.quality, this.player?.quality];
    const known = INCIDENT_FIGURES.flatMap((name) => (sent[name] === undefined ? [] : [[name, sent[name]] as const]));
    return {
      ...Object.fromEntries(known),
      ...(received?.kbps === undefined ? {} : { received_kbps: received.kbps }),
      ...(received?.fps === undefined ? {} : { received_fps: received.fps }),
      level_db: Math.round(this.level),
      microphone_open: this.micOpen ? 1 : 0,
      sessions: this.publisher.sessions,
    };
  }

  keepTest = (results: Result[]) => this.#at.keepTest(this.site, results);

  /** Move the camera; what it cannot do is left out. */
  async turn(aim: ptz.Aim): Promise<void> {
    const track = this.media?.getVideoTracks()[0];
    if (!track) return;
    await ptz.turn(track, ptz.within({ ...this.aim, ...aim }, this.reach)).catch(() => undefined);
    this.aim = ptz.aimOf(track.getSettings());
  }

  /** Names the camera to this computer, for its places. */
  get camera(): string {
    return this.media?.getVideoTracks()[0]?.label ?? '';
  }

  declineToSpeak(): void {
    this.#setMic({ ...this.mic, asked: false }, { mute: true });
  }

  /** Called with each live state of this site; `fresh` after a new connection. */
  heard(muted: boolean, fresh: boolean): void {
    const { mic, order } = microphone.heard(this.mic, muted, fresh);
    this.#setMic(mic, order);
  }

  #setMic(mic: microphone.MicState, order: microphone.MicOrder): void {
    this.mic = mic;
    this.#applyMic();
    const kept = mic.on && !mic.held;
    if (this.#memory.micOn !== kept) this.#save({ micOn: kept });
    if (order) this.#orders = this.#orders.then(() => this.notices.attempt(() => this.#at.mute(this.site, order.mute)));
  }

  #applyMic(): void {
    for (const track of this.media?.getAudioTracks() ?? []) track.enabled = this.mic.on;
  }

  protected override adopted(media: MediaStream): void {
    this.#applyMic();
    this.#learnCamera(media);
    this.#stopLevel();
    this.#stopLevel = listen(media, (level) => (this.level = level));
    if (this.phase === 'joined') this.#publish();
  }

  #learnCamera(media: MediaStream): void {
    const track = media.getVideoTracks()[0];
    this.reach = ptz.reachOf(track?.getCapabilities?.() ?? {});
    this.aim = ptz.aimOf(track?.getSettings() ?? {});
  }

  /** Nothing is sent to a session that is over; a new one of the same name finds the room again. */
  attend(open: boolean): void {
    this.#attends = open;
    if (!open) this.publisher.stop();
    else if (this.phase === 'joined' && this.publisher.status === 'idle') this.#publish();
  }

  #publish(): void {
    if (!this.media || !this.#attends) return;
    if (this.publisher.status === 'idle') this.publisher.start(this.media);
    else void this.publisher.replace(this.media);
  }

  #save(change: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...change };
    remember(sessionStorage, this.conference, this.site, this.#memory);
  }
}
