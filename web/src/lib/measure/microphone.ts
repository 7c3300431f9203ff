/** Listens to a microphone as it is, without the browser's levelling and cleaning, which hide a bad one. */
import { stopTracks } from '../capture.ts';
import { decibels } from '../level.ts';
import { isSpeech, type Sound } from '../selftest.ts';
import { pause } from './pause.ts';

const WINDOW = 2048;
const EVERY_MS = 40;
/** So long at least, so that a shout is heard; then until enough was said. */
const LEAST_MS = 2500;
const MOST_MS = 9000;
const ENOUGH_MS = 1000;
const FULL = 0.985;

export async function hearMicrophone(
  stream: MediaStream | null, heard: (level: number) => void, signal: AbortSignal,
): Promise<Sound | undefined> {
  const track = stream?.getAudioTracks()[0];
  const plain = await asItIs(track);
  const source = plain ?? (track ? new MediaStream([track]) : null);
  if (!source) return undefined;
  const context = new AudioContext();
  try {
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = WINDOW;
    context.createMediaStreamSource(source).connect(analyser);
    return await listen(analyser, heard, signal);
  } finally {
    void context.close();
    stopTracks(plain);
  }
}

/** The same microphone once more, raw (the system's own without a picture to go with); null where it cannot be had. */
async function asItIs(track: MediaStreamTrack | undefined): Promise<MediaStream | null> {
  const deviceId = track?.getSettings().deviceId;
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const audio = deviceId ? { deviceId: { exact: deviceId }, ...raw } : raw;
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return media?.getUserMedia({ audio }).catch(() => null) ?? null;
}

async function listen(
  analyser: AnalyserNode, heard: (level: number) => void, signal: AbortSignal,
): Promise<Sound> {
  const samples = new Float32Array(analyser.fftSize);
  const began = performance.now();
  let [loudest, peak, spoken, clipped, loud] = [-100, 0, 0, 0, 0];
  for (let now = began; now - began < MOST_MS; now = performance.now()) {
    analyser.getFloatTimeDomainData(samples);
    const level = decibels(samples);
    heard(level);
    loudest = Math.max(loudest, level);
    if (isSpeech(level)) {
      spoken += EVERY_MS;
      loud += samples.length;
      clipped += samples.reduce((count, sample) => count + (Math.abs(sample) >= FULL ? 1 : 0), 0);
    }
    peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), peak);
    if (now - began > LEAST_MS && spoken >= ENOUGH_MS) break;
    await pause(EVERY_MS, signal);
  }
  return {
    loudest_db: loudest,
    peak_db: peak <= 1e-5 ? -100 : 20 * Math.log10(peak),
    clipped_pct: loud === 0 ? 0 : (100 * clipped) / loud,
  };
}
