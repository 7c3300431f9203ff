/** Publishing a site: WHIP (RFC 9725), H.264 constrained baseline and Opus, two simulcast layers where the browser can. */
import { Problem, type Api } from './api.ts';
import { BetterPicture } from './better.ts';
import { gathered, locationOf, PEER, PeerSession } from './peer.ts';

/** High layer first: the server's order of rids is high to low. */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'h', maxBitrate: 1_500_000, maxFramerate: 25 },
  { rid: 'l', maxBitrate: 300_000, maxFramerate: 25, scaleResolutionDownBy: 2 },
];
const ONE_LAYER: RTCRtpEncodingParameters[] = [{ maxBitrate: 1_500_000, maxFramerate: 25 }];
/** Text must be read: every pixel, few pictures. */
const DETAIL: RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000, maxFramerate: 10 }];

/**
 * Codecs to offer for video: H.264 constrained baseline (profile 42e0, packetization mode 1) first, then
 * the other baseline H.264, then retransmission; nothing else. Empty if this browser has no such H.264.
 */
export function h264First<C extends { mimeType: string; sdpFmtpLine?: string }>(codecs: C[]): C[] {
  const rank = (codec: C): number => {
    const line = codec.sdpFmtpLine ?? '';
    if (/profile-level-id=42[eE]0/.test(line)) return /packetization-mode=1/.test(line) ? 0 : 1;
    if (/profile-level-id=42/.test(line)) return /packetization-mode=1/.test(line) ? 2 : 3;
    return 9;
  };
  const h264 = codecs.filter((codec) => codec.mimeType.toLowerCase() === 'video/h264');
  const wanted = h264.filter((codec) => rank(codec) < 9).sort((a, b) => rank(a) - rank(b));
  if (wanted.length === 0) return [];
  return [...wanted, ...codecs.filter((codec) => codec.mimeType.toLowerCase() === 'video/rtx')];
}

function addVideo(pc: RTCPeerConnection, stream: MediaStream, simulcast: boolean): void {
  const track = stream.getVideoTracks()[0];
  const init = (sendEncodings: RTCRtpEncodingParameters[]): RTCRtpTransceiverInit => ({
    direction: 'sendonly',
    streams: [stream],
    sendEncodings: sendEncodings.map((layer) => ({ ...layer })),
  });
  let transceiver: RTCRtpTransceiver;
  try {
    const single = track?.contentHint === 'detail' ? DETAIL : ONE_LAYER;
    transceiver = pc.addTransceiver(track ?? 'video', init(simulcast ? LAYERS : single));
  } catch {
    transceiver = pc.addTransceiver(track ?? 'video', init(ONE_LAYER));
  }
  preferH264(transceiver);
}

/** Browsers differ on whose list the preference is checked against; where neither fits, the offer stays whole. */
function preferH264(transceiver: RTCRtpTransceiver): void {
  for (const side of [RTCRtpReceiver, RTCRtpSender]) {
    const codecs = h264First(side.getCapabilities('video')?.codecs ?? []);
    if (codecs.length === 0) continue;
    try {
      transceiver.setCodecPreferences(codecs);
      return;
    } catch {
      continue;
    }
  }
}

/** This page, as the server tells it from others of the same site: the ids of its sessions begin with it. */
const PAGE = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Whether this page has made the session, as the server names it. */
export function isOwn(session: string): boolean {
  return session.startsWith(`${PAGE}-`);
}

export class WhipSession extends PeerSession {
  readonly #better = new BetterPicture();
  #sendsBetter = true;

  static path(conference: string, site: string, content = false): string {
    const of = `/whip/${encodeURIComponent(conference)}/${encodeURIComponent(site)}?client=${PAGE}`;
    return content ? `${of}&content=true` : of;
  }

  /** The same, in the place of whoever is there. */
  static claim(path: string): string {
    return `${path}&replace=true`;
  }

  /** Offer → answer; with simulcast first, and with one layer if the server will not have that (422). */
  static async open(
    api: Api, path: string, stream: MediaStream, simulcast: boolean, signal: AbortSignal,
  ): Promise<WhipSession> {
    try {
      return await WhipSession.#attempt(api, path, stream, simulcast, signal);
    } catch (error) {
      if (!simulcast || !(error instanceof Problem) || error.status !== 422) throw error;
      return WhipSession.#attempt(api, path, stream, false, signal);
    }
  }

  static async #attempt(
    api: Api, path: string, stream: MediaStream, simulcast: boolean, signal: AbortSignal,
  ): Promise<WhipSession> {
    const pc = new RTCPeerConnection(PEER);
    let session: WhipSession | undefined;
    try {
      const audio = stream.getAudioTracks()[0];
      pc.addTransceiver(audio ?? 'audio', { direction: 'sendonly', streams: [stream] });
      addVideo(pc, stream, simulcast);
      await pc.setLocalDescription(await pc.createOffer());
      const offer = await gathered(pc);
      const response = await api.raw('POST', path, { body: offer, type: 'application/sdp', signal });
      session = new WhipSession(pc, api, locationOf(response));
      await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      signal.throwIfAborted();
      return session;
    } catch (error) {
      if (session) session.close();
      else pc.close();
      throw error;
    }
  }

  /** Leave the better of two pictures out while the line is too narrow for it; `kbps`: what the line carries. */
  async weigh(now: number, kbps: number | undefined): Promise<void> {
    const on = this.#better.judge(now, kbps);
    if (on === this.#sendsBetter) return;
    this.#sendsBetter = on;
    const sender = this.pc.getTransceivers()[1]?.sender;
    const parameters = sender?.getParameters();
    const better = parameters?.encodings.find((layer) => layer.rid === LAYERS[0]?.rid);
    if (!sender || !parameters || !better) return;
    better.active = on;
    await sender.setParameters(parameters);
  }

  /** Send other tracks (another camera was picked) without a new session. */
  async replaceTracks(stream: MediaStream): Promise<void> {
    const [audio, video] = this.pc.getTransceivers();
    await audio?.sender.replaceTrack(stream.getAudioTracks()[0] ?? null);
    await video?.sender.replaceTrack(stream.getVideoTracks()[0] ?? null);
  }
}
