/** The shapes of docs/protocol.md, sections 1 and 2. A member without a value is absent, never null. */

export type Role = 'operator' | 'chair' | 'site' | 'viewer';
export type SiteState = 'off' | 'connecting' | 'ready' | 'lost';
export type Tally = 'off' | 'next' | 'on_air';
export type Pane = [x: number, y: number, w: number, h: number];

/** Who the token speaks for: a link has a role, an account has grants (roles on units). */
export interface Me {
  role?: Role;
  account?: string;
  name?: string;
  grants?: { role: string; unit: string; unit_name?: string }[];
  /** The password is the one handed out: nothing goes on before it is changed. */
  /** One-time codes are on. */
  codes?: boolean;
  conference?: string;
  site?: string;
  title?: string;
  expires_at: string;
  /** The server's time. */
  now?: string;
}

/** What a page sends: a named layout or panes of its own, and the sites in them ("" = empty pane). */
export interface SceneOrder {
  layout?: string;
  panes?: Pane[];
  sites: string[];
}

/** What the server says is there: always with its panes, as fractions of the frame. */
export interface Scene {
  layout?: string;
  panes: Pane[];
  sites: string[];
}

/** What the technician of a guided MCU (one of another make) has to put full screen. */
export interface Ask {
  mcu: string;
  site: string;
  at: string;
  due_at: string;
  confirmed_at?: string;
  confirmed_by?: string;
}

export interface Call {
  id: string;
  site: string;
  requested_at: string;
  state: 'requested' | 'connected' | 'released' | 'failed';
  picture_ms?: number;
  sound_ms?: number;
  connect_ms?: number;
  /** Of a site of a guided MCU: the call waits for its technician. */
  ask?: Ask;
}

export interface Quality {
  rtt_ms?: number;
  loss_pct?: number;
  jitter_ms?: number;
  kbps?: number;
  fps?: number;
  /** What its line would carry of what it sends, as its browser estimates it. */
  can_send_kbps?: number;
  /** How much of the time the programme stood still at the site, in per cent (webrtc-stats: freezes). */
  frozen_pct?: number;
  /** The level of what the site hears, in dBFS. */
  heard_db?: number;
  /** The E-model's estimate of the sound (ITU-T G.107), 1 to 4.5. */
  mos?: number;
  /** What the server makes of these figures. */
  class?: 'good' | 'fair' | 'poor';
}

export interface Site {
  id: string;
  number: number;
  code: string;
  name: string;
  unit: string;
  mcu: string;
  state: SiteState;
  /** The state as the site's own MCU sees it, whatever comes through to the master's mixer. */
  home: SiteState;
  /** The session that publishes it, while one does. */
  session?: string;
  tally: Tally;
  muted: boolean;
  slot?: number;
  level_db?: number;
  quality?: Quality;
  /** The version of its still picture, where there is one. */
  still?: string;
  /** What it shares, while that is there or in a scene. */
  content?: Content;
}

/** A site's content; `id` is what a scene calls it. */
export type Content = Pick<Site, 'id' | 'state' | 'home' | 'session' | 'tally' | 'slot' | 'level_db' | 'quality'>;

export interface Mcu {
  id: string;
  name: string;
  state: 'online' | 'offline' | 'starting';
  parent?: string;
  viewers?: number;
  publishers?: number;
  /** Of a guided MCU: the site that its whole picture comes from. */
  gateway?: string;
  ask?: Ask;
  link?: Quality & { lanes?: { lane: number; site?: string; state: string }[] };
}

/** A site that asks to speak. */
export interface Hand {
  site: string;
  at: string;
}

/** Sites shown one after the other. */
export interface Turn {
  sites: string[];
  seconds: number;
  place: number;
  since: string;
}

export interface Recording {
  number: number;
  state: 'starting' | 'recording' | 'failed' | 'stopped';
  started_at?: string;
  seconds?: number;
  bytes?: number;
  free_bytes?: number;
  plays?: boolean;
  reason?: string;
}

export interface ChatLine {
  id: string;
  at: string;
  by: string;
  text: string;
  /** The site wrote it. */
  room: boolean;
}

/** Something is wrong: `subject` is `site/<id>`, `link/<lower MCU>/<upper MCU>` or `mcu/<id>`. */
export interface Alarm {
  id: string;
  subject: string;
  kind: 'lost' | 'black' | 'frozen' | 'silent' | 'loss' | 'quality';
  since: string;
  /** Those that suffer from it. */
  sites: string[];
}

export type IncidentState = 'reported' | 'taken' | 'cause-known' | 'carrier-told' | 'chair-told' | 'mended' | 'closed';
export type IncidentStep = Exclude<IncidentState, 'reported'> | 'carrier-answered' | 'chair-heard';
export type IncidentCause = 'line' | 'mcu' | 'power' | 'picture' | 'sound' | 'terminal' | 'operation' | 'other';

