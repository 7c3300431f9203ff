/** Still pictures, fetched with the token and kept for a while, so that scrolling back shows them at once. */
import type { Api } from '../../../lib/api.ts';

const KEPT = 200;

export class Stills {
  readonly #urls = new Map<string, Promise<string>>();

  constructor(
    private readonly api: Api,
    private readonly path: (site: string, version: string) => string,
  ) {}

  /** Where an `<img>` finds it; "" when it cannot be had. */
  url(site: string, version: string): Promise<string> {
    const key = `${site} ${version}`;
    const known = this.#urls.get(key) ?? this.#fetch(key, this.path(site, version));
    this.#urls.delete(key);
    this.#urls.set(key, known);
    for (const [old] of this.#urls) {
      if (this.#urls.size <= KEPT) break;
      this.#drop(old);
    }
    return known;
  }

  stop(): void {
    for (const key of [...this.#urls.keys()]) this.#drop(key);
  }

  async #fetch(key: string, path: string): Promise<string> {
    try {
      return URL.createObjectURL(await (await this.api.raw('GET', path)).blob());
    } catch {
      this.#urls.delete(key);
      return '';
    }
  }

  #drop(key: string): void {
    void this.#urls.get(key)?.then((url) => url && URL.revokeObjectURL(url));
    this.#urls.delete(key);
  }
}
