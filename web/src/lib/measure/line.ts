/** Publishes to the site's own MCU for some seconds, as the session will, and reads what arrives there. */
import { Problem, type Api } from '../api.ts';
import { stopTracks } from '../capture.ts';
import type { Line } from '../selftest.ts';
import { between, read } from '../stats.ts';
import { h264First, WhipSession } from '../whip.ts';
import { pause } from './pause.ts';

const READY_MS = 12_000;
const AGAIN_MS = 2000;
const CONNECT_MS = 8000;
/** Bit rates rise and round trips settle in the first of them. */
const SETTLE_MS = 2500;
const MEASURE_MS = 3000;

export async function tryLine(
  api: Api, path: string, media: MediaStream, simulcast: boolean, signal: AbortSignal,
): Promise<Line> {
  const h264 = h264First(RTCRtpSender.getCapabilities('video')?.codecs ?? []).length > 0;
  const sent = quiet(media);
  let session: WhipSession | undefined;
  try {
    session = await opened(api, path, sent, simulcast, signal);
    if (!(await connected(session.pc, signal))) return { status: 201, connected: false, h264 };
    return { status: 201, connected: true, h264, ...(await measured(session.pc, signal)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, problem: error.type, connected: false, h264 };
  } finally {
    session?.close();
    stopTracks(sent);
  }
}

/** An MCU that is getting ready, or has not let go of the former attempt yet, is asked again. */
async function opened(
  api: Api, path: string, media: MediaStream, simulcast: boolean, signal: AbortSignal,
): Promise<WhipSession> {
  const latest = performance.now() + READY_MS;
  for (;;) {
    try {
      return await WhipSession.open(api, path, media, simulcast, signal);
    } catch (error) {
      const later = error instanceof Problem && error.status === 503 && performance.now() < latest;
      if (!later) throw error;
      await pause(AGAIN_MS, signal);
    }
  }
}

/** The same picture, and the microphone without its sound: nobody is heard during a test. */
function quiet(media: MediaStream): MediaStream {
  const copy = media.clone();
  for (const track of copy.getAudioTracks()) track.enabled = false;
  return copy;
}

async function connected(pc: RTCPeerConnection, signal: AbortSignal): Promise<boolean> {
  const latest = performance.now() + CONNECT_MS;
  while (performance.now() < latest) {
    if (pc.connectionState === 'connected') return true;
    if (pc.connectionState === 'failed') return false;
    await pause(100, signal);
  }
  return false;
}

async function measured(pc: RTCPeerConnection, signal: AbortSignal): Promise<Partial<Line>> {
  await pause(SETTLE_MS, signal);
  const before = read((await pc.getStats()).values(), false, performance.now());
  await pause(MEASURE_MS, signal);
  const report = await pc.getStats();
  const codec = videoCodec(report);
  return {
    ...between(before, read(report.values(), false, performance.now())),
    ...(codec ? { sent: codec } : {}),
  };
}

/** `mimeType` of the codec of the picture that goes out. */
function videoCodec(report: RTCStatsReport): string | undefined {
  for (const entry of report.values() as Iterable<Record<string, unknown>>) {
    if (entry.type !== 'outbound-rtp' || entry.kind !== 'video' || !entry.framesEncoded) continue;
    const codec = report.get(String(entry.codecId)) as { mimeType?: string } | undefined;
    if (codec?.mimeType) return codec.mimeType;
  }
  return undefined;
}
