/** Quality classes of a connection; the thresholds are data (src/data/quality.json), not code. */
import thresholds from '../data/quality.json';
import type { Quality } from './types.ts';

export type QualityClass = 'good' | 'ok' | 'bad' | 'unknown';

interface Threshold {
  good_below: number;
  bad_from?: number;
  bad_above?: number;
}

const RANK: Record<QualityClass, number> = { unknown: 0, good: 1, ok: 2, bad: 3 };

function classOfFigure(value: number | undefined, limit: Threshold): QualityClass {
  if (value === undefined || !Number.isFinite(value)) return 'unknown';
  if (limit.bad_from !== undefined && value >= limit.bad_from) return 'bad';
  if (limit.bad_above !== undefined && value > limit.bad_above) return 'bad';
  return value < limit.good_below ? 'good' : 'ok';
}

/** The class of the worst figure; unknown only if no figure is there. */
export function qualityClass(quality: Quality | undefined): QualityClass {
  if (!quality) return 'unknown';
  const limits: Record<string, Threshold> = thresholds;
  let worst: QualityClass = 'unknown';
  for (const [name, limit] of Object.entries(limits)) {
    const found = classOfFigure(quality[name as keyof Quality], limit);
    if (RANK[found] > RANK[worst]) worst = found;
  }
  return worst;
}
