/** What both directions of media need of a peer connection: candidates in the SDP, a resource to say goodbye to. */
import { Problem, type Api } from './api.ts';

/** Host candidates only: no address server is asked, nothing leaves the administration's network. */
export const PEER: RTCConfiguration = { bundlePolicy: 'max-bundle', iceServers: [] };

/** Candidates of every interface of this host are there within this time. */
const GATHER_MS = 600;

/** Wait until the local description holds its candidates (they are not trickled). */
export async function gathered(pc: RTCPeerConnection, limit = GATHER_MS): Promise<string> {
  if (pc.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, limit);
      function done() {
        clearTimeout(timer);
        pc.removeEventListener('icegatheringstatechange', check);
        resolve();
      }
      function check() {
        if (pc.iceGatheringState === 'complete') done();
      }
      pc.addEventListener('icegatheringstatechange', check);
    });
  }
  return pc.localDescription?.sdp ?? '';
}

/** A WHIP or WHEP session on the server: its peer connection and its resource. */
export class PeerSession {
  readonly openedAt = performance.now();
  #closed = false;

  constructor(
    readonly pc: RTCPeerConnection,
    private readonly api: Api,
    readonly location: string,
  ) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Ask the source for a keyframe; a failure is the watchdog's to notice. */
  keyframe(): void {
    this.api.raw('POST', `${this.location}/keyframe`).catch(() => undefined);
  }

  /** Close here and there; the server's own clean-up covers a goodbye that is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pc.close();
    forget(this.api, this.location);
  }
}

/** DELETE a session's resource; it may outlive the page. */
export function forget(api: Api, location: string): void {
  api.raw('DELETE', location, { keepalive: true }).catch(() => undefined);
}

/** The `Location` of a 201, as a path on this server; nothing else is ever talked to. */
export function locationOf(response: Response): string {
  const location = response.headers.get('Location');
  if (!location) throw new Problem(502, { title: 'Location' });
  const url = new URL(location, response.url);
  return url.pathname + url.search;
}
