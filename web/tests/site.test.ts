import { describe, expect, it } from 'vitest';
import { h264First } from '../src/lib/whip.ts';
import { pageOf, route, takeToken } from '../src/lib/session.ts';
import { Backoff } from '../src/lib/backoff.ts';
import { recall, remember } from '../src/pages/site/memory.ts';
import { heard, isMutedByControl, isOpen, pressed, type MicState } from '../src/pages/site/microphone.ts';

class FakeStorage {
  readonly map = new Map<string, string>();
  getItem = (key: string) => this.map.get(key) ?? null;
  setItem = (key: string, value: string) => void this.map.set(key, value);
}

const mic = (on: boolean, serverMuted?: boolean): MicState => ({ on, serverMuted, asked: false, held: false });

describe('the microphone', () => {
  it('is closed and opened by the room, and the server is told', () => {
    const off = pressed(mic(true, false));
    expect(off).toEqual({ mic: mic(false, false), order: { mute: true } });
    expect(pressed(off.mic)).toEqual({ mic: mic(true, false), order: { mute: false } });
  });
  it('muted by the control room: the room sees it and may ask for it back', () => {
    const { mic: after, order } = heard(mic(true, false), true, false);
    expect(order).toBeUndefined();
    expect([isOpen(after), isMutedByControl(after)]).toEqual([false, true]);
    expect(pressed(after).order).toEqual({ mute: false });
  });
  it('is never opened from afar: the room is asked', () => {
    const { mic: after } = heard(mic(false, true), false, false);
    expect(isOpen(after)).toBe(false);
    expect(after.asked).toBe(true);
    expect(pressed(after).mic).toMatchObject({ on: true, asked: false });
    expect(heard(after, true, false).mic.asked).toBe(false);
  });
  it('that was off before a reload is off for the server too', () => {
    expect(heard(mic(false), false, true).order).toEqual({ mute: true });
    expect(heard(mic(false), true, true).order).toBeUndefined();
    expect(heard(mic(true), true, true).order).toBeUndefined();
  });
});

describe('what a tab remembers', () => {
  it('survives a reload, each site for itself, and a broken store', () => {
    const storage = new FakeStorage();
    remember(storage, 'c1', 'a', { joined: true, micOn: false, devices: { camera: 'x' } });
    expect(recall(storage, 'c1', 'a')).toEqual({ joined: true, micOn: false, devices: { camera: 'x' } });
    expect(recall(storage, 'c1', 'b').joined).toBe(false);
    storage.setItem('diemcau.site:c1/a', '{broken');
    expect(recall(storage, 'c1', 'a').joined).toBe(false);
  });
  it('takes the token out of the address bar and keeps it by path', () => {
    const storage = new FakeStorage();
    let shown = '';
    const history = { replaceState: (_: unknown, __: string, url: string) => (shown = url) } as unknown as History;
    const at = (pathname: string, hash: string) => ({ pathname, hash, search: '?autojoin=1' }) as Location;
    expect(takeToken(at('/c/c1/control', '#token=a.b.c'), history, storage)).toBe('a.b.c');
    expect(shown).toBe('/c/c1/control?autojoin=1');
    expect(takeToken(at('/c/c1/control/', ''), history, storage)).toBe('a.b.c');
    expect(takeToken(at('/c/c1/chair', ''), history, storage)).toBeNull();
  });
});

describe('addresses', () => {
  it.each([
    ['/', { page: 'home' }],
    ['/c/c1', { page: 'entry', conference: 'c1' }],
    ['/c/c1/control', { page: 'control', conference: 'c1' }],
    ['/c/c1/site/x-12/', { page: 'site', conference: 'c1', site: 'x-12' }],
    ['/c/c1/site', { page: 'unknown' }],
    ['/c/C1/control', { page: 'unknown' }],
  ])('%s', (path, expected) => expect(route(path)).toEqual(expected));
});

describe('a link that names only the conference', () => {
  it.each([
    ['operator', undefined, '/c/c1/control'],
    ['chair', undefined, '/c/c1/chair'],
    ['viewer', undefined, '/c/c1/screen'],
    ['site', 'x12', '/c/c1/site/x12'],
  ] as const)('%s %s → %s', (role, site, path) => {
    expect(pageOf(role, 'c1', site)).toBe(path);
    expect(route(path).page).not.toBe('unknown');
  });
});

describe('codecs to offer', () => {
  const codec = (mimeType: string, sdpFmtpLine?: string) => ({ mimeType, ...(sdpFmtpLine ? { sdpFmtpLine } : {}) });
  const h264 = (profile: string, mode: number) =>
    codec('video/H264', `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`);
  it('are constrained baseline first, packetization mode 1 before 0, no other profile', () => {
    const list = [codec('video/VP8'), h264('640032', 1), h264('42001f', 1), h264('42e01f', 0), h264('42e01f', 1), codec('video/rtx')];
    expect(h264First(list)).toEqual([list[4], list[3], list[2], list[5]]);
  });
  it('are none where the browser has no baseline H.264, so that the server can say so', () => {
    expect(h264First([codec('video/VP8'), h264('640032', 1), codec('video/rtx')])).toEqual([]);
  });
});

describe('back-off', () => {
  it('doubles to its limit and starts again', () => {
    const backoff = new Backoff(200, 2000, () => 0.5);
    expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([200, 400, 800, 1600, 2000]);
    backoff.reset();
    expect(backoff.next()).toBe(200);
  });
});
