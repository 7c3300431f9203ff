/** Calls of docs/protocol.md, section 6. */
import type {
  LineHistory,
  AccountRecord, Answer, Assessment, CheckResult, ChecksView, CodeSetup, Dossier, DossierOrder, DossierRow, Entry, FormTemplate, Grant,
  ImportResult, NoticesView, OnDuty, PlanView, Procedure, RollMark, RollView, ScriptItem, ScriptView, SignedIn, Task,
  UrgentOrder, Verdict, Contact,
} from './office.ts';
import type { Result } from './selftest.ts';
import type { Found, Incident, Link } from './types.ts';
import { IncidentCalls } from './incidentCalls.ts';

export type Json = <T>(method: string, path: string, body?: unknown) => Promise<T>;
type Raw = (method: string, path: string, options?: { body?: Blob; type?: string }) => Promise<Response>;

const part = encodeURIComponent;

/** `?a=1&b=2` of the values that are not empty. */
function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

export class OfficeApi {
  constructor(
    private readonly json: Json,
    private readonly raw: Raw,
  ) {}

  ways = () => this.json<{ sso: boolean }>('GET', '/api/sign-in');
  signIn = (account: string, password: string, code?: string) =>
    this.json<SignedIn>('POST', '/api/sign-in', code ? { account, password, code } : { account, password });
  /** Where to go; a cookie ties the way back to this browser. */
  sso = (redirect_uri: string) => this.json<{ url: string }>('POST', '/api/sso', { redirect_uri });
  ssoFinish = (answer: Record<string, string>) => this.json<SignedIn>('POST', '/api/sso/finish', { answer });
  /** The old password proves who asks: this works without a token, with a first password. */
  password = (account: string, old: string, fresh: string, code?: string) =>
    this.json<SignedIn>('POST', '/api/account/password', { account, old, new: fresh, ...(code ? { code } : {}) });
  startCodes = (password: string) => this.json<CodeSetup>('POST', '/api/account/codes', { password });
  keepCodes = (code: string) => this.json('PUT', '/api/account/codes', { code });
  dropCodes = () => this.json('DELETE', '/api/account/codes');
  signOutEverywhere = () => this.json('POST', '/api/account/sign-out');
  acknowledge = (token: string, note: string) =>
    this.json<{ title: string; starts_at: string; unit: string; given_at: string }>('POST', '/api/acknowledgements', { token, note });

  accounts = () => this.json<AccountRecord[]>('GET', '/api/accounts');
  addAccount = (order: { id: string; name: string; email: string; grants: Grant[] }) =>
    this.json<{ account: AccountRecord; password: string }>('POST', '/api/accounts', order);
  changeAccount = (id: string, change: { name?: string; email?: string; active?: boolean; grants?: Grant[] }) =>
    this.json('PATCH', `/api/accounts/${part(id)}`, change);
  newPassword = (id: string) => this.json<{ password: string }>('POST', `/api/accounts/${part(id)}/password`);

  duty = (unit = '') => this.json<OnDuty[]>('GET', `/api/duty${query({ unit })}`);
  lineHistory = (line: string) => this.json<LineHistory>('GET', `/api/lines/${part(line)}/history`);
  lineEvidence = (line: string) => this.download(`/api/lines/${part(line)}/history.csv`, `duong-noi-${line}.csv`);
  /** The link of a site's room computer; it ends the one before. */
  makeKiosk = (site: string) => this.json<{ url: string }>('POST', `/api/kiosks/${part(site)}`);
  put = (kind: string, id: string, record: object) => this.json('PUT', `/api/directory/${kind}/${part(id)}`, record);
  remove = (kind: string, id: string) => this.json('DELETE', `/api/directory/${kind}/${part(id)}`);
  listed = (source: '2025' | 'legacy', province: string, dry_run: boolean) =>
    this.json<ImportResult>('POST', '/api/directory/listed', { source, province, dry_run });

  async workbook(file: Blob, dry: boolean): Promise<ImportResult> {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const answer = await this.raw('POST', `/api/directory/workbook${dry ? '?dry_run=true' : ''}`, { body: file, type });
    return (await answer.json()) as ImportResult;
  }

