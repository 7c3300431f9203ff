/** The unattended rehearsal as its panel shows it. Pure. */
import type { Examination, Rehearsal } from '../../../lib/types.ts';

export interface Progress {
  passed: number;
  failed: number;
  running: number;
  waiting: number;
  all: number;
}

/** A site that failed and is looked at again counts as failed until it passes. */
export function progressOf(rehearsal: Rehearsal | undefined): Progress | undefined {
  if (!rehearsal) return undefined;
  const failed = new Set(rehearsal.failed);
  const running = rehearsal.running.filter((site) => !failed.has(site)).length;
  const counts = { passed: rehearsal.passed.length, failed: failed.size, running, waiting: rehearsal.waiting.length };
  return { ...counts, all: counts.passed + counts.failed + counts.running + counts.waiting };
}

export interface Result {
  site: string;
  one: Examination;
}

/** Sites with a fault, the latest found first; one that waits for its first examination has none. */
export function troubles(examinations: Readonly<Record<string, Examination>>): Result[] {
  return Object.entries(examinations)
    .filter(([, one]) => one.faults?.length)
    .map(([site, one]) => ({ site, one }))
    .sort((a, b) => (b.one.at ?? '').localeCompare(a.one.at ?? '') || a.site.localeCompare(b.site));
}

/** What the panel lists: the selected site first if nothing is wrong with it, so that its figures can be seen too. */
export function listed(examinations: Readonly<Record<string, Examination>>, selected: string): Result[] {
  const one = examinations[selected];
  const passed = one?.faults?.length === 0 ? [{ site: selected, one }] : [];
  return [...passed, ...troubles(examinations)];
}
