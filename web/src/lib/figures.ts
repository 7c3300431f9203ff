/** What an examination measured, as people read it: groups of figures, each in its unit, with the bounds that were crossed. Pure. */
import type { Bound, Found } from './types.ts';

/** How a figure is written; `times`: what it is multiplied by, as a share is a hundredth of its per cents. */
interface Form {
  unit?: Unit;
  digits?: number;
  times?: number;
}

export type Unit = 'ms' | 's' | '%' | 'kbit/s' | 'LUFS' | 'dBTP' | 'dBFS' | 'dB' | '/255' | 'px' | 'fps';

const ms: Form = { unit: 'ms' };
const seconds: Form = { unit: 's', digits: 1 };
const share: Form = { unit: '%', digits: 1, times: 100 };
const percent: Form = { unit: '%', digits: 1 };
const rate: Form = { unit: 'kbit/s' };
const luma: Form = { unit: '/255' };
const pixels: Form = { unit: 'px' };
const level = (unit: Unit): Form => ({ unit, digits: 1 });

/** All that is shown, in this order. Width and height are one line. */
export const GROUPS = {
  connect: { to_connect_ms: ms, to_picture_ms: ms, to_sound_ms: ms },
  line: {
    loss_pct: percent, down_loss_pct: percent, rtt_ms: ms, jitter_ms: ms, spread_ms: ms, can_send_kbps: rate, kbps: rate, down_kbps: rate, frozen_pct: percent,
  },
  picture: {
    width: pixels, height: pixels, fps: { unit: 'fps', digits: 1 }, luma, contrast: luma, over_exposed: share, black: share, frozen_s: seconds, frames: {},
  },
  sound: {
    loudness_lufs: level('LUFS'), peak_dbtp: level('dBTP'), clipped: { ...share, digits: 2 }, silence_s: seconds, noise_dbfs: level('dBFS'), hum_dbfs: level('dBFS'),
    hum_db: level('dB'), echo_db: level('dB'), echo_ms: ms, echo_floor_db: level('dB'), sound_late_ms: ms, sound_s: seconds, listened_s: seconds,
  },
} as const satisfies Record<string, Record<string, Form>>;

export type Group = keyof typeof GROUPS;
type KeysOf<T> = T extends unknown ? keyof T : never;
export type FigureName = Exclude<KeysOf<(typeof GROUPS)[Group]>, 'width' | 'height'> | 'size';

/** `cause`: it made the site fail; `result`: it crossed a bound because of another fault. */
export type Sign = '' | 'cause' | 'result';

export interface Line {
  name: FigureName;
  value: string;
  unit: Unit | undefined;
  sign: Sign;
  least: string | undefined;
  most: string | undefined;
}

const forms: Readonly<Record<string, Form>> = Object.assign({}, ...Object.values(GROUPS));
const sides = ['width', 'height'];

/** With no more digits than it takes for a value past its bound to look past it. */
function written(value: number, form: Form, language: string, bounds: readonly number[] = []): string {
  const scaled = value * (form.times ?? 1);
  const ends = bounds.map((bound) => bound * (form.times ?? 1));
  let digits = form.digits ?? 0;
  while (digits < 4 && ends.some((end) => end !== scaled && end.toFixed(digits) === scaled.toFixed(digits))) digits += 1;
  return number(scaled, digits, language);
}

function number(value: number, digits: number, language: string): string {
  const options = { maximumFractionDigits: digits, signDisplay: 'negative' } as const;
  return new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB', options).format(value).replace('-', '−');
}

function end(value: number | undefined, form: Form, language: string): string | undefined {
  return value === undefined ? undefined : number(value * (form.times ?? 1), 2, language);
}

/** The bound that a figure crossed; that of a cause before that of what follows from one. */
function crossed(found: Found, figure: string): { bound: Bound; sign: Sign } | undefined {
  const causes = new Set(found.faults?.map((one) => one.fault));
  const all = Object.entries(found.bounds ?? {}).flatMap(([fault, bounds]) =>
    bounds.filter((bound) => bound.figure === figure).map((bound) => ({ bound, sign: causes.has(fault) ? ('cause' as const) : ('result' as const) })),
  );
  return all.find((one) => one.sign === 'cause') ?? all[0];
}

function line(found: Found, figure: string, language: string): Line | undefined {
  const value = found.figures?.[figure];
  const form = forms[figure];
  if (value === undefined || !form) return undefined;
  const past = crossed(found, figure);
  const ends = [past?.bound.least, past?.bound.most].filter((one) => one !== undefined);
  return {
    name: figure as FigureName,
    value: written(value, form, language, ends),
    unit: form.unit,
    sign: past?.sign ?? '',
    least: end(past?.bound.least, form, language),
    most: end(past?.bound.most, form, language),
  };
}

/** "1280×720"; its bound is that of the side that crossed it. */
function size(found: Found, language: string): Line | undefined {
  const lines = sides.map((side) => line(found, side, language));
  const [width, height] = sides.map((side) => found.figures?.[side]);
  if (width === undefined || height === undefined) return undefined;
  const past = lines.find((one) => one?.sign) ?? lines[0];
  return past && { ...past, name: 'size', value: `${width}×${height}`, unit: past.sign ? 'px' : undefined };
}

function lineOf(found: Found, figure: string, language: string): Line | undefined {
  if (figure === 'height') return undefined;
  return figure === 'width' ? size(found, language) : line(found, figure, language);
}

/** What was measured, group by group, those first in which the site failed; what was not measured is not there. */
export function groupsOf(found: Found, language: string): { group: Group; lines: Line[] }[] {
  const failed = ({ lines }: { lines: Line[] }) => Number(lines.some((line) => line.sign === 'cause'));
  return (Object.keys(GROUPS) as Group[])
    .map((group) => ({ group, lines: Object.keys(GROUPS[group]).flatMap((figure) => lineOf(found, figure, language) ?? []) }))
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => failed(b) - failed(a));
}

/** The figures that tell of one fault. */
export function tellingOf(found: Found, fault: string, language: string): Line[] {
  const telling = new Set((found.bounds?.[fault] ?? []).map((bound) => (bound.figure === 'height' ? 'width' : bound.figure)));
  const only = { ...found, bounds: { [fault]: found.bounds?.[fault] ?? [] } };
  return [...telling].flatMap((figure) => lineOf(only, figure, language) ?? []);
}
