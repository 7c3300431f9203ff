/** Short notices to the person at the page: what failed and what to do, what was done. */
import { problemText } from '../i18n/i18n.svelte.ts';
import { Problem } from './api.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'done';
  title: string;
  detail: string;
}

const SHOWN_MS = { error: 10_000, done: 3_500 };

export class Notices {
  list = $state<Notice[]>([]);
  #last = 0;

  add(kind: Notice['kind'], title: string, detail = ''): void {
    const same = this.list.find((notice) => notice.title === title && notice.detail === detail);
    if (same) this.dismiss(same.id);
    const id = ++this.#last;
    this.list.push({ id, kind, title, detail });
    setTimeout(() => this.dismiss(id), SHOWN_MS[kind]);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Run a command; a problem becomes a notice. Says whether it went through. */
  async attempt(command: () => Promise<unknown>): Promise<boolean> {
    try {
      await command();
      return true;
    } catch (error) {
      const { title, detail } = problemText(error instanceof Problem ? error : new Problem(0));
      this.add('error', title, detail);
      return false;
    }
  }
}
