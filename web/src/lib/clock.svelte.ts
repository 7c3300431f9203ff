/** The time as a rune, for running clocks; it ticks only while a page shows one. */
export class Clock {
  now = $state(0);

  constructor(
    private readonly source: () => number,
    private readonly every = 100,
  ) {
    this.now = source();
  }

  start(): () => void {
    this.now = this.source();
    const timer = setInterval(() => (this.now = this.source()), this.every);
    return () => clearInterval(timer);
  }
}
