import { describe, expect, it } from 'vitest';
import { between, playoutMs, read, usual, worse } from '../src/lib/stats.ts';

const inbound = (packets: number, lost: number, frames: number, bytes: number) => [
  { type: 'inbound-rtp', kind: 'video', packetsReceived: packets, packetsLost: lost, framesDecoded: frames, bytesReceived: bytes, jitter: 0.004 },
  { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: 0, bytesReceived: 5000, jitter: 0.012 },
  { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.025 },
  { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
];

describe('figures of a connection', () => {
  it('are those since the last reading', () => {
    const before = read(inbound(1000, 90, 100, 100_000), true, 0);
    const after = read(inbound(1098, 92, 125, 225_000), true, 1000);
    expect(between(before, after)).toEqual({ loss_pct: 2, kbps: 1000, fps: 25, rtt_ms: 25, jitter_ms: 12 });
  });
  it('tell how loud it was, and how long pictures were under way', () => {
    const reading = (energy: number, played: number, processing: number, frames: number) =>
      read([
        { type: 'inbound-rtp', kind: 'audio', totalAudioEnergy: energy, totalSamplesDuration: played },
        { type: 'inbound-rtp', kind: 'video', framesDecoded: frames, totalProcessingDelay: processing },
        { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 },
      ], true, played * 1000);
    const [before, silent, loud] = [reading(1, 10, 5, 100), reading(1, 11, 6, 125), reading(1.01, 12, 7, 150)] as const;
    expect(between(before, silent)?.heard_db).toBe(-100);
    expect(between(silent, loud)?.heard_db).toBe(-20);
    expect(playoutMs(before, silent)).toBe(50);
    expect(playoutMs(before, before)).toBeUndefined();
  });
  it('have a usual one, which a busy moment does not change', () => {
    expect(usual([40, 250, 42, 38, 41])).toBe(41);
    expect(usual([40])).toBe(40);
    expect(usual([])).toBeUndefined();
  });
  it('are none when the counters went back, and no loss for no packets', () => {
    const before = read(inbound(1000, 0, 100, 1000), true, 0);
    expect(between(before, read(inbound(10, 0, 2, 100), true, 1000))).toBeUndefined();
    expect(between(before, read(inbound(1000, 0, 100, 1000), true, 1000))?.loss_pct).toBe(0);
  });
  it('take a late packet that was counted lost for no loss', () => {
    const before = read(inbound(1000, 5, 100, 1000), true, 0);
    expect(between(before, read(inbound(1105, 0, 125, 1000), true, 1000))?.loss_pct).toBe(0);
  });
  it('of a sender count the frames of one layer, and what the other end reports lost', () => {
    const out = (frames: number, lost: number) => [
      { type: 'outbound-rtp', kind: 'video', rid: 'h', packetsSent: frames * 4, bytesSent: frames * 4000, framesEncoded: frames },
      { type: 'outbound-rtp', kind: 'video', rid: 'l', packetsSent: frames, bytesSent: frames * 1000, framesEncoded: frames - 1 },
      { type: 'remote-inbound-rtp', kind: 'video', packetsLost: lost, roundTripTime: 0.08, jitter: 0.002 },
    ];
    const quality = between(read(out(100, 0), false, 0), read(out(125, 5), false, 1000));
    expect(quality).toEqual({ loss_pct: 3.85, kbps: 1000, fps: 25, rtt_ms: 80, jitter_ms: 2 });
  });
  it('of a sender tell what its line would carry, by the pair in use', () => {
    const pairs = [
      { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: 1_234_567 },
      { type: 'candidate-pair', nominated: false, availableOutgoingBitrate: 9_000_000 },
    ];
    const sent = between(read(pairs, false, 0), read(pairs, false, 1000));
    expect(sent?.can_send_kbps).toBe(1235);
    expect(worse(sent, { can_send_kbps: 7 })).toHaveProperty('can_send_kbps', 1235);
    expect(between(read(pairs, true, 0), read(pairs, true, 1000))).not.toHaveProperty('can_send_kbps');
    expect(between(read([], false, 0), read([], false, 1000))).not.toHaveProperty('can_send_kbps');
  });
  it('of a receiver tell how much of the time the picture stood still', () => {
    const played = (at: number, totalFreezesDuration?: number) =>
      read([{ type: 'inbound-rtp', kind: 'video', framesDecoded: at / 40, totalFreezesDuration }], true, at);
    expect(between(played(0, 1.5), played(1000, 1.75))?.frozen_pct).toBe(25);
    expect(between(played(1000, 0), played(2000, 3.2))?.frozen_pct).toBe(100);
    expect(between(played(0), played(1000))).not.toHaveProperty('frozen_pct');
    expect(worse({ fps: 25 }, { frozen_pct: 25 })).toEqual({ fps: 25, frozen_pct: 25 });
  });
  it('of a site are the worse of both ways, and the rate is what it sends', () => {
    const sent = { rtt_ms: 10, loss_pct: 0, jitter_ms: 9, kbps: 900, fps: 25 };
    const received = { rtt_ms: 30, loss_pct: 2, jitter_ms: 1, kbps: 1500, fps: 24 };
    expect(worse(sent, received)).toEqual({ rtt_ms: 30, loss_pct: 2, jitter_ms: 9, kbps: 900, fps: 25 });
    expect(worse(undefined, undefined)).toEqual({});
  });
});
