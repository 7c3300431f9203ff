/** The shapes of docs/protocol.md, section 6, that belong to a dossier. */
import type { Words } from './office.ts';

export type Kind = 'planned' | 'urgent' | 'in-province';
export type Stage = 'prepared' | 'held' | 'closed' | 'cancelled';
export type Secrecy = 'open' | 'internal' | 'secret';

export interface Task {
  kind: 'answer' | 'step';
  dossier: string;
  session: string;
  starts_at: string;
  subject: string;
  title: Words;
  due: string | null;
  late: boolean;
  sites: string[];
  blocked: boolean;
}

export interface DossierRow {
  id: string;
  title: string;
  kind: Kind;
  stage: Stage;
  secrecy: Secrecy;
  unit: string;
  starts_at: string;
  ends_at: string;
  sites: number;
  steps: number;
  steps_done: number;
  late: number;
  unanswered: number;
  conference: string;
  master: string;
}

export interface Step {
  id: string;
  number: string;
  title: Words;
  roles: string[];
  clause: string;
  evidence: string;
  text: Words;
}

export interface Done {
  at: string;
  by: string;
  evidence: string;
  note: string;
  due: string | null;
}

export interface AgendaItem {
  step: Step;
  state: 'waiting' | 'open' | 'done';
  due: string | null;
  done: Done | null;
  late: boolean;
  blocked_by: string[];
}

export interface GateState {
  gate: { id: string; title: Words; clause: string };
  at: string | null;
  passed: boolean;
  ready: boolean;
  missing: string[];
}

export interface Clash {
  kind: string;
  subject: string;
  text: Words;
  other: string;
}

export interface Letter {
  number: string;
  day: string | null;
  sender: string;
  subject: string;
}

export interface Dossier {
  id: string;
  title: string;
  procedure: string;
  procedure_name: Words;
  kind: Kind;
  stage: Stage;
  unit: string;
  unit_name: string;
  master: string;
  sites: string[];
  chair: string;
  requested_at: string;
  rehearsal_at: string | null;
  starts_at: string;
  ends_at: string;
  letter: Letter;
  content: string;
  secrecy: Secrecy;
  admitted: string[];
  series: string;
  notice: number;
  conference: string;
  opened_at: string | null;
  closed_at: string | null;
  cancelled_at: string | null;
  cancel_reason: string;
  assessment: string;
  call_within_s: number;
  agenda: AgendaItem[];
  gates: GateState[];
  clashes: Clash[];
}

/** What is written of a dossier by hand; a new one needs the first half of it. */
export interface DossierOrder {
  title: string;
  procedure: string;
  unit: string;
  master: string;
  sites: string[];
  starts_at: string;
  ends_at: string;
  chair?: string;
  rehearsal_at?: string | null;
  requested_at?: string;
  letter?: Letter;
  content?: string;
  secrecy?: Secrecy;
  admitted?: string[];
  key?: string;
}

export interface UrgentOrder {
  title: string;
  unit: string;
  master: string;
  sites: string[];
  chair?: string;
  in_minutes: number;
  lasts_minutes: number;
  content?: string;
  secrecy?: Secrecy;
  procedure?: string;
  key?: string;
}

export interface Answer {
  unit: string;
  unit_name: string;
  asked: number;
  asked_at: string;
  given: number;
  given_at: string | null;
  by: string;
  note: string;
  missing: boolean;
}

export interface OutMessage {
  id: string;
  channel: 'mail' | 'webhook';
  to: string;
  subject: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  attempts: number;
  created_at: string;
  sent_at: string | null;
  error: string;
  doubtful: boolean;
}

export interface NoticesView {
  answers: Answer[];
  messages: OutMessage[];
}

export interface ScriptItem {
  id: string;
  title: string;
  sites: string[];
  at: string | null;
  minutes: number;
  speaker: string;
  layout: string;
  banner: string;
  content: string;
}

export interface Difference {
  kind: 'added' | 'removed' | 'moved' | 'changed';
  item: string;
  title: string;
  field: string;
  old: string;
  new: string;
}

export interface ScriptVersion {
  number: number;
  items: ScriptItem[];
  at: string;
  by: string;
  reason: string;
  approved_at: string | null;
  approved_by: string;
  differences: Difference[];
}

export interface ScriptView {
  in_force: number;
  versions: ScriptVersion[];
}

export interface PlanView {
  plan?: { master: string; parent: Record<string, string>; home: Record<string, string>; optimal?: boolean };
  notes?: Words[];
  risks?: Words[];
  edited?: boolean;
  at?: string;
  by?: string;
  agreed_at?: string | null;
  agreed_by?: string;
  mcus?: Record<string, { name: string; capacity: number; operator: string }>;
}

export interface Mark {
  item: string;
  passed: boolean;
  note: string;
  at: string;
  by: string;
  attempt: number;
}

export interface CheckStep {
  id: string;
  number: string;
  title: Words;
  items: string[];
  sites: string[];
  missing: string[];
}

export interface Contact {
  site: string;
  name: string;
  phone: string;
  technician: string;
  technician_phone: string;
  connection: string;
  at: string;
  by: string;
}

export interface ChecksView {
  items: { id: string; title: Words }[];
  steps: CheckStep[];
  sheets: { step: string; site: string; marks: Mark[] }[];
  contacts: Contact[];
  sites: Record<string, string>;
  /** Of the sites that the unattended rehearsal examined: whether each passed. */
  examined: Record<string, boolean>;
}

export interface CheckResult {
  item: string;
  passed: boolean;
  note: string;
}

export type RollMark = 'present' | 'online' | 'absent';

export interface Attendance {
  site: string;
  name: string;
  roll: RollMark | null;
  reason: string;
  people: number;
  there: boolean;
  seconds: number;
}

export interface Departure {
  id: string;
  at: string;
  by: string;
  sites: string[];
  reason: string;
}

export interface RollView {
  attendance: Attendance[];
  departures: Departure[];
  called: number;
}
