/** Waits between attempts: doubling from `first` to `last` milliseconds, spread so that 200 pages do not call at once. */
export class Backoff {
  #next: number;

  constructor(
    readonly first = 200,
    readonly last = 2000,
    private readonly random: () => number = Math.random,
  ) {
    this.#next = first;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const wait = this.#next * (0.8 + 0.4 * this.random());
    this.#next = Math.min(this.last, this.#next * 2);
    return wait;
  }

  reset(): void {
    this.#next = this.first;
  }
}
