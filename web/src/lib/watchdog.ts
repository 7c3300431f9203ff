/**
 * Stall watchdog of a received picture. Needed always: after a hole that no retransmission filled,
 * Chromium itself waits about 3 s before it asks for a keyframe, and a dead MCU is not noticed for longer.
 * Pure: it is told what was counted and when, and says what to do.
 */

export interface Sample {
  /** Milliseconds on any steady clock. */
  now: number;
  /** Frames decoded or presented so far. */
  frames: number;
  /** RTP packets received so far, sound included. */
  packets: number;
  state: RTCPeerConnectionState;
}

export type Verdict = 'waiting' | 'ok' | 'stalled' | 'keyframe' | 'restart';

export interface WatchdogLimits {
  /** No new frame for so long while packets come: ask for a keyframe. */
  frame_ms: number;
  /** Not more than one keyframe request in so long; doubled with each of one stall, up to eight times. */
  keyframe_every_ms: number;
  /** No packet for so long: a new session. */
  packet_ms: number;
  /** A new session that brought no packet in so long: another one. */
  first_packet_ms: number;
  /** Packets but no frame for so long, keyframes notwithstanding: a new session. */
  hopeless_ms: number;
}

export const LIMITS: WatchdogLimits = {
  frame_ms: 300,
  keyframe_every_ms: 500,
  packet_ms: 700,
  first_packet_ms: 4000,
  hopeless_ms: 8000,
};

export class Watchdog {
  #startedAt: number | undefined;
  #frames = 0;
  #packets = 0;
  #frameAt = 0;
  #packetAt = 0;
  #askedAt = -Infinity;
  /** Keyframes asked for in this stall. */
  #asked = 0;
  /** Counters are old because frames were seen, not counted. */
  #uncounted = false;

  constructor(readonly limits: WatchdogLimits = LIMITS) {}

  /** Has any packet come yet? */
  get received(): boolean {
    return this.#packets > 0;
  }

  /** A frame was seen on the screen just now: no need to count. */
  seen(now: number): Verdict {
    this.#startedAt ??= now;
    this.#frameAt = now;
    this.#packetAt = now;
    this.#uncounted = true;
    this.#asked = 0;
    return 'ok';
  }

  judge({ now, frames, packets, state }: Sample): Verdict {
    if (state === 'failed' || state === 'closed') return 'restart';
    this.#startedAt ??= now;
    if (this.#uncounted) return this.#recount(now, frames, packets);
    if (packets > this.#packets) {
      if (this.#packets === 0) this.#frameAt = now;
      this.#packets = packets;
      this.#packetAt = now;
    }
    if (frames > this.#frames) {
      this.#frames = frames;
      this.#frameAt = now;
    }
    if (this.#packets === 0) {
      return now - this.#startedAt > this.limits.first_packet_ms ? 'restart' : 'waiting';
    }
    if (now - this.#packetAt > this.limits.packet_ms) return 'restart';
    const still = now - this.#frameAt;
    if (still <= this.limits.frame_ms) {
      this.#asked = 0;
      return this.#frames > 0 ? 'ok' : 'waiting';
    }
    if (still > this.limits.hopeless_ms) return 'restart';
    // Two hundred viewers of one frozen programme must not drown the server.
    const pause = this.limits.keyframe_every_ms * 2 ** Math.min(3, Math.max(0, this.#asked - 1));
    if (now - this.#askedAt < pause) return 'stalled';
    this.#askedAt = now;
    this.#asked += 1;
    return 'keyframe';
  }

  /**
   * The first count after frames were seen says nothing about when they came: the next one does.
   * A timer that was held back (a tab in the background) is not taken for a stall.
   */
  #recount(now: number, frames: number, packets: number): Verdict {
    this.#uncounted = false;
    this.#frames = frames;
    this.#packets = packets;
    const earliest = now - this.limits.frame_ms;
    this.#frameAt = Math.max(this.#frameAt, earliest);
    this.#packetAt = Math.max(this.#packetAt, earliest);
    return 'ok';
  }
}
