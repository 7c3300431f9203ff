/** Clocks and durations as an operator reads them; figures are the reader's language's. */

/** The regulation's limit from the chair's request to two-way interaction (Decision 429, art. 6.1-6). */
export const RING_LIMIT_MS = 30_000;
/** From here on the ring warns. */
export const RING_WARN_MS = 20_000;

export type RingClass = 'calm' | 'warn' | 'over';

/** Milliseconds since `iso`, never negative; NaN for a time that cannot be read. */
export function elapsedMs(iso: string, now: number): number {
  return Math.max(0, now - Date.parse(iso));
}

export function ringClass(ms: number): RingClass {
  if (ms > RING_LIMIT_MS) return 'over';
  return ms >= RING_WARN_MS ? 'warn' : 'calm';
}

/** Part of the 30 s ring that has gone, 0 to 1. */
export function ringPart(ms: number): number {
  return Math.min(1, Math.max(0, ms / RING_LIMIT_MS));
}

const formats = new Map<string, Intl.NumberFormat>();

/** The format is kept: to make one costs more than to use it a hundred times. */
function decimal(value: number, digits: number, language: string): string {
  const key = `${language} ${digits}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(key, format);
  return format.format(value);
}

/** "7,3" below a minute, "1:05" above: a running clock in seconds. */
export function runningClock(ms: number, language: string): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 60_000) return decimal(Math.floor(ms / 100) / 10, 1, language);
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "0,23 s": a measured time. */
export function measured(ms: number | undefined, language: string): string {
  return ms === undefined || !Number.isFinite(ms) ? '–' : `${decimal(ms / 1000, 2, language)} s`;
}

/** Whole number with its unit, "–" when there is none. */
export function figure(value: number | undefined, unit: string, digits = 0, language = 'vi'): string {
  return value === undefined ? '–' : `${decimal(value, digits, language)} ${unit}`;
}
