/** Content of a site: a screen, window or tab beside its camera, until whoever shares it ends that. */
import type { Api } from './api.ts';
import { Publisher } from './publisher.svelte.ts';
import { steady } from './steady.ts';
import { stopTracks } from './capture.ts';
import type { SiteState } from './types.ts';
import { WhipSession } from './whip.ts';

/** Why nothing is shared; each has its text in the catalogue (`share.fault_*`). */
export type ShareFault = 'denied' | 'failed' | 'unsupported' | 'taken';

/**
 * Sound of a tab only (a film): that of the whole machine has the programme in it, which would come back to everybody.
 * What is not known to the browser is ignored.
 */
const WANTED = {
  video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 10, max: 15 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'exclude',
  windowAudio: 'exclude',
} as const;

export class Share {
  readonly publisher: Publisher;
  /** What is shared, as it is on this machine. */
  screen = $state.raw<MediaStream | null>(null);
  choosing = $state(false);
  fault = $state<ShareFault | null>(null);

  #letGo: () => void = () => undefined;
  #ended = false;

  constructor(api: Api, conference: string, site: string) {
    this.publisher = new Publisher(api, WhipSession.path(conference, site, true), false, () => this.#giveWay());
  }

  /** Ask what to share and send it; nobody is told anything where that is called off. */
  async start(): Promise<void> {
    if (this.choosing || this.screen) return;
    this.fault = null;
    this.choosing = true;
    try {
      const screen = await choose();
      if (this.#ended) stopTracks(screen);
      else this.#send(screen);
    } catch (error) {
      this.fault = faultOf(error);
    } finally {
      this.choosing = false;
    }
  }

  stop(): void {
    this.publisher.stop();
    this.#letGo();
    this.#letGo = () => undefined;
    stopTracks(this.screen);
    this.screen = null;
  }

  /** The page is going away, or the session is over. */
  end(): void {
    this.#ended = true;
    this.stop();
  }

  /** What its own MCU has of this content, and whose session; undefined while that is not known. */
  notice(home: SiteState | undefined, session: string | undefined): void {
    this.publisher.notice(home, session);
  }

  #giveWay(): void {
    this.stop();
    this.fault = 'taken';
  }

  #send(screen: MediaStream): void {
    const [picture] = screen.getVideoTracks();
    if (!picture) throw new Error('nothing to see');
    picture.onended = () => this.stop(); // by the browser's own button, or the window was closed
    const { track, stop } = steady(picture);
    track.contentHint = 'detail';
    this.#letGo = stop;
    this.screen = screen;
    this.publisher.start(new MediaStream([track, ...screen.getAudioTracks()]));
  }
}

async function choose(): Promise<MediaStream> {
  const media = navigator.mediaDevices as Partial<MediaDevices> | undefined;
  if (!media?.getDisplayMedia) throw new DOMException('', 'NotSupportedError');
  return media.getDisplayMedia(WANTED);
}

/** Calling it off is no fault; only the system's refusal is told apart from it, by its message. */
function faultOf(error: unknown): ShareFault | null {
  const { name, message } = error instanceof DOMException ? error : { name: '', message: '' };
  if (name === 'NotAllowedError') return /system/i.test(message) ? 'denied' : null;
  return name === 'NotSupportedError' ? 'unsupported' : 'failed';
}
