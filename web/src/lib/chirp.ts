/** A chirp, and how loud it comes back in what a microphone heard: a matched filter. Pure. */
import type { Return } from './selftest.ts';

const FROM_HZ = 400;
const TO_HZ = 3000;
export const SECONDS = 0.4;

/** A rising tone with soft ends, ±`gain`. */
export function chirp(rate: number, gain = 0.5): Float32Array<ArrayBuffer> {
  const length = Math.round(SECONDS * rate);
  const samples = new Float32Array(length);
  const slope = (TO_HZ - FROM_HZ) / SECONDS;
  for (let index = 0; index < length; index += 1) {
    const t = index / rate;
    const phase = 2 * Math.PI * (FROM_HZ * t + (slope * t * t) / 2);
    samples[index] = gain * Math.sin(Math.PI * (index / length)) ** 0.5 * Math.sin(phase);
  }
  return samples;
}

/** Every `step`-th sample after an average over as many: enough of a filter for what is looked for. */
export function thinned(samples: Float32Array, step: number): Float32Array {
  const fewer = new Float32Array(Math.floor(samples.length / step));
  for (let index = 0; index < fewer.length; index += 1) {
    let sum = 0;
    for (let offset = 0; offset < step; offset += 1) sum += samples[index * step + offset] ?? 0;
    fewer[index] = sum / step;
  }
  return fewer;
}

/** The best place of `played` in `heard`: how loud it is there, and how like (1: nothing else is heard). */
export function returned(heard: Float32Array, played: Float32Array): Return {
  const energy = energyOf(played, 0, played.length);
  let best = { return_db: -100, likeness: 0 };
  let around = energyOf(heard, 0, played.length);
  for (let place = 0; energy > 0 && place + played.length <= heard.length; place += 1) {
    let sum = 0;
    for (let index = 0; index < played.length; index += 1) {
      sum += (heard[place + index] as number) * (played[index] as number);
    }
    const likeness = around > 1e-9 ? Math.abs(sum) / Math.sqrt(around * energy) : 0;
    if (likeness > best.likeness) best = { likeness, return_db: 20 * Math.log10(Math.abs(sum) / energy) };
    around += (heard[place + played.length] ?? 0) ** 2 - (heard[place] ?? 0) ** 2;
  }
  return best;
}

function energyOf(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += (samples[index] ?? 0) ** 2;
  return sum;
}