  procedures = () => this.json<Procedure[]>('GET', '/api/procedures');
  procedure = (version: string) => this.json<{ procedure: Procedure; text: string }>('GET', `/api/procedures/${part(version)}`);
  addProcedure = (text: string) => this.json<Procedure>('POST', '/api/procedures', { text });
  templates = () => this.json<FormTemplate[]>('GET', '/api/templates');
  logBook = (filter: { before: number; limit: number; subject?: string; actor?: string }) =>
    this.json<Entry[]>('GET', `/api/log-book${query(filter)}`);
  verify = () => this.json<Verdict>('GET', '/api/log-book/verify');

  desk = () => this.json<{ tasks: Task[]; dossiers: DossierRow[] }>('GET', '/api/desk');
  dossiers = () => this.json<DossierRow[]>('GET', '/api/dossiers');
  openDossier = (order: DossierOrder) => this.json<Dossier>('POST', '/api/dossiers', order);
  urgent = (order: UrgentOrder) => this.json<Dossier>('POST', '/api/urgent', order);
  dossier = (id: string) => new DossierApi(this.json, id);

  /** A file of the server, handed to the browser as a download. */
  async download(path: string, name: string): Promise<void> {
    const answer = await this.raw('GET', path);
    const url = URL.createObjectURL(await answer.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

/** The calls of one dossier. */
export class DossierApi {
  readonly base: string;
  readonly incident: IncidentCalls;

  constructor(
    private readonly json: Json,
    id: string,
  ) {
    this.base = `/api/dossiers/${part(id)}`;
    this.incident = new IncidentCalls(json, this.base);
  }

  #get = <T>(path = '') => this.json<T>('GET', this.base + path);
  #post = <T = unknown>(path: string, body: unknown = {}) => this.json<T>('POST', this.base + path, body);
  #put = <T = unknown>(path: string, body: unknown) => this.json<T>('PUT', this.base + path, body);

  read = () => this.#get<Dossier>();
  change = (change: Partial<DossierOrder>) => this.json<Dossier>('PATCH', this.base, change);
  copies = (starts: string[]) => this.#post<DossierRow[]>('/copies', { starts });
  cancel = (reason: string) => this.#post<Dossier>('/cancel', { reason });
  assessment = () => this.#get<Assessment>('/assessment.json');
  assess = (assessment: string) => this.#put('/assessment', { assessment });
  step = (step: string, done: boolean, note: string) => this.#put(`/steps/${part(step)}`, { done, note });
  notices = () => this.#get<NoticesView>('/notices');
  announce = () => this.#post('/notices');
  answer = (unit: string, note: string) => this.#post<Answer>(`/answers/${part(unit)}`, { note });
  script = () => this.#get<ScriptView>('/script');
  write = (items: ScriptItem[], former: number, reason: string) => this.#put('/script', { items, former, reason });
  approve = (number: number) => this.#post(`/script/${number}/approve`);
  plan = () => this.#get<PlanView>('/plan');
  solve = (pins: Record<string, string>) => this.#post<PlanView>('/plan', { pins });
  replan = (parent: Record<string, string>, home: Record<string, string>) => this.#put<PlanView>('/plan', { parent, home });
  agree = () => this.#post('/plan/agree');
  checks = () => this.#get<ChecksView>('/checks');
  examination = (site: string) => this.#get<Found>(`/examinations/${part(site)}`);
  mark = (step: string, site: string, results: CheckResult[]) => this.#put(`/checks/${part(step)}/${part(site)}`, { results });
  handIn = (site: string, contact: Omit<Contact, 'site' | 'at' | 'by'>) => this.#put(`/contacts/${part(site)}`, contact);
  open = () => this.#post<Dossier>('/open');
  close = () => this.#post<Dossier>('/close');
  join = (site: string) => this.#post<Link>(`/join/${part(site)}`);
  keepTest = (site: string, results: Result[]) => this.#put(`/self-test/${part(site)}`, { results });
  incidents = () => this.#get<Incident[]>('/incidents');
  roll = () => this.#get<RollView>('/roll');
  callRoll = (site: string, roll: RollMark, reason: string, people: number) => this.#put(`/roll/${part(site)}`, { roll, reason, people });
  explain = (departure: string, reason: string) => this.#put(`/departures/${part(departure)}`, { reason });
  logBook = (before: number) => this.#get<Entry[]>(`/log-book${query({ before })}`);
}
