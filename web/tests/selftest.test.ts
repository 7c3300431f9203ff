import { describe, expect, it } from 'vitest';
import { chirp, returned, thinned } from '../src/lib/chirp.ts';
import { codeDigits, codeInFragment, grouped, pathOf } from '../src/lib/code.ts';
import { countdown } from '../src/lib/countdown.ts';
import { keepPlace, places, reachOf, within } from '../src/lib/ptz.ts';
import { camera, codec, echo, loudspeaker, microphone, network, results, type Fault, type Line, type Picture } from '../src/lib/selftest.ts';
import { roomKey } from '../src/keys.ts';
import { isNobodys, route } from '../src/lib/session.ts';
import { held, isOpen, letGo, pressed, heard, type MicState } from '../src/pages/site/microphone.ts';
import { texts } from '../src/i18n/catalogue.ts';

const picture: Picture = { width: 1280, height: 720, fps: 25, brightness: 120, contrast: 40, still: 0, looks: 12 };
const sound = { loudest_db: -24, peak_db: -9, clipped_pct: 0 };
const line: Line = { status: 201, connected: true, h264: true, sent: 'video/H264', rtt_ms: 12, loss_pct: 0, jitter_ms: 3, kbps: 900, fps: 25 };

describe('the camera', () => {
  it.each<[string, Fault | null, ReturnType<typeof camera>]>([
    ['is fine', null, camera(null, picture)],
    ['is not there', 'camera_missing', camera('missing')],
    ['is not permitted', 'camera_denied', camera('denied')],
    ['is in use', 'camera_busy', camera('busy')],
    ['is black', 'camera_black', camera(null, { ...picture, brightness: 16, contrast: 0, still: 11 })],
    ['is a dark room, not black', null, camera(null, { ...picture, brightness: 14, contrast: 9 })],
    ['is frozen', 'camera_frozen', camera(null, { ...picture, still: 11 })],
    ['gives no frames', 'camera_frozen', camera(null, { ...picture, looks: 0, fps: 0 })],
    ['stands still for a moment, as a quiet room does', null, camera(null, { ...picture, still: 6 })],
    ['froze a while ago', 'camera_frozen', camera(null, { ...picture, still: 8 })],
    ['is slow', 'camera_slow', camera(null, { ...picture, fps: 6 })],
  ])('%s', (_, fault, verdict) => expect(verdict.fault).toBe(fault));
});

describe('the microphone', () => {
  it.each<[string, Fault | null, ReturnType<typeof microphone>]>([
    ['is fine', null, microphone(sound)],
    ['is not there', 'mic_missing', microphone(undefined)],
    ['is silent', 'mic_silent', microphone({ loudest_db: -100, peak_db: -100, clipped_pct: 0 })],
    ['is quiet', 'mic_quiet', microphone({ ...sound, loudest_db: -55 })],
    ['distorts', 'mic_clipping', microphone({ ...sound, loudest_db: -3, peak_db: 0, clipped_pct: 18 })],
  ])('%s', (_, fault, verdict) => expect(verdict.fault).toBe(fault));
});

describe('the line', () => {
  it.each<[string, Fault | null, Line]>([
    ['is fine', null, line],
    ['blocks UDP: the server answered, no packet came', 'udp_blocked', { status: 201, connected: false, h264: true }],
    ['has no MCU', 'mcu_away', { status: 503, problem: 'urn:diemcau:mcu-away', connected: false, h264: true }],
    ['is refused', 'server_refuses', { status: 403, connected: false, h264: true }],
    ['is in use', 'line_in_use', { status: 409, problem: 'urn:diemcau:already-publishing', connected: false, h264: true }],
    ['loses', 'line_lossy', { ...line, loss_pct: 4 }],
    ['is far', 'line_far', { ...line, rtt_ms: 220 }],
    ['is uneven', 'line_far', { ...line, jitter_ms: 90 }],
    ['is narrow', 'line_narrow', { ...line, kbps: 90 }],
  ])('%s', (_, fault, found) => expect(network(found)?.fault).toBe(fault));

  it('is not blamed for the codec', () => {
    const refused: Line = { status: 422, connected: false, h264: false };
    expect(network(refused)).toBeUndefined();
    expect(codec(refused)?.fault).toBe('codec_missing');
  });
  it.each<[Fault | null | undefined, Line]>([
    [null, line],
    ['codec_other', { ...line, sent: 'video/VP8' }],
    ['codec_missing', { ...line, h264: false, sent: 'video/VP8' }],
    [undefined, { status: 201, connected: false, h264: true }],
  ])('codec %s', (fault, found) => expect(codec(found)?.fault).toBe(fault));
});

describe('what is kept', () => {
  it('is in the order of the test, and a failure is explained', () => {
    const kept = results([network(line), loudspeaker(false), camera(null, picture)].filter((v) => v !== undefined), (fault) => texts[`test.${fault}`][0]);
    expect(kept.map((one) => one.item)).toEqual(['camera', 'loudspeaker', 'network']);
    expect(kept[1]).toEqual({ item: 'loudspeaker', passed: false, note: 'Không nghe thấy loa', figures: {} });
    expect(kept[2]?.figures).toEqual({ rtt_ms: 12, loss_pct: 0, jitter_ms: 3, kbps: 900, fps: 25 });
  });
});

