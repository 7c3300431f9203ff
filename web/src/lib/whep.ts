/** Playing a feed: WHEP (draft-ietf-wish-whep) with a media server that makes the offer. */
import type { Api } from './api.ts';
import { gathered, locationOf, PEER, PeerSession } from './peer.ts';

export class WhepSession extends PeerSession {
  readonly stream: MediaStream = new MediaStream();

  /** Address of a feed: `program`, `chair`, `slot/3`, `site/x12`; at another MCU with `mcu`. */
  static path(conference: string, feed: string, mcu?: string): string {
    const query = mcu ? `?mcu=${encodeURIComponent(mcu)}` : '';
    return `/whep/${encodeURIComponent(conference)}/${feed}${query}`;
  }

  /** POST → the server's offer; PATCH ← our answer with its candidates. Leaves nothing behind on failure. */
  static async open(api: Api, path: string, signal: AbortSignal): Promise<WhepSession> {
    const response = await api.raw('POST', path, { signal });
    const location = locationOf(response);
    const pc = new RTCPeerConnection(PEER);
    const session = new WhepSession(pc, api, location);
    pc.ontrack = (event) => session.stream.addTrack(event.track);
    try {
      await pc.setRemoteDescription({ type: 'offer', sdp: await response.text() });
      await pc.setLocalDescription(await pc.createAnswer());
      const answer = await gathered(pc);
      await api.raw('PATCH', location, { body: answer, type: 'application/sdp', signal });
      signal.throwIfAborted();
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }
}

