/** The reader's language: Vietnamese unless chosen otherwise, remembered on this machine. */
import type { Problem } from '../lib/api.ts';
import { texts, type TextKey } from './catalogue.ts';

export type Language = 'vi' | 'en';

const KEY = 'diemcau.language';

function remembered(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

class Reader {
  language = $state<Language>(remembered());

  choose(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // A browser without storage: the choice holds for this page.
    }
  }
}

export const reader = new Reader();

/** A text of the catalogue in the reader's language, `{name}` replaced. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const text: string = texts[key][reader.language === 'vi' ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What went wrong and what to do, in the reader's language. */
export function problemText(problem: Problem): { title: string; detail: string } {
  if (problem.status === 0) return { title: t('problem.network'), detail: t('problem.network_do') };
  if (problem.type === 'urn:diemcau:token-expired') return { title: t('problem.expired'), detail: t('problem.expired_do') };
  if (problem.status === 401) return { title: t('problem.token'), detail: t('problem.token_do') };
  const title = problem.titles[reader.language] || t('problem.other', { status: problem.status });
  return { title, detail: problem.details[reader.language] };
}
