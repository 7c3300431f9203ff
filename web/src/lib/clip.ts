/** A test clip: a flash of white and a pip of 1 kHz at the start of every second, by one clock. */

export const EVERY_S = 1;
/** Long enough for a camera of ten pictures a second to see it on two of them. */
export const FLASH_S = 0.2;
const PIP_S = 0.06;
const PIP_HZ = 1000;
const SOON_S = 0.1;

/** Whether the picture is white so long after the beginning. */
export function isLit(seconds: number): boolean {
  return seconds >= 0 && seconds % EVERY_S < FLASH_S;
}

/** The sound of one second: the pip, with soft ends, and silence. */
export function second(rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(EVERY_S * rate));
  const length = Math.round(PIP_S * rate);
  const soft = Math.round(0.002 * rate);
  for (let index = 0; index < length; index += 1) {
    const gain = Math.min(1, index / soft, (length - index) / soft);
    samples[index] = 0.5 * gain * Math.sin((2 * Math.PI * PIP_HZ * index) / rate);
  }
  return samples;
}

/** Plays the sound over and over; `seconds` is how far what is heard just now has come. */
export class Pips {
  readonly #context = new AudioContext({ latencyHint: 'interactive' });
  readonly #begins: number;

  constructor() {
    const samples = second(this.#context.sampleRate);
    const buffer = this.#context.createBuffer(1, samples.length, this.#context.sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    source.connect(this.#context.destination);
    this.#begins = this.#context.currentTime + SOON_S;
    source.start(this.#begins);
  }

  get seconds(): number {
    return this.#context.currentTime - (this.#context.outputLatency || 0) - this.#begins;
  }

  stop(): void {
    void this.#context.close();
  }
}
