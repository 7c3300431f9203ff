/**
 * A room tries its own camera, sound and line before it joins: from what was measured to a plain verdict.
 * Pure; what measures is in `measure/`. Every fault has its text (`test.<fault>`) and what to do (`test.do_<fault>`).
 */
import limits from '../data/selftest.json';
import quality from '../data/quality.json';
import type { CaptureFault } from './capture.ts';

/** In the order in which they are tried. */
export const ITEMS = ['camera', 'microphone', 'loudspeaker', 'echo', 'network', 'codec'] as const;
export type Item = (typeof ITEMS)[number];

export type Fault =
  | 'camera_denied' | 'camera_missing' | 'camera_busy' | 'camera_insecure' | 'camera_other'
  | 'camera_black' | 'camera_frozen' | 'camera_slow'
  | 'mic_missing' | 'mic_silent' | 'mic_quiet' | 'mic_clipping'
  | 'sound_unheard' | 'echo'
  | 'server_refuses' | 'line_in_use' | 'mcu_away' | 'udp_blocked' | 'line_lossy' | 'line_far' | 'line_narrow'
  | 'codec_missing' | 'codec_other';

export type Figures = Record<string, number>;

export interface Verdict {
  item: Item;
  /** Nothing wrong: passed. */
  fault: Fault | null;
  figures: Figures;
}

/** What a result is kept as (docs/protocol.md, section 1). */
export interface Result {
  item: Item;
  passed: boolean;
  note: string;
  figures: Figures;
}

export interface Picture {
  width: number;
  height: number;
  /** Frames a second that came in. */
  fps: number;
  /** The brightest look at it, 0–255, and how far its points are apart. */
  brightness: number;
  contrast: number;
  /** So many looks at last were the same to the last point as the one before: a lens that sees has noise. */
  still: number;
  looks: number;
}

export function camera(fault: CaptureFault | null, picture?: Picture): Verdict {
  const verdict = (found: Fault | null, figures: Figures = {}): Verdict => ({ item: 'camera', fault: found, figures });
  if (fault) return verdict(`camera_${fault}`);
  if (!picture) return verdict('camera_missing');
  const { width, height, fps, brightness } = picture;
  const figures = { width, height, fps: round(fps, 1), brightness: round(brightness, 0) };
  if (picture.looks === 0 || fps === 0) return verdict('camera_frozen', figures);
  if (brightness < limits.black_below && picture.contrast < limits.flat_below) return verdict('camera_black', figures);
  if (picture.still >= limits.frozen_looks) return verdict('camera_frozen', figures);
  return verdict(fps < limits.fps_bad_below ? 'camera_slow' : null, figures);
}

export interface Sound {
  /** Loudest short-time level and the greatest sample, dBFS. */
  loudest_db: number;
  peak_db: number;
  /** Samples that stand at the end of the scale, of those in loud moments. */
  clipped_pct: number;
}

/** `sound` of the microphone as it is, before the browser levels and cleans it. */
export function microphone(sound: Sound | undefined): Verdict {
  const verdict = (fault: Fault | null, figures: Figures = {}): Verdict => ({ item: 'microphone', fault, figures });
  if (!sound) return verdict('mic_missing');
  const figures = {
    loudest_db: round(sound.loudest_db, 1), peak_db: round(sound.peak_db, 1), clipped_pct: round(sound.clipped_pct, 1),
  };
  if (sound.loudest_db < limits.silent_below_db) return verdict('mic_silent', figures);
  if (sound.clipped_pct > limits.clipped_above_pct) return verdict('mic_clipping', figures);
  return verdict(sound.loudest_db < limits.quiet_below_db ? 'mic_quiet' : null, figures);
}

/** Speech that is loud enough to stop listening. */
export function isSpeech(level_db: number): boolean {
  return level_db > limits.quiet_below_db;
}

/** Only a person can say. */
export function loudspeaker(heard: boolean): Verdict {
  return { item: 'loudspeaker', fault: heard ? null : 'sound_unheard', figures: {} };
}

export interface Return {
  /** How loud the chirp came back, against what was played, in dB. */
  return_db: number;
  /** How like the chirp what was heard is, 0 to 1: a cough is as loud, but not like it. */
  likeness: number;
}

export function echo(heard: Return): Verdict {
  const likeness = round(heard.likeness, 2);
  // How loud something else was is no figure of an echo.
  if (heard.likeness <= limits.echo_like_above) return { item: 'echo', fault: null, figures: { likeness } };
  const fault = heard.return_db > limits.echo_above_db ? 'echo' : null;
  return { item: 'echo', fault, figures: { return_db: round(heard.return_db, 1), likeness } };
}

export interface Line {
  /** The server's answer to the offer; other than 201 it is why nothing was tried. */
  status: number;
  problem?: string;
  /** Packets reached the MCU and came back. */
  connected: boolean;
  rtt_ms?: number;
  loss_pct?: number;
  jitter_ms?: number;
  kbps?: number;
  fps?: number;
  /** The browser can send H.264 at all. */
  h264: boolean;
  /** What `outbound-rtp` of the picture says: `video/H264`. */
  sent?: string;
}

const AWAY = new Set(['urn:diemcau:mcu-away', 'urn:diemcau:mcu-not-ready']);

/** `undefined`: the picture was refused for its codec, so the line was not tried. */
export function network(line: Line): Verdict | undefined {
  if (!line.h264 && line.status === 422) return undefined;
  return { item: 'network', fault: lineFault(line), figures: lineFigures(line) };
}

/** `undefined`: nothing was sent, so nothing can be said. */
export function codec(line: Line): Verdict | undefined {
  if (!line.h264) return { item: 'codec', fault: 'codec_missing', figures: {} };
  if (!line.connected || line.sent === undefined) return undefined;
  return { item: 'codec', fault: line.sent.toLowerCase() === 'video/h264' ? null : 'codec_other', figures: {} };
}

function lineFault(line: Line): Fault | null {
  if (line.problem === 'urn:diemcau:already-publishing') return 'line_in_use';
  if (line.status !== 201) {
    const away = AWAY.has(line.problem ?? '') || line.status === 503;
    return away ? 'mcu_away' : 'server_refuses';
  }
  if (!line.connected) return 'udp_blocked';
  if ((line.loss_pct ?? 0) >= quality.loss_pct.poor) return 'line_lossy';
  if ((line.rtt_ms ?? 0) >= quality.rtt_ms.poor || (line.jitter_ms ?? 0) >= quality.jitter_ms.poor) return 'line_far';
  return line.kbps !== undefined && line.kbps < limits.kbps_bad_below ? 'line_narrow' : null;
}

function lineFigures(line: Line): Figures {
  const names = ['rtt_ms', 'loss_pct', 'jitter_ms', 'kbps', 'fps'] as const;
  return Object.fromEntries(names.flatMap((name) => (line[name] === undefined ? [] : [[name, line[name]]])));
}

/** What verdicts are kept as, in the order of the test; `say` gives a fault's text. */
export function results(verdicts: Iterable<Verdict>, say: (fault: Fault) => string): Result[] {
  return [...verdicts]
    .map(({ item, fault, figures }) => ({ item, passed: fault === null, note: fault ? say(fault) : '', figures }))
    .sort((a, b) => ITEMS.indexOf(a.item) - ITEMS.indexOf(b.item));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
