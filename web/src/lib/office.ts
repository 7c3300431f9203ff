/** The shapes of docs/protocol.md, section 6: accounts, directory, dossiers. Records have all their members. */
import type { Kind, Step } from './dossier.ts';
import type { Directory, Unit } from './types.ts';

export type * from './dossier.ts';

/** A text for people, in both languages. */
export interface Words {
  vi: string;
  en: string;
}

export interface Grant {
  role: string;
  unit: string;
  unit_name?: string;
}

export interface SignedIn {
  token: string;
  expires_at: string;
}

export interface CodeSetup {
  secret: string;
  uri: string;
  picture: string;
}

export interface AccountRecord {
  id: string;
  name: string;
  email: string;
  active: boolean;
  grants: Grant[];
  codes?: boolean;
  locked_until?: string | null;
}

export interface Tier {
  id: string;
  name: string;
  name_en: string;
  rank: number;
}

export interface Person {
  id: string;
  name: string;
  unit: string;
  position: string;
  phone: string;
  email: string;
}

export interface Duty {
  id: string;
  person: string;
  unit: string;
  starts: string;
  ends: string;
  rank: number;
}

/** The directory with what a server may add to it. */
export interface Book extends Directory {
  tiers?: Tier[];
  people?: Person[];
  duties?: Duty[];
  lines?: CarrierLine[];
  /** The unit whose system this is. */
  home?: string;
}

/** A line between two MCUs. */
export interface CarrierLine {
  id: string;
  lower: string;
  upper: string;
  mbps: number;
  carrier: string;
  carrier_phone: string;
}

export interface LinePeriod {
  /** A day. */
  start: string;
  minutes: number;
  /** Per cent of the measured time; null: nothing was measured. */
  availability: number | null;
  figures: Partial<Record<'rtt_ms' | 'loss_pct' | 'jitter_ms' | 'kbps' | 'mos', { mean: number; p95: number }>>;
  session: string;
}

export interface LineHistory {
  days: LinePeriod[];
  weeks: LinePeriod[];
  /** Sessions, the worst first. */
  worst: LinePeriod[];
}

export interface OnDuty {
  unit: string;
  rank: number;
  starts: string;
  ends: string;
  name: string;
  phone: string;
  email: string;
}

export interface SheetFault {
  sheet: string;
  cell: string;
  row: number;
  column: string;
  text: Words;
}

export interface ImportResult {
  added: number;
  changed: number;
  removed: number;
  faults: SheetFault[];
  saved: boolean;
}

export interface Procedure {
  id: string;
  version: string;
  name: Words;
  kind: Kind;
  source: string;
  valid_from?: string;
  valid_to?: string;
  tiers?: string[];
  steps?: Step[];
}

export interface FormTemplate {
  form: string;
  format: string;
  changed: boolean;
}

export interface Entry {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  text: Words;
  reason: string;
  changes: { path: string; old: unknown; new: unknown }[];
  hash: string;
}

export interface Verdict {
  ok: boolean;
  count: number;
  faults: { seq: number; kind: string; text: Words | string }[];
}

/** `[dossier, kind]` of something that has changed; `["", "all"]`: read everything again. */
export type Changed = [dossier: string, kind: string];

export const FORMS = ['notice', 'plan', 'summary', 'duty', 'script', 'check', 'logbook', 'assessment'] as const;

/** The key figures of a session; `null`: not known. */
export interface SessionFigures {
  id: string;
  title: string;
  starts_at: string;
  sites: number;
  attended: number;
  available_pct: number | null;
  loss_pct: number | null;
  mos: number | null;
  calls: number;
  calls_within: number;
  p50_ms: number | null;
  p95_ms: number | null;
  incidents: number;
  mended_s: number | null;
  departures: number;
  gates: number;
  gates_ready: number;
}

/** What pages show of an assessment; the server has more. */
export interface Assessment {
  final: boolean;
  figures: SessionFigures;
  calls: { limit_s: number; worst_ms: number | null };
  units: { subject: string; name: string; available_pct: number | null }[];
  incidents: { open: number };
  ranking: { subject: string; name: string; carrier: string; sites: number; impaired_s: number; why: Words[] }[];
  earlier: SessionFigures[];
}

export type { Unit };
