/**
 * Whose page this is. A link's token comes in the fragment (browsers do not send that to the server), goes at
 * once to this tab's sessionStorage, keyed by path, and leaves the address bar. The pages of the office share
 * one key; the token of an account, got by signing in, holds for the whole site.
 */
import type { Me, Role } from './types.ts';

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'diemcau.token:';
const ACCOUNT = 'diemcau.account';

export function tokenInFragment(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token');
}

export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const place = KEY + placeOf(location.pathname);
  const fresh = tokenInFragment(location.hash);
  if (fresh) {
    storage.setItem(place, fresh);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return fresh ?? (storage.getItem(place) || storage.getItem(ACCOUNT) || null);
}

/** Signed in: from now on the office is that account's, whatever link was opened here before. */
export function keepAccount(storage: Storage, token: string): void {
  storage.setItem(ACCOUNT, token);
  storage.setItem(`${KEY}/`, '');
}

/** Signed out of the office; pages opened by a link of their own keep it. */
export function forgetAccount(storage: Storage): void {
  keepAccount(storage, '');
}

/** The pages of a conference have each its link; those of the office are one place. */
function placeOf(pathname: string): string {
  const path = normalPath(pathname);
  return path.startsWith('/c/') ? path : '/';
}

/** The page of a role: where a link that names only the conference leads. */
export function pageOf(role: Role, conference: string, site: string | undefined): string {
  const pages: Record<Role, string> = {
    operator: 'control',
    chair: 'chair',
    viewer: 'screen',
    site: `site/${site ?? ''}`,
  };
  return `/c/${conference}/${pages[role]}`;
}

const MAY_OPEN: Record<string, readonly string[]> = {
  control: ['operator', 'office', 'technician'],
  chair: ['chair', 'operator', 'office'],
  mcu: ['operator', 'office', 'technician', 'manager', 'telecom'],
  screen: ['viewer', 'operator', 'chair', 'site'],
  site: ['site'],
  conferences: ['operator'],
};

/** The role of the page that somebody sees of a conference: a link's own, or the best of an account's. */
export function roleIn(me: Me): Role {
  if (me.role) return me.role;
  const roles = (me.grants ?? []).map((grant) => grant.role);
  if (roles.some((role) => role === 'office' || role === 'technician')) return 'operator';
  return roles.includes('chair') ? 'chair' : 'viewer';
}

/** Pages that need no token of their own: what they are opened with is in their address, or typed there. */
export function isNobodys(here: Route): boolean {
  return ['acknowledge', 'sign-in', 'join', 'kiosk', 'clip'].includes(here.page);
}

/** Whether a page is for somebody with this token; the server decides what he can do there. */
export function mayOpen(me: Me, here: Route): boolean {
  if (here.page === 'unknown' || here.page === 'entry') return false;
  if (isNobodys(here)) return true;
  const wanted = MAY_OPEN[here.page];
  if (!wanted) return me.account !== undefined || me.role === 'operator';
  const roles = me.role ? [me.role] : (me.grants ?? []).map((grant) => grant.role as string);
  const fits = me.account !== undefined && here.page === 'screen';
  if (!fits && !roles.some((role) => wanted.includes(role))) return false;
  if (!('conference' in here)) return true;
  if (ofAnother(me, here)) return false;
  return here.page !== 'site' || me.site === here.site;
}

/** A link into another session than the one of this address; that of the office leads into all of them. */
export function ofAnother(me: Me, here: Route): boolean {
  return me.role !== undefined && Boolean(me.conference) && 'conference' in here && me.conference !== here.conference;
}

function normalPath(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

export const TABS = ['overview', 'notices', 'script', 'plan', 'checks', 'session', 'documents', 'log-book'] as const;
export type Tab = (typeof TABS)[number];

const OFFICE = ['conferences', 'urgent', 'directory', 'accounts', 'account', 'procedures', 'log-book'] as const;
export type OfficePage = 'home' | 'new' | 'dossier' | (typeof OFFICE)[number];

export type Route =
  | { page: 'home' | 'new' | 'acknowledge' | 'sign-in' | 'join' | 'kiosk' | 'clip' | (typeof OFFICE)[number] }
  | { page: 'dossier'; dossier: string; tab: Tab }
  | { page: 'self-test'; dossier: string; site: string }
  | { page: 'entry'; conference: string }
  | { page: 'control' | 'chair' | 'screen'; conference: string }
  | { page: 'site'; conference: string; site: string }
  | { page: 'mcu'; conference: string; mcu: string }
  | { page: 'unknown' };

export function route(pathname: string): Route {
  const path = normalPath(pathname);
  if (path === '/' || path === '/index.html') return { page: 'home' };
  if (path === '/a') return { page: 'acknowledge' };
  if (path === '/sign-in') return { page: 'sign-in' };
  if (path === '/join') return { page: 'join' };
  if (path === '/kiosk') return { page: 'kiosk' };
  if (path === '/clip') return { page: 'clip' };
  const office = OFFICE.find((name) => path === `/${name}`);
  if (office) return { page: office };
  return dossierRoute(path) ?? conferenceRoute(path) ?? { page: 'unknown' };
}

function dossierRoute(path: string): Route | undefined {
  if (path === '/d/new') return { page: 'new' };
  const test = /^\/d\/([a-z0-9-]+)\/self-test\/([a-z0-9-]+)$/.exec(path);
  if (test) return { page: 'self-test', dossier: test[1] as string, site: test[2] as string };
  const found = /^\/d\/([a-z0-9-]+)(?:\/([a-z-]+))?$/.exec(path);
  const tab = TABS.find((name) => name === (found?.[2] ?? 'overview'));
  return found && tab ? { page: 'dossier', dossier: found[1] as string, tab } : undefined;
}

function conferenceRoute(path: string): Route | undefined {
  const entry = /^\/c\/([a-z0-9-]+)$/.exec(path);
  if (entry) return { page: 'entry', conference: entry[1] as string };
  const plain = /^\/c\/([a-z0-9-]+)\/(control|chair|screen)$/.exec(path);
  if (plain) {
    return { page: plain[2] as 'control' | 'chair' | 'screen', conference: plain[1] as string };
  }
  const site = /^\/c\/([a-z0-9-]+)\/site\/([a-z0-9-]+)$/.exec(path);
  if (site) return { page: 'site', conference: site[1] as string, site: site[2] as string };
  const mcu = /^\/c\/([a-z0-9-]+)\/mcu\/([a-z0-9-]+)$/.exec(path);
  return mcu ? { page: 'mcu', conference: mcu[1] as string, mcu: mcu[2] as string } : undefined;
}

/** Where a task is done. Which tab a step belongs to, the dossier knows by the step's evidence. */
export function placeOfTask(task: { kind: string; dossier: string; subject: string }): string {
  return task.kind === 'answer' ? `/d/${task.dossier}/notices` : `/d/${task.dossier}?step=${task.subject}`;
}

/** The tab where a step becomes done; a step that is done by somebody's word is marked on the overview. */
export function tabOfEvidence(evidence: string): Tab {
  const tabs: Record<string, Tab> = {
    notices: 'notices', plan: 'plan', checks: 'checks', contacts: 'checks', links: 'session', opening: 'session', session: 'session',
  };
  return tabs[evidence] ?? 'overview';
}