describe('the echo', () => {
  const rate = 16_000;
  const sent = chirp(rate);
  const room = (gain: number, delay: number, noise: (n: number) => number) =>
    Float32Array.from({ length: 1.2 * rate }, (_, n) => gain * (sent[n - delay] ?? 0) + noise(n));
  const hiss = (n: number) => 0.002 * Math.sin(n * n * 0.37);
  const found = (samples: Float32Array) => echo(returned(thinned(samples, 2), thinned(sent, 2)));

  it.each([0, 1200, 7000])('that comes back after %i samples is found, as loud as it is', (delay) => {
    const verdict = found(room(0.1, delay, hiss));
    expect(verdict.fault).toBe('echo');
    expect(verdict.figures.return_db).toBeCloseTo(-20, 0);
  });
  it('is not seen in silence, in hiss or in a tone', () => {
    expect(found(room(0, 0, () => 0)).fault).toBeNull();
    expect(found(room(0, 0, (n) => 20 * hiss(n))).fault).toBeNull();
    expect(found(room(0, 0, (n) => 0.4 * Math.sin((n * 2 * Math.PI * 440) / rate))).fault).toBeNull();
  });
  it('that is cancelled well enough is none', () => {
    expect(found(room(0.005, 900, hiss)).fault).toBeNull();
  });
});

describe('push to talk', () => {
  const mic = (on: boolean, serverMuted: boolean): MicState => ({ on, serverMuted, asked: false, held: false });
  it('opens as long as it is held, and the server is told', () => {
    const down = held(mic(false, true));
    expect(down.order).toEqual({ mute: false });
    const open = heard(down.mic, false, false).mic;
    expect(isOpen(open)).toBe(true);
    const up = letGo(open);
    expect([isOpen(up.mic), up.order]).toEqual([false, { mute: true }]);
  });
  it('leaves an open microphone alone', () => {
    const down = held(mic(true, false));
    expect(down.order).toBeUndefined();
    expect(letGo(down.mic).mic.on).toBe(true);
  });
  it('that was turned on meanwhile stays on', () => {
    const off = pressed(heard(held(mic(false, true)).mic, false, false).mic);
    const on = pressed(heard(off.mic, true, false).mic);
    expect(letGo(on.mic).mic.on).toBe(true);
  });
});

describe('a camera that moves', () => {
  const reach = reachOf({ zoom: { min: 100, max: 400, step: 10 }, pan: { min: 0, max: 0 }, tilt: {}, width: { min: 1, max: 2 } });
  it('has the axes that have a range', () => expect(reach).toEqual({ zoom: { min: 100, max: 400, step: 10 } }));
  it('is aimed within them', () => expect(within({ zoom: 900, pan: 5 }, reach)).toEqual({ zoom: 400 }));
  it('keeps its places on this computer, each camera its own', () => {
    const map = new Map<string, string>();
    const storage = { getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value) };
    keepPlace(storage, 'A', 2, { zoom: 150 });
    keepPlace(storage, 'A', 1, { zoom: 100 });
    expect(places(storage, 'A')).toEqual({ 1: { zoom: 100 }, 2: { zoom: 150 } });
    expect(places(storage, 'B')).toEqual({});
    map.set('diemcau.camera:A', 'null');
    expect(places(storage, 'A')).toEqual({});
  });
});

describe('codes, addresses, keys', () => {
  it.each([['123456789', '123-456-789'], ['123 456', '123-456'], ['12a3', '123'], ['1234567890', '123-456-789'], ['', '']])(
    '%s is %s', (typed, shown) => expect(grouped(typed)).toBe(shown),
  );
  it('are taken from a QR code', () => {
    expect(codeInFragment('#code=123456789')).toBe('123456789');
    expect(codeInFragment('#code=123')).toBeUndefined();
    expect(codeDigits('123-456-789')).toBe('123456789');
  });
  it('lead to this server and no other', () => expect(pathOf('https://elsewhere.vn/c/c1/site/a#token=t')).toBe('/c/c1/site/a#token=t'));
  it.each(['/join', '/kiosk'])('%s is nobody\'s page', (path) => expect(isNobodys(route(path))).toBe(true));
  it('count down', () => {
    expect([countdown(0), countdown(59_001), countdown(3_909_000), countdown(-5)]).toEqual(['0:00', '1:00', '1:05:09', '0:00']);
  });
  it('of a room work whatever the input method gives', () => {
    expect(roomKey({ key: ' ', code: 'Space' })).toBe('talk');
    expect(roomKey({ key: 'ư', code: 'KeyM' })).toBe('mute');
    expect(roomKey({ key: '?', code: 'Slash' })).toBe('help');
    expect(roomKey({ key: 'z', code: 'KeyZ' })).toBeUndefined();
  });
});
