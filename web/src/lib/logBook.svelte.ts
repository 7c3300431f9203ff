/** Entries of the log book as a page shows them: the newest ones, and older ones as they are asked for. */
import type { Entry } from './office.ts';
import { Reading } from './office.svelte.ts';
import { merged, NEWEST, renewed } from './entries.ts';

export class LogPages {
  /** To be followed: the newest page, and what was shown below it. */
  readonly reading: Reading<Entry[]>;
  more = $state(false);
  #choice = 0;

  constructor(
    private readonly page: (before: number) => Promise<Entry[]>,
    private readonly size: number,
  ) {
    this.reading = new Reading(() => this.#newest());
  }

  async #newest(): Promise<Entry[]> {
    const choice = this.#choice;
    const page = await this.page(NEWEST);
    if (choice !== this.#choice) return [];
    const shown = renewed(this.reading.value ?? [], page, this.size);
    if (shown.length === page.length) this.more = page.length === this.size;
    return shown;
  }

  async older(): Promise<void> {
    const choice = this.#choice;
    const page = await this.page(this.reading.value?.at(-1)?.seq ?? NEWEST);
    if (choice !== this.#choice) return;
    this.more = page.length === this.size;
    this.reading.value = merged(this.reading.value ?? [], page);
  }

  /** Another choice of entries. */
  async restart(): Promise<void> {
    this.#choice += 1;
    this.reading.value = [];
    await this.reading.refresh();
  }
}
