/**
 * Attempts at a session, one at a time: each waits longer than the one before, until something that was away
 * is back; then the next one is made at once.
 */
import { Problem } from './api.ts';
import { whenBack } from './back.ts';
import { Backoff } from './backoff.ts';

/** Not answered by then, it went into a line that was cut: the next one may get through. */
const LONGEST_MS = 5000;
/** The same, once something is back. */
const STUCK_MS = 250;
const RETRY_AFTER_MOST_S = 3;

export class Attempts {
  readonly #backoff = new Backoff();
  #now: AbortController | null = null;
  #notBefore = 0;

  /** Follow what comes back; undo with what is returned. */
  follow(): () => void {
    return whenBack(() => {
      this.succeeded();
      this.#notBefore = 0;
      const one = this.#now;
      setTimeout(() => one === this.#now && this.giveUp(), STUCK_MS);
    });
  }

  /** One more, if it is time; `failed` hears nothing of one that was given up. */
  async make(attempt: (signal: AbortSignal) => Promise<void>, failed: (problem: Problem) => void): Promise<void> {
    const now = performance.now();
    if (this.#now || now < this.#notBefore) return;
    this.#notBefore = now + this.#backoff.next();
    const one = new AbortController();
    this.#now = one;
    const limit = setTimeout(() => one.abort(), LONGEST_MS);
    try {
      await attempt(one.signal);
    } catch (error) {
      if (!one.signal.aborted) failed(this.#failure(error));
    } finally {
      clearTimeout(limit);
      if (this.#now === one) this.#now = null;
    }
  }

  giveUp(): void {
    this.#now?.abort();
  }

  /** The next one after this need not wait long. */
  succeeded(): void {
    this.#backoff.reset();
  }

  #failure(error: unknown): Problem {
    const problem = error instanceof Problem ? error : new Problem(0);
    const asked = Math.min(RETRY_AFTER_MOST_S, problem.retryAfter ?? 0) * 1000;
    this.#notBefore = Math.max(this.#notBefore, performance.now() + asked);
    return problem;
  }
}
