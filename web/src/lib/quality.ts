/** Quality classes of a line. The server says a site's; a page judges its own by the same limits (src/data/quality.json). */
import limits from '../data/quality.json';
import type { Quality } from './types.ts';

export type QualityClass = 'good' | 'fair' | 'poor' | 'unknown';

interface Limit {
  good: number;
  poor: number;
}

const RANK: Record<QualityClass, number> = { unknown: 0, good: 1, fair: 2, poor: 3 };

function classOfFigure(value: number | undefined, limit: Limit): QualityClass {
  if (value === undefined || !Number.isFinite(value)) return 'unknown';
  const sign = limit.good < limit.poor ? 1 : -1;
  if (sign * value <= sign * limit.good) return 'good';
  return sign * value >= sign * limit.poor ? 'poor' : 'fair';
}

/** The class of the worst figure; unknown only if no figure is there. */
export function qualityClass(quality: Quality | undefined): QualityClass {
  if (!quality) return 'unknown';
  if (quality.class) return quality.class;
  let worst: QualityClass = 'unknown';
  for (const [name, limit] of Object.entries(limits)) {
    const found = classOfFigure(quality[name as keyof typeof limits], limit);
    if (RANK[found] > RANK[worst]) worst = found;
  }
  return worst;
}
