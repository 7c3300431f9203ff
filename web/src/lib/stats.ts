/** Figures of a connection from getStats (W3C webrtc-stats): counters between two readings, not since the start. */
import type { Quality } from './types.ts';

/** What the figures are made of, both directions alike. */
export interface Reading {
  at: number;
  bytes: number;
  packets: number;
  lost: number;
  frames: number;
  /** Packets that came in on the transport; for a sender, the other end's reports. */
  heard?: number;
  rtt_ms?: number;
  jitter_ms?: number;
  /** What the line would carry away from here (webrtc-stats: availableOutgoingBitrate). */
  can_send_kbps?: number;
  /** Energy of the sound played, and how many seconds of it (webrtc-stats: totalAudioEnergy, totalSamplesDuration). */
  energy?: number;
  played?: number;
  /** Seconds in which the picture that is played stood still (webrtc-stats: totalFreezesDuration). */
  frozen?: number;
  /** Seconds that all decoded frames together spent here, from their first packet to the picture. */
  processing?: number;
}

type Entry = Record<string, unknown> & { type: string };

function numberOf(entry: Entry, name: string): number | undefined {
  const value = entry[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}

function set(reading: Reading, name: 'rtt_ms' | 'jitter_ms' | 'can_send_kbps', value: number | undefined) {
  const found = greatest(reading[name], value);
  if (found !== undefined) reading[name] = found;
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function kilobits(bits: number | undefined): number | undefined {
  return bits === undefined ? undefined : bits / 1000;
}

function readInbound(entry: Entry, reading: Reading): void {
  reading.bytes += numberOf(entry, 'bytesReceived') ?? 0;
  reading.packets += numberOf(entry, 'packetsReceived') ?? 0;
  reading.lost += numberOf(entry, 'packetsLost') ?? 0;
  set(reading, 'jitter_ms', milliseconds(numberOf(entry, 'jitter')));
  if (entry.kind !== 'video') {
    const [energy, played] = [numberOf(entry, 'totalAudioEnergy'), numberOf(entry, 'totalSamplesDuration')];
    if (energy !== undefined && played !== undefined) Object.assign(reading, { energy, played });
    return;
  }
  reading.frames += numberOf(entry, 'framesDecoded') ?? 0;
  const frozen = numberOf(entry, 'totalFreezesDuration');
  if (frozen !== undefined) reading.frozen = (reading.frozen ?? 0) + frozen;
  const processing = numberOf(entry, 'totalProcessingDelay');
  if (processing !== undefined) reading.processing = (reading.processing ?? 0) + processing;
}

function readOutbound(entry: Entry, reading: Reading): void {
  reading.bytes += numberOf(entry, 'bytesSent') ?? 0;
  reading.packets += numberOf(entry, 'packetsSent') ?? 0;
  // With simulcast every layer counts its own frames: the busiest one is the picture's rate.
  if (entry.kind === 'video') {
    reading.frames = Math.max(reading.frames, numberOf(entry, 'framesEncoded') ?? 0);
  }
}

/** One reading of a connection that receives (`inbound`) or sends. */
export function read(report: Iterable<unknown>, inbound: boolean, at: number): Reading {
  const reading: Reading = { at, bytes: 0, packets: 0, lost: 0, frames: 0 };
  for (const item of report) {
    const entry = item as Entry;
    if (inbound && entry.type === 'inbound-rtp') readInbound(entry, reading);
    if (!inbound && entry.type === 'outbound-rtp') readOutbound(entry, reading);
    if (!inbound && entry.type === 'remote-inbound-rtp') {
      reading.lost += numberOf(entry, 'packetsLost') ?? 0;
      set(reading, 'jitter_ms', milliseconds(numberOf(entry, 'jitter')));
      set(reading, 'rtt_ms', milliseconds(numberOf(entry, 'roundTripTime')));
    }
    if (entry.type === 'transport') reading.heard = numberOf(entry, 'packetsReceived') ?? 0;
    if (entry.type === 'candidate-pair' && entry.nominated === true) {
      set(reading, 'rtt_ms', milliseconds(numberOf(entry, 'currentRoundTripTime')));
      if (!inbound) set(reading, 'can_send_kbps', kilobits(numberOf(entry, 'availableOutgoingBitrate')));
    }
  }
  return reading;
}

/** Quality between two readings of one connection; nothing if the counters went back (a new session). */
export function between(before: Reading, after: Reading): Quality | undefined {
  const seconds = (after.at - before.at) / 1000;
  const packets = after.packets - before.packets;
  const frames = after.frames - before.frames;
  if (seconds <= 0 || packets < 0 || frames < 0) return undefined;
  const lost = Math.max(0, after.lost - before.lost);
  const all = packets + lost;
  const quality: Quality = {
    loss_pct: all === 0 ? 0 : round((100 * lost) / all, 2),
    kbps: Math.round(((after.bytes - before.bytes) * 8) / 1000 / seconds),
    fps: Math.round(frames / seconds),
  };
  const heard = heardDb(before, after);
  if (heard !== undefined) quality.heard_db = heard;
  if (before.frozen !== undefined && after.frozen !== undefined) {
    // A freeze is counted when it is over, and may have begun before.
    quality.frozen_pct = Math.min(100, Math.max(0, round((100 * (after.frozen - before.frozen)) / seconds, 1)));
  }
  if (after.rtt_ms !== undefined) quality.rtt_ms = Math.round(after.rtt_ms);
  if (after.jitter_ms !== undefined) quality.jitter_ms = Math.round(after.jitter_ms);
  if (after.can_send_kbps !== undefined) quality.can_send_kbps = Math.round(after.can_send_kbps);
  return quality;
}

/** The level of what was played between two readings, in dBFS; −100 is silence. */
function heardDb(before: Reading, after: Reading): number | undefined {
  if (before.energy === undefined || before.played === undefined || after.energy === undefined || after.played === undefined) return undefined;
  const seconds = after.played - before.played;
  if (seconds <= 0) return undefined;
  return Math.max(-100, Math.round(10 * Math.log10(Math.max(1e-10, (after.energy - before.energy) / seconds))));
}

/** How long after it left the server a picture is on this screen, in ms: half the round trip, then decoding. */
export function playoutMs(before: Reading, after: Reading): number | undefined {
  const frames = after.frames - before.frames;
  if (frames <= 0 || before.processing === undefined || after.processing === undefined) return undefined;
  return (after.rtt_ms ?? 0) / 2 + ((after.processing - before.processing) * 1000) / frames;
}

/** The middle one of some measurements: one that a busy moment has spoilt does not count. */
export function usual(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * A site's figure of both its connections: the worse round trip, loss and jitter of the two;
 * bit rate and frames are those of what it sends, because that is what the others see of it.
 */
export function worse(sent: Quality | undefined, received: Quality | undefined): Quality {
  const quality: Quality = {};
  for (const name of ['rtt_ms', 'loss_pct', 'jitter_ms'] as const) {
    const value = greatest(sent?.[name], received?.[name]);
    if (value !== undefined) quality[name] = value;
  }
  if (received?.heard_db !== undefined) quality.heard_db = received.heard_db;
  if (received?.frozen_pct !== undefined) quality.frozen_pct = received.frozen_pct;
  if (sent?.can_send_kbps !== undefined) quality.can_send_kbps = sent.can_send_kbps;
  for (const name of ['kbps', 'fps'] as const) {
    const value = sent?.[name] ?? received?.[name];
    if (value !== undefined) quality[name] = value;
  }
  return quality;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