/** Something is wrong at a site, or on the link between two MCUs: then `site` is "". */
export interface Incident {
  id: string;
  site: string;
  link?: string;
  at: string;
  by: string;
  text: string;
  figures: Record<string, number>;
  source: 'room' | 'staff' | 'alarm';
  /** The furthest step. */
  state: IncidentState;
  steps: Partial<Record<IncidentStep, { at: string; by: string }>>;
  kind?: IncidentCause;
  cause?: string;
  carrier?: string;
  person?: string;
  solution?: string;
  back_at?: string;
  /** The carrier's answer. */
  note?: string;
  /** What follows for the session. */
  advice?: string;
  remedy?: string;
}

/** What is done about it, in one step. */
export type IncidentOrder =
  | { state: 'taken' | 'closed' }
  | { state: 'cause-known'; kind: IncidentCause; cause: string }
  | { state: 'carrier-told'; carrier: string; person: string; solution: string; back_at: string }
  | { state: 'chair-told'; advice: string }
  | { state: 'mended'; remedy: string };

/** Who is to be told, and what mended it there before. */
export interface IncidentHelp {
  carrier: string;
  cures: Incident[];
}

/** A scene kept under a name; without sites it is a layout alone. */
export interface SavedScene {
  id: string;
  name: string;
  scene: Scene;
  sites: string[];
  at: string;
  by: string;
}

export interface Conference {
  id: string;
  title: string;
  master: string;
  chair?: string;
  buses?: string[];
  program?: Scene;
  chair_view?: Scene;
  preview?: Scene;
  banner?: string;
  max_sites?: number;
  max_panes?: number;
  calls?: Call[];
  cue?: string;
  cue_at?: string;
  undo?: boolean;
  clock?: boolean;
  slate?: string;
  locked?: boolean;
  hands?: Hand[];
  turn?: Turn;
  dossier?: string;
  starts_at?: string;
  ends_at?: string;
  recording?: Recording;
}

/** One item of the script in force. */
export interface AgendaItem {
  id: string;
  title: string;
  sites: string[];
  minutes: number;
  speaker?: string;
  /** Where its time is fixed. */
  at?: string;
}

/** What is wrong with a site's picture, sound or line, and what to try. */
export interface SiteFault {
  fault: string;
  reason: { vi: string; en: string };
  advice: { vi: string; en: string };
}

/** A figure may be from `least` to `most`; without one of them, however little or much. */
export interface Bound {
  figure: string;
  least?: number;
  most?: number;
}

/** What an examination found. */
export interface Found {
  at?: string;
  attempt?: number;
  faults?: SiteFault[];
  figures?: Record<string, number>;
  /** What was crossed, by the fault of which it tells; of a fault that is not among `faults` it follows from one that is. */
  bounds?: Record<string, Bound[]>;
}

/** How the examination of a site stands, and what the last one found. */
export interface Examination extends Found {
  state: 'waiting' | 'running' | 'passed' | 'failed';
}

/** The unattended rehearsal under way: sites by how they stand. */
export interface Rehearsal {
  since: string;
  running: string[];
  waiting: string[];
  failed: string[];
  passed: string[];
}

export interface LiveState {
  conference: Conference;
  sites: Record<string, Site>;
  mcus?: Record<string, Mcu>;
  talk?: Record<string, ChatLine[]>;
  incidents?: Record<string, Incident>;
  rehearsal?: Rehearsal;
  examinations?: Record<string, Examination>;
  alarms?: Record<string, Alarm>;
  agenda?: AgendaItem[];
  server?: { version: string };
}

export interface Unit {
  id: string;
  name: string;
  tier: string;
  parent?: string;
  /** Degrees (WGS 84); absent or 0 where they are not known. */
  latitude?: number;
  longitude?: number;
}

export interface Layout {
  id: string;
  name: string;
  name_en: string;
  panes: Pane[];
}

export interface DirectorySite {
  id: string;
  code: string;
  name: string;
  unit: string;
  mcu: string;
  number: number;
}

export interface Directory {
  units: Unit[];
  sites: DirectorySite[];
  mcus: { id: string; name: string; parent?: string; operator?: string; unit?: string; gateway?: string }[];
}

export interface NewConference {
  title: string;
  master: string;
  sites: string[];
  chair?: string;
  buses?: string[];
  max_sites?: number;
}

export interface Link {
  url: string;
  token: string;
  expires_at: string;
  /** "123-456-789", and a picture (SVG) that leads to the same; an operator's link has neither. */
  code?: string;
  qr?: string;
}

/** What a room computer learns of its site. */
export interface KioskState {
  site: string;
  name: string;
  now: string;
  session?: Link;
  next?: { title: string; starts_at: string };
}
