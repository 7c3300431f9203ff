/**
 * The token of a page: it comes in the fragment of the link (browsers do not send that to the server),
 * goes at once to this tab's sessionStorage, keyed by path, and leaves the address bar.
 */
import type { Role } from './types.ts';

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'diemcau.token:';

export function tokenInFragment(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token');
}

export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const path = normalPath(location.pathname);
  const fresh = tokenInFragment(location.hash);
  if (fresh) {
    storage.setItem(KEY + path, fresh);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return fresh ?? storage.getItem(KEY + path);
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

function normalPath(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

export type Route =
  | { page: 'home' }
  | { page: 'entry'; conference: string }
  | { page: 'control' | 'chair' | 'screen'; conference: string }
  | { page: 'site'; conference: string; site: string }
  | { page: 'unknown' };

export function route(pathname: string): Route {
  const path = normalPath(pathname);
  if (path === '/' || path === '/index.html') return { page: 'home' };
  const entry = /^\/c\/([a-z0-9-]+)$/.exec(path);
  if (entry) return { page: 'entry', conference: entry[1] as string };
  const plain = /^\/c\/([a-z0-9-]+)\/(control|chair|screen)$/.exec(path);
  if (plain) {
    return { page: plain[2] as 'control' | 'chair' | 'screen', conference: plain[1] as string };
  }
  const site = /^\/c\/([a-z0-9-]+)\/site\/([a-z0-9-]+)$/.exec(path);
  if (site) return { page: 'site', conference: site[1] as string, site: site[2] as string };
  return { page: 'unknown' };
}
