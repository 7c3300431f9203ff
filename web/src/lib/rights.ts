/**
 * What a page offers to whom. It mirrors the roles of `domain/permissions.py`, not the places: the server
 * decides, and says why not; a page only leaves out what somebody's roles could never do.
 */
import type { Book } from './office.ts';
import { unitIndex } from './tree.ts';
import type { Me } from './types.ts';

const STAFF = ['office', 'dic', 'manager', 'technician', 'room-manager', 'room-operator', 'telecom'];

const ALLOWED = {
  'read-directory': [...STAFF, 'admin', 'chair', 'inspector'],
  'edit-directory': ['admin', 'office', 'dic', 'manager'],
  'edit-duties': ['admin', 'office', 'dic', 'manager', 'room-manager', 'telecom'],
  'manage-accounts': ['admin'],
  'read-procedures': [...STAFF, 'admin', 'chair', 'delegate', 'inspector'],
  'edit-procedures': ['admin', 'office'],
  'read-log-book': ['admin', 'office', 'dic', 'inspector'],
  'read-dossier': [...STAFF, 'chair', 'delegate', 'inspector'],
  'edit-dossier': ['office'],
  plan: ['office', 'manager', 'technician'],
  check: STAFF,
  hold: ['office', 'technician'],
  direct: ['office', 'technician'],
  call: ['office', 'technician', 'chair'],
  watch: ['office', 'technician', 'chair', 'manager', 'dic', 'telecom'],
  'see-to': ['office', 'technician', 'manager', 'telecom'],
  answer: ['telecom'],
  hear: ['chair'],
  join: ['office', 'manager', 'technician', 'room-manager', 'room-operator', 'telecom', 'chair'],
} as const satisfies Record<string, readonly string[]>;

export type Action = keyof typeof ALLOWED;

export function rolesOf(me: Me): string[] {
  return (me.grants ?? []).map((grant) => grant.role);
}

/** An operator's link may do everything. */
export function may(me: Me, action: Action): boolean {
  if (me.role === 'operator') return true;
  return rolesOf(me).some((role) => (ALLOWED[action] as readonly string[]).includes(role));
}

/** Whether one of somebody's grants (of these roles, if any are named) stands on this unit or above it. */
export function reachesUnit(me: Me, book: Book, unit: string, roles?: readonly string[]): boolean {
  if (me.role === 'operator') return true;
  const byId = unitIndex(book.units);
  const granted = new Set((me.grants ?? []).filter((grant) => !roles || roles.includes(grant.role)).map((grant) => grant.unit));
  const seen = new Set<string>();
  for (let one = byId.get(unit); one && !seen.has(one.id); one = byId.get(one.parent ?? '')) {
    if (granted.has(one.id)) return true;
    seen.add(one.id);
  }
  return false;
}

/** Whether it may be done at a site: by a role that reaches its unit, or whoever runs its MCU. */
export function mayAtSite(me: Me, book: Book, action: Action, site: { unit: string; mcu: string }): boolean {
  const runs = book.mcus.find((mcu) => mcu.id === site.mcu)?.unit;
  return [site.unit, runs].some((unit) => unit && reachesUnit(me, book, unit, ALLOWED[action]));
}

/** Whether it may be done in a session: by a role that reaches its organiser or whoever runs its master. */
export function mayIn(me: Me, book: Book, action: Action, session: { unit: string; master: string }): boolean {
  return reachesSession(me, book, session, ALLOWED[action]);
}

/** Whether one of these roles reaches a session's organiser or whoever runs its master. */
export function reachesSession(me: Me, book: Book, session: { unit: string; master: string }, roles: readonly string[]): boolean {
  const runs = book.mcus.find((mcu) => mcu.id === session.master)?.unit;
  return [session.unit, runs].some((unit) => unit && reachesUnit(me, book, unit, roles));
}

const RUN_MCUS = ['technician', 'manager', 'telecom'];

/** The MCUs that somebody runs, by name; all of them for an operator's link. */
export function ownMcus(me: Me, book: Book): { id: string; name: string }[] {
  const own = book.mcus.filter((mcu) => me.role === 'operator' || (mcu.unit && reachesUnit(me, book, mcu.unit, RUN_MCUS)));
  return own.sort((a, b) => a.name.localeCompare(b.name, 'vi'));
}

/** The unit that somebody organises sessions for: the first one where he is the office, else the top of the tree. */
export function homeUnit(me: Me, book: Book): string {
  const own = me.grants?.find((grant) => grant.role === 'office')?.unit ?? me.grants?.[0]?.unit;
  return own ?? (book.home || book.units.find((unit) => !unit.parent)?.id) ?? '';
}
