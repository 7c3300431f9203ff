/** Commands that want two presses: which one has had its first. */
import { HOLDS_MS, Sure } from './sure.ts';

export class Twice {
  armed = $state('');
  #sure = new Sure();
  #timer: ReturnType<typeof setTimeout> | undefined;

  press(what: string, command: () => void): void {
    if (this.armed !== what) this.#sure.disarm();
    clearTimeout(this.#timer);
    if (this.#sure.press(performance.now())) {
      this.armed = '';
      command();
      return;
    }
    this.armed = what;
    this.#timer = setTimeout(() => this.disarm(), HOLDS_MS);
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#sure.disarm();
    this.armed = '';
  }
}
