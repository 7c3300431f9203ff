/** Plays a chirp and listens for it in the microphone as it will be used: with echo cancellation. */
import { chirp, returned, SECONDS, thinned } from '../chirp.ts';
import type { Return } from '../selftest.ts';
import { pause } from './pause.ts';

/** A rate at which one look of an analyser holds two seconds. */
const RATE = 16_000;
const WINDOW = 32_768;
const TIMES = 3;
/** Room, buffers and loudspeaker delay it by less. */
const LATEST_S = 0.8;

export async function hearEcho(stream: MediaStream, signal: AbortSignal): Promise<Return> {
  const context = audioContext();
  try {
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = WINDOW;
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
    const step = Math.max(1, Math.round(context.sampleRate / 8000));
    const sent = thinned(chirp(context.sampleRate), step);
    const found: Return[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      play(context, chirp(context.sampleRate));
      await pause(1000 * (SECONDS + LATEST_S), signal);
      const heard = new Float32Array(WINDOW);
      analyser.getFloatTimeDomainData(heard);
      const span = Math.min(heard.length, Math.round((SECONDS + LATEST_S) * context.sampleRate));
      found.push(returned(thinned(heard.subarray(heard.length - span), step), sent));
    }
    // The first one teaches the canceller; what is left of the last is what others would hear.
    return found.slice(1).reduce((a, b) => (a.likeness > b.likeness ? a : b));
  } finally {
    void context.close();
  }
}

/** A tune that nobody takes for silence. */
export async function playSound(signal: AbortSignal): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    for (const [index, hertz] of [523, 659, 784, 1047].entries()) {
      const tone = new OscillatorNode(context, { frequency: hertz });
      const gain = new GainNode(context, { gain: 0.25 });
      tone.connect(gain).connect(context.destination);
      tone.start(context.currentTime + index * 0.28);
      tone.stop(context.currentTime + index * 0.28 + 0.25);
    }
    await pause(1300, signal);
  } finally {
    void context.close();
  }
}

function audioContext(): AudioContext {
  try {
    return new AudioContext({ sampleRate: RATE });
  } catch {
    return new AudioContext();
  }
}

function play(context: AudioContext, samples: Float32Array<ArrayBuffer>): void {
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
}
