/** Calls of docs/protocol.md, section 1, and the errors they answer (problem documents, RFC 9457). */
import { OfficeApi } from './officeApi.ts';
import type {
  Call, ChatLine, Conference, Directory, Incident, KioskState, Layout, Link, LiveState, Me, NewConference, Role, SavedScene, SceneOrder, Unit,
} from './types.ts';
import { IncidentCalls } from './incidentCalls.ts';
import type { Result } from './selftest.ts';
import { siteOf } from './source.ts';

/** An answer that says no. `status` 0: the server was not reached at all. */
export class Problem extends Error {
  readonly type: string;
  readonly status: number;
  readonly titles: { vi: string; en: string };
  readonly details: { vi: string; en: string };
  /** Seconds from `Retry-After`, where the server gave it. */
  readonly retryAfter: number | undefined;

  constructor(status: number, document: Record<string, unknown> = {}, retryAfter?: number) {
    const text = (name: string) => (typeof document[name] === 'string' ? document[name] : '');
    super(text('title_en') || text('title') || `HTTP ${status}`);
    this.type = text('type') || 'about:blank';
    this.status = status;
    this.titles = { vi: text('title'), en: text('title_en') || text('title') };
    this.details = { vi: text('detail'), en: text('detail_en') || text('detail') };
    this.retryAfter = retryAfter;
  }

  /** No new attempt with this token will do better. */
  get final(): boolean {
    return this.status === 401 || this.status === 403;
  }

  static async of(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get('Retry-After') ?? NaN);
    let document: unknown;
    try {
      document = await response.json();
    } catch {
      document = {};
    }
    const object = typeof document === 'object' && document !== null ? document : {};
    return new Problem(
      response.status,
      object as Record<string, unknown>,
      Number.isFinite(seconds) ? seconds : undefined,
    );
  }
}

export interface RawOptions {
  body?: string | Blob;
  type?: string;
  signal?: AbortSignal;
  /** Let the request outlive the page (RFC: fetch keepalive), for goodbyes. */
  keepalive?: boolean;
}

export class Api {
  readonly office: OfficeApi;

  constructor(readonly token: string) {
    this.office = new OfficeApi(this.#json.bind(this), this.raw.bind(this));
  }

  /** One request; a `Problem` for every answer that is not 2xx (and for no answer). */
  async raw(method: string, path: string, options: RawOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (options.type) headers['Content-Type'] = options.type;
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers,
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(options.signal ? { signal: options.signal } : {}),
        keepalive: options.keepalive ?? false,
        cache: 'no-store',
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Problem(0);
    }
    if (!response.ok) throw await Problem.of(response);
    return response;
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.raw(
      method,
      path,
      body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' },
    );
    const text = await response.text();
    return (text ? JSON.parse(text) : {}) as T;
  }

  me = () => this.#json<Me>('GET', '/api/me');
  layouts = () => this.#json<Layout[]>('GET', '/api/layouts');
  directory = () => this.#json<Directory>('GET', '/api/directory');
  conferences = () => this.#json<Conference[]>('GET', '/api/conferences');
  /** What the link gives whose short code it is. */
  byCode = (code: string) => this.#json<Link>('POST', '/api/codes', { code });
  /** With the token of the room computer's link. */
  kiosk = (token: string) => this.#json<KioskState>('POST', '/api/kiosk', { token });
  open = (order: NewConference) => this.#json<Conference>('POST', '/api/conferences', order);
  scenes = () => this.#json<SavedScene[]>('GET', '/api/scenes');
  keepScene = (id: string, name: string, scene: SceneOrder) => this.#json<SavedScene>('PUT', `/api/scenes/${encodeURIComponent(id)}`, { name, scene });
  dropScene = (id: string) => this.#json('DELETE', `/api/scenes/${encodeURIComponent(id)}`);
  at = (conference: string) => new ConferenceApi(this.#json.bind(this), conference);
}

type Json = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** The calls of one conference. Those that mean a site may be given what it shares as well. */
export class ConferenceApi {
  readonly #base: string;

  constructor(private readonly json: Json, conference: string) {
    this.#base = `/api/conferences/${encodeURIComponent(conference)}`;
    this.incidents = new IncidentCalls(json, this.#base);
  }

  #post<T = unknown>(verb: string, body: unknown): Promise<T> {
    return this.json<T>('POST', `${this.#base}/${verb}`, body);
  }

  state = async () => (await this.json<{ state: LiveState }>('GET', this.#base)).state;
  units = () => this.json<Unit[]>('GET', `${this.#base}/units`);
  close = () => this.json('DELETE', this.#base);
  preview = (scene: SceneOrder) => this.#post('preview', { scene });
  take = (scene?: SceneOrder) => this.#post('take', scene ? { scene } : {});
  takeItem = (item: string, reason = '') => this.#post('take', { item, reason });
  undo = () => this.#post('undo', {});
  floor = (source: string) => this.#post('floor', { site: siteOf(source) });
  turn = (sites: string[], seconds: number) => this.json('PUT', `${this.#base}/turn`, { sites, seconds });
  endTurn = () => this.json('DELETE', `${this.#base}/turn`);
  rehearse = (sources: string[]) => this.#post('rehearsal', { sites: sources.map(siteOf) });
  endRehearsal = () => this.json('DELETE', `${this.#base}/rehearsal`);
  clock = (on: boolean) => this.json('PUT', `${this.#base}/clock`, { on });
  lock = (on: boolean) => this.json('PUT', `${this.#base}/lock`, { on });
  slate = (text: string) => this.json('PUT', `${this.#base}/slate`, { text });
  extend = (minutes: number) => this.#post<{ ends_at: string }>('extend', { minutes });
  readonly incidents: IncidentCalls;
  hearIncident = (id: string) => this.#post<Incident>(`incidents/${encodeURIComponent(id)}/heard`, {});
  record = (on: boolean) => this.#post('recording', { on });
  stillPath = (site: string, version: string) => `${this.#base}/stills/${encodeURIComponent(site)}?v=${encodeURIComponent(version)}`;
  end = () => this.#post('end', {});
  call = (source: string) => this.#post<Call>('call', { site: siteOf(source) });
  release = () => this.#post('release', {});
  mute = (source: string, muted: boolean) => this.#post('mute', { site: siteOf(source), muted });
  muteAll = (except: string[]) => this.#post('mute-all', { except: [...new Set(except.map(siteOf))] });
  banner = (text: string) => this.#post('banner', { text });
  raiseHand = (site: string) => this.json('PUT', `${this.#base}/hands/${site}`);
  lowerHand = (site: string) => this.json('DELETE', `${this.#base}/hands/${site}`);
  say = (site: string, text: string) => this.#post<ChatLine>(`chat/${site}`, { text });
  /** The technician of its guided MCU has put the site full screen. */
  shown = (site: string) => this.json('PUT', `${this.#base}/shown/${encodeURIComponent(site)}`);
  report = (site: string, text: string, figures: Record<string, number>) =>
    this.#post<Incident>(`incidents/${site}`, { text, figures });
  keepTest = (site: string, results: Result[]) => this.json('PUT', `${this.#base}/self-test/${site}`, { results });
  link = (role: Role, site?: string) => this.#post<Link>('links', site ? { role, site } : { role });
}
