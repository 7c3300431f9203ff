/** Sentences that are put together: times, countdowns, who may do what. */
import type { Done, GateState, Task, Words } from './office.ts';
import { clock, day, exactClock, span } from './local.ts';
import type { Line, Unit } from './figures.ts';
import type { IncidentState, IncidentStep } from './types.ts';
import type { TextKey } from '../i18n/catalogue.ts';
import type { Problem } from './api.ts';
import { problemText, reader, t } from '../i18n/i18n.svelte.ts';

/** Why the server refused and what to do, in its own words where it gave some (a wrong password is no matter of links). */
export function refusal(problem: Problem): { title: string; detail: string } {
  const title = problem.titles[reader.language];
  return title ? { title, detail: problem.details[reader.language] } : problemText(problem);
}

/** A text of the server in the reader's language. */
export function say(words: Words | string | undefined): string {
  if (typeof words === 'string') return words;
  return words ? words[reader.language] || words.vi : '';
}

/** "37 ms", "31/255", "14,8 hình/s". */
export function inUnit(value: string, unit: Unit | undefined): string {
  if (!unit || unit === '/255') return `${value}${unit ?? ''}`;
  return `${value} ${unit === 'fps' ? t('unit.fps') : unit}`;
}

/** "tối đa 2 %": the bound that a figure crossed. */
export function bounded({ least, most, unit }: Pick<Line, 'least' | 'most' | 'unit'>): string {
  const [from, to] = [least, most].map((end) => (end === undefined ? '' : inUnit(end, unit)));
  if (from && to) return t('figures.between', { least: from, most: to });
  return from ? t('figures.least', { least: from }) : t('figures.most', { most: to ?? '' });
}

/** "08:30 ngày 24/11/2026". */
export function when(moment: string | null | undefined): string {
  return moment ? t('time.moment', { time: clock(moment), day: day(moment) }) : t('time.none');
}

/** "08:30:05 ngày 24/11/2026". */
export function exactly(moment: string): string {
  return t('time.moment', { time: exactClock(moment), day: day(moment) });
}

/** "08:30 hôm nay", "08:30 ngày 24/11/2026": of a list, where most are near. */
export function shortly(moment: string | null | undefined, now: number): string {
  if (!moment) return t('time.none');
  return day(moment) === day(now) ? t('time.today', { time: clock(moment) }) : when(moment);
}

/** "Thứ Tư, 25/11/2026". */
export function weekday(now: number): string {
  const language = reader.language === 'vi' ? 'vi-VN' : 'en-GB';
  return new Date(now).toLocaleDateString(language, { timeZone: 'Asia/Ho_Chi_Minh', weekday: 'long', day: 'numeric', month: 'numeric', year: 'numeric' });
}

function lasting({ days, hours, minutes }: { days: number; hours: number; minutes: number }): string {
  const parts = [
    days && t('time.days', { n: days }),
    hours && t('time.hours', { n: hours }),
    minutes && t('time.minutes', { n: minutes }),
  ].filter(Boolean);
  return parts.length ? parts.join(' ') : t('time.moments');
}

/** "còn 2 giờ 15 phút", "quá hạn 5 phút". */
export function due(moment: string, now: number): string {
  const gap = span(moment, now);
  return t(gap.late ? 'time.overdue' : 'time.left', { time: lasting(gap) });
}

/** "bắt đầu sau 2 giờ", "đã bắt đầu 5 phút". */
export function starts(moment: string, now: number): string {
  const gap = span(moment, now);
  return t(gap.late ? 'time.began' : 'time.begins', { time: lasting(gap) });
}

/** "1 giờ 5 phút" of seconds. */
export function duration(seconds: number): string {
  const total = Math.floor(seconds / 60);
  return lasting({ days: 0, hours: Math.floor(total / 60), minutes: total % 60 });
}

/** The second line of a task: by when, and what is missing. */
export function taskLine(task: Task, now: number): string {
  const parts = [
    task.due ? due(task.due, now) : t('desk.no_deadline'),
    task.sites.length ? t('desk.sites_missing', { count: task.sites.length }) : '',
    task.blocked ? t('desk.blocked') : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Who did a step, and when. */
export function doneLine(done: Done): string {
  return t('agenda.done_by', { when: when(done.at), who: actor(done.by) });
}

/** What a gate still wants, by the numbers and titles of its steps. */
export function gateLine(gate: GateState, titles: ReadonlyMap<string, string>): string {
  if (gate.ready) return t('gate.ready');
  return t('gate.missing', { steps: gate.missing.map((step) => titles.get(step) ?? step).join('; ') });
}

/** Who is named in a record: "" is the system itself, `link:…` a link. */
export function actor(by: string): string {
  if (!by) return t('actor.system');
  if (by.startsWith('link:acknowledge:')) return t('actor.mail_link');
  return by.startsWith('link:') ? t('actor.link') : by.replace(/^account:/, '');
}

const INCIDENT: Record<IncidentState | IncidentStep, TextKey> = {
  reported: 'incident.reported', taken: 'incident.taken', 'cause-known': 'incident.cause_known', 'carrier-told': 'incident.carrier_told',
  'carrier-answered': 'incident.carrier_answered', 'chair-told': 'incident.chair_told', 'chair-heard': 'incident.chair_heard',
  mended: 'incident.mended', closed: 'incident.closed',
};

/** How far an incident is, or what was done about it. */
export function incidentWord(step: IncidentState | IncidentStep): string {
  return t(INCIDENT[step]);
}

const ROLES: Record<string, TextKey> = {
  admin: 'role.admin', office: 'role.office', dic: 'role.dic', manager: 'role.manager', technician: 'role.technician',
  'room-manager': 'role.room_manager', 'room-operator': 'role.room_operator', telecom: 'role.telecom', chair: 'role.chair',
  delegate: 'role.delegate', inspector: 'role.inspector', operator: 'role.operator',
};

export const ROLE_IDS = Object.keys(ROLES).filter((role) => role !== 'operator');

export function roleName(role: string): string {
  const key = ROLES[role];
  return key ? t(key) : role;
}

const TIERS: Record<string, TextKey> = {
  central: 'tier.central', province: 'tier.province', department: 'tier.department', enterprise: 'tier.enterprise',
  district: 'tier.district', commune: 'tier.commune',
};

/** A tier's name: the directory's own, else that of the shipped provinces, else its id. */
export function tierName(id: string, tiers: readonly { id: string; name: string; name_en: string }[] = []): string {
  const own = tiers.find((tier) => tier.id === id);
  if (own) return reader.language === 'vi' ? own.name : own.name_en || own.name;
  const key = TIERS[id];
  return key ? t(key) : id;
}
