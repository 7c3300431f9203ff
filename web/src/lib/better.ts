/**
 * Whether the better of a room's two pictures is worth sending. Chromium sends it as soon as 30 kbit/s are left
 * for it, a few frames at a time: the programme would leap between the two every few seconds, and stand still
 * at each leap. Pure: it is told what the line carries, and when.
 */

/** The lesser picture and the sound, and as much again as the better one needs not to look worse than the lesser. */
const ENOUGH_KBPS = 600;
/** Short of it for so long: the line is narrow. */
const SHORT_MS = 5000;
/** Only the better picture shows whether the line carries it: it is tried again after this, each time later. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 240_000;
/** Carried for so long, the line has been good. */
const GOOD_MS = 60_000;

export class BetterPicture {
  #on = true;
  /** When it was last begun or left out. */
  #since: number | undefined;
  #shortSince: number | undefined;
  /** How often in a row the line proved narrow. */
  #narrow = 0;

  /** `now` in ms of a steady clock; `kbps`: what the browser thinks the line carries, where it says so. */
  judge(now: number, kbps: number | undefined): boolean {
    this.#since ??= now;
    if (!this.#on) {
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#narrow - 1));
      if (now - this.#since >= pause) this.#turn(true, now);
      return this.#on;
    }
    if (kbps === undefined || kbps >= ENOUGH_KBPS) this.#shortSince = undefined;
    else this.#shortSince ??= now;
    if (this.#shortSince === undefined || now - this.#shortSince < SHORT_MS) return true;
    const good = this.#shortSince - this.#since >= GOOD_MS;
    this.#narrow = good ? 1 : this.#narrow + 1;
    this.#turn(false, now);
    return false;
  }

  #turn(on: boolean, now: number): void {
    this.#on = on;
    this.#since = now;
    this.#shortSince = undefined;
  }
}
