/** The self-test as it goes on: one step after the other, each by itself again on request. */
import type { CaptureFault } from '../../lib/capture.ts';
import { watchCamera } from '../../lib/measure/camera.ts';
import { hearEcho, playSound } from '../../lib/measure/echo.ts';
import { hearMicrophone } from '../../lib/measure/microphone.ts';
import * as judge from '../../lib/selftest.ts';
import type { Line, Result, Verdict } from '../../lib/selftest.ts';
import { t } from '../../i18n/i18n.svelte.ts';

/** A step may settle two items: the line is tried with the codec that is in use. */
export const STEPS = ['camera', 'microphone', 'loudspeaker', 'echo', 'network'] as const;
export type Step = (typeof STEPS)[number];

/** What the test is made with. */
export interface Ground {
  media(): MediaStream | null;
  fault(): CaptureFault | null;
  /** Ask for camera and microphone again. */
  acquire(): Promise<void>;
  /** Publish for some seconds; absent before the session is open. */
  line?: (media: MediaStream, signal: AbortSignal) => Promise<Line>;
  keep(results: Result[]): Promise<unknown>;
}

export type Kept = 'no' | 'yes' | 'failed';

export class Trial {
  step = $state<Step | 'idle' | 'done'>('idle');
  verdicts = $state.raw<ReadonlyMap<judge.Item, Verdict>>(new Map());
  level = $state(-100);
  /** The loudspeaker has played: somebody must say whether it was heard. */
  asks = $state(false);
  kept = $state<Kept>('no');

  readonly results: Result[] = $derived.by(() =>
    judge.results(this.verdicts.values(), (fault) => t(`test.${fault}`)),
  );
  readonly passed = $derived.by(() => this.results.length > 0 && this.results.every((one) => one.passed));
  readonly busy = $derived.by(() => this.step !== 'idle' && this.step !== 'done');

  #running: AbortController | null = null;
  #answer: (heard: boolean) => void = () => undefined;

  constructor(readonly ground: Ground) {}

  get steps(): readonly Step[] {
    return this.ground.line ? STEPS : STEPS.filter((step) => step !== 'network');
  }

  /** All steps, or one of them again; then what was found is kept. */
  async run(steps: readonly Step[] = this.steps): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.kept = 'no';
    this.#forget(steps);
    try {
      for (const step of steps) {
        this.step = step;
        this.#add(await this.#try(step, running.signal));
      }
      this.step = 'done';
      if (this.results.length > 0) await this.keep();
    } catch (error) {
      if (!running.signal.aborted) throw error;
    }
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.asks = false;
    this.step = 'idle';
  }

  /** A line that could not be tried is none that failed: nothing of it goes on the check sheet. */
  async keep(): Promise<void> {
    const tried = this.results.filter((one) => this.verdicts.get(one.item)?.fault !== 'line_in_use');
    if (tried.length === 0) return;
    try {
      await this.ground.keep(tried);
      this.kept = 'yes';
    } catch {
      this.kept = 'failed';
    }
  }

  answer(heard: boolean): void {
    this.asks = false;
    this.#answer(heard);
  }

  async playAgain(): Promise<void> {
    if (this.#running) await playSound(this.#running.signal).catch(() => undefined);
  }

  async #try(step: Step, signal: AbortSignal): Promise<(Verdict | undefined)[]> {
    if (!this.ground.media()) await this.ground.acquire();
    const media = this.ground.media();
    switch (step) {
      case 'camera':
        return [await this.#camera(media, signal)];
      case 'microphone':
        return [judge.microphone(await hearMicrophone(media, (level) => (this.level = level), signal))];
      case 'loudspeaker':
        return [judge.loudspeaker(await this.#heard(signal))];
      case 'echo':
        return media?.getAudioTracks().length ? [judge.echo(await hearEcho(media, signal))] : [];
      case 'network':
        return media ? this.#line(media, signal) : [];
    }
  }

  async #camera(media: MediaStream | null, signal: AbortSignal): Promise<Verdict> {
    if (!media?.getVideoTracks().length) return judge.camera(this.ground.fault() ?? 'missing');
    return judge.camera(null, await watchCamera(media, signal));
  }

  async #heard(signal: AbortSignal): Promise<boolean> {
    await playSound(signal);
    this.asks = true;
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  async #line(media: MediaStream, signal: AbortSignal): Promise<(Verdict | undefined)[]> {
    const line = await this.ground.line?.(media, signal);
    return line ? [judge.network(line), judge.codec(line)] : [];
  }

  #add(found: (Verdict | undefined)[]): void {
    const verdicts = found.filter((verdict) => verdict !== undefined);
    this.verdicts = new Map([...this.verdicts, ...verdicts.map((verdict) => [verdict.item, verdict] as const)]);
  }

  #forget(steps: readonly Step[]): void {
    const again = new Set<judge.Item>(steps);
    if (again.has('network')) again.add('codec');
    this.verdicts = new Map([...this.verdicts].filter(([item]) => !again.has(item)));
  }
}

/** The step in which an item is tried. */
export function stepOf(item: judge.Item): Step {
  return item === 'codec' ? 'network' : item;
}
