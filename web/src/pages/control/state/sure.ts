/** Something that must never happen by one slip: pressed, read, pressed again; a double click is one press. Pure. */
const READ_MS = 700;
export const HOLDS_MS = 6000;

export class Sure {
  #since: number | undefined;

  /** Whether this press counts as the second one. */
  press(now: number): boolean {
    const armed = this.armed(now);
    if (armed && now - (this.#since ?? now) < READ_MS) return false;
    this.#since = armed ? undefined : now;
    return armed;
  }

  /** Pressed once, not long ago. */
  armed(now: number): boolean {
    return this.#since !== undefined && now - this.#since < HOLDS_MS;
  }

  disarm(): void {
    this.#since = undefined;
  }
}
