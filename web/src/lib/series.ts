/** The starts of a series: the same time of day, in Vietnam, every day, week or month. Pure. */
import { fromField, plus, toField } from './local.ts';

export type Every = 'day' | 'week' | 'month';

const MOST = 60;

export function repeated(first: string, every: Every, count: number): string[] {
  if (!first) return [];
  const times = Math.max(1, Math.min(MOST, Math.floor(count) || 1));
  return Array.from({ length: times }, (_, n) => {
    if (every === 'month') return monthsOn(first, n);
    return plus(first, n * (every === 'week' ? 7 : 1) * 24 * 60);
  });
}

/** So many months on; the 31st becomes the last day of a shorter month. */
function monthsOn(first: string, months: number): string {
  const field = toField(first);
  const [year, month, day] = field.slice(0, 10).split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const to = new Date(Date.UTC(year, month - 1 + months, Math.min(day, last)));
  return fromField(to.toISOString().slice(0, 10) + field.slice(10));
}
