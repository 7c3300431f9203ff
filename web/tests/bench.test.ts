import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bench } from '../src/pages/site/bench.svelte.ts';

type Kind = 'audio' | 'video';
type Wanted = Record<Kind, false | { deviceId?: { exact: string } }>;

/** A computer whose devices are plugged in and out: the first of a kind is the system's choice. */
class Computer extends EventTarget {
  plugged: string[] = ['webcam', 'inside', 'ptz', 'usb'];
  /** What waits for a person who is asked whether the page may. */
  asked: (() => void)[] = [];
  asks = false;

  static kind = (id: string): Kind => (id === 'inside' || id === 'usb' ? 'audio' : 'video');

  enumerateDevices = () =>
    Promise.resolve(this.plugged.map((deviceId) => ({ deviceId, kind: `${Computer.kind(deviceId)}input` })));

  given: MediaStream[] = [];

  getUserMedia = async (wanted: Wanted) => {
    if (this.asks) await new Promise<void>((resolve) => this.asked.push(resolve));
    const kinds = (['audio', 'video'] as const).filter((kind) => wanted[kind]);
    const made = stream(kinds.map((kind) => this.#find(kind, wanted[kind] || {})));
    this.given.push(made);
    return made;
  };

  plug(...plugged: string[]): void {
    this.plugged = plugged;
    this.dispatchEvent(new Event('devicechange'));
  }

  #find(kind: Kind, { deviceId }: { deviceId?: { exact: string } }): string {
    const found = this.plugged.find((id) => Computer.kind(id) === kind && (!deviceId || id === deviceId.exact));
    if (!found) throw new DOMException('', deviceId ? 'OverconstrainedError' : 'NotFoundError');
    return found;
  }
}

function stream(ids: string[]): MediaStream {
  const tracks = ids.map((id) => ({
    kind: Computer.kind(id),
    readyState: 'live',
    onended: null as (() => void) | null,
    getSettings: () => ({ deviceId: id }),
    stop() {
      this.readyState = 'ended';
    },
  }));
  const of = (kind: Kind) => tracks.filter((track) => track.kind === kind);
  const made = { getTracks: () => tracks, getAudioTracks: () => of('audio'), getVideoTracks: () => of('video') };
  return made as unknown as MediaStream;
}

describe('camera and microphone', () => {
  let computer: Computer;
  let bench: Bench;
  let stop: () => void;

  const used = () => bench.media?.getTracks().map((track) => track.getSettings().deviceId).sort();
  const settled = () => vi.waitFor(() => expect(bench.devices).not.toEqual([]));
  const uses = (...ids: string[]) => vi.waitFor(() => expect(used()).toEqual(ids.sort()));

  function unplug(id: string): void {
    const track = bench.media?.getTracks().find((one) => one.getSettings().deviceId === id);
    computer.plug(...computer.plugged.filter((one) => one !== id));
    (track?.onended as (() => void) | null)?.();
  }

  beforeEach(async () => {
    computer = new Computer();
    vi.stubGlobal('navigator', { mediaDevices: computer });
    bench = new Bench();
    stop = bench.start();
    await settled();
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
  });

  it('keep the picked camera when the microphone is pulled out, and take the microphone again when it is back', async () => {
    await bench.pick({ camera: 'ptz', microphone: 'usb' });
    await uses('ptz', 'usb');
    unplug('usb');
    await uses('inside', 'ptz');
    computer.plug('webcam', 'inside', 'ptz', 'usb');
    await uses('ptz', 'usb');
  });

  it('are the picked camera alone in a room without a microphone', async () => {
    computer.plug('webcam', 'ptz');
    await bench.pick({ camera: 'ptz' });
    await uses('ptz');
  });

  it('are those picked last, also while the browser asks for the former', async () => {
    computer.asks = true;
    const first = bench.pick({ camera: 'webcam' });
    const last = bench.pick({ camera: 'ptz' });
    await vi.waitFor(() => expect(computer.asked).toHaveLength(1));
    computer.asks = false;
    computer.asked.forEach((allow) => allow());
    await Promise.all([first, last]);
    expect(used()).toEqual(['inside', 'ptz']);
  });

  it('are given back when they come after the page is over, and not asked for again', async () => {
    computer.asks = true;
    const asked = bench.pick({ camera: 'ptz' });
    await vi.waitFor(() => expect(computer.asked).toHaveLength(1));
    stop();
    const next = new Bench();
    const stopNext = next.start();
    await Promise.resolve();
    expect(computer.asked).toHaveLength(1);
    computer.asks = false;
    computer.asked.forEach((allow) => allow());
    await asked;
    expect(bench.media).toBeNull();
    await vi.waitFor(() => expect(next.media).not.toBeNull());
    const states = computer.given.slice(-2).map((made) => made.getTracks().map((track) => track.readyState));
    expect(states).toEqual([['ended', 'ended'], ['live', 'live']]);
    stopNext();
  });
});
