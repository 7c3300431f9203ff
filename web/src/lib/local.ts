/**
 * Times as the office reads and writes them: in Vietnam's time, whatever zone the browser is in.
 * Asia/Ho_Chi_Minh has been UTC+7 all year since 1975, so what is written in a field is that.
 */
const ZONE = 'Asia/Ho_Chi_Minh';
const OFFSET = '+07:00';

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
});

type Moment = string | number | null | undefined;

function parts(moment: Moment): Record<'year' | 'month' | 'day' | 'hour' | 'minute', string> | undefined {
  const at = moment === null || moment === undefined ? NaN : new Date(moment).getTime();
  if (!Number.isFinite(at)) return undefined;
  const found = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return found as Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>;
}

/** "08:30". */
export function clock(moment: Moment): string {
  const p = parts(moment);
  return p ? `${p.hour}:${p.minute}` : '–';
}

/** "08:30:05": of a record, where order matters. */
export function exactClock(moment: Moment): string {
  const at = moment === null || moment === undefined ? NaN : new Date(moment).getTime();
  return Number.isFinite(at) ? `${clock(at)}:${String(new Date(at).getUTCSeconds()).padStart(2, '0')}` : '–';
}

/** "24/11/2026". */
export function day(moment: Moment): string {
  const p = parts(moment);
  return p ? `${p.day}/${p.month}/${p.year}` : '–';
}

/** "2026-11-24" as dates are kept, to "24/11/2026"; "–" for none and for "always". */
export function plainDay(date: string | null | undefined): string {
  const [, year, month, of] = /^(\d{4})-(\d{2})-(\d{2})/.exec(date ?? '') ?? [];
  return year && year !== '0001' && year !== '9999' ? `${of}/${month}/${year}` : '–';
}

/** What `<input type="datetime-local">` holds of a moment. */
export function toField(moment: Moment): string {
  const p = parts(moment);
  return p ? `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}` : '';
}

/** The moment of a field's value in UTC; "" for none or half a value. */
export function fromField(value: string): string {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) ? Date.parse(`${value}:00${OFFSET}`) : NaN;
  return Number.isFinite(at) ? new Date(at).toISOString() : '';
}

/** The day of a moment as a date field holds it: "2026-11-24". */
export function toDateField(moment: Moment): string {
  return toField(moment).slice(0, 10);
}

/** A moment moved by whole minutes. */
export function plus(moment: string, minutes: number): string {
  const at = Date.parse(moment);
  return Number.isFinite(at) ? new Date(at + minutes * 60_000).toISOString() : '';
}

/** The next full half hour that is at least so many minutes away. */
export function nextHalfHour(now: number, minutes: number): string {
  const step = 30 * 60_000;
  return new Date(Math.ceil((now + minutes * 60_000) / step) * step).toISOString();
}

export interface Span {
  /** Already past. */
  late: boolean;
  days: number;
  hours: number;
  minutes: number;
}

/** How far it is to a moment, in whole minutes, of which the smaller ones are dropped where they say nothing. */
export function span(moment: string, now: number): Span {
  const ms = Date.parse(moment) - now;
  const total = Math.floor(Math.abs(ms) / 60_000);
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  return { late: ms < 0, days, hours, minutes: days > 0 ? 0 : total % 60 };
}
