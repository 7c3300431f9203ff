/** Times and days as people type them: "8h30", "830", "8:30"; "24/11/2026", "24-11-26", "24/11". Pure. */

const two = (value: number) => String(value).padStart(2, '0');

/** "08:30" of what was typed; undefined when it is no time of day. */
export function readClock(typed: string): string | undefined {
  const text = typed.trim().toLowerCase();
  const [, hour, minute] = /^(\d{1,2})(?:[:.hg ]+(\d{1,2})?)?$/.exec(text) ?? /^(\d{1,2})(\d{2})$/.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const [h, m] = [Number(hour), Number(minute ?? 0)];
  return h < 24 && m < 60 ? `${two(h)}:${two(m)}` : undefined;
}

/** "2026-11-24" of what was typed, day first; without a year it is `year`. */
export function readDay(typed: string, year: number): string | undefined {
  const [, day, month, given] = /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?$/.exec(typed.trim()) ?? [];
  if (day === undefined) return undefined;
  const of = given === undefined ? year : Number(given.length === 2 ? `20${given}` : given);
  const at = new Date(Date.UTC(of, Number(month) - 1, Number(day)));
  const real = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return real ? `${of}-${two(Number(month))}-${two(Number(day))}` : undefined;
}
