/**
 * `npm run mock`: docs/protocol.md sections 1, 2 and 6 in memory, so that the pages can be worked on without
 * Python, database or media. WHIP and WHEP answer 503: the monitors show "no signal". It also serves the
 * built pages, so one process is enough to look at them. Tokens are `operator`, `chair`, `viewer` and a
 * site's id; accounts: mock/office/people.mjs. Extra, for tests of the pages: POST /mock/{cut,state,guided,kiosk} drops sockets, patches the
 * state, makes an MCU one of another make, says what the room computer (`/kiosk#token=kiosk`) is told. Code 111-222-333 is good, 999-999-999 has expired.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { MockConference } from './conference.mjs';
import { directed, scenes, underWay } from './direct.mjs';
import { directorySites, layouts, mcus, units } from './data.mjs';
import { listen, officeCall, whoIs } from './office/api.mjs';
import { Refusal } from './refusal.mjs';

const port = Number(process.env.PORT ?? 8099);
const built = fileURLToPath(new URL('../../src/diemcau/api/static/', import.meta.url));
const conferences = new Map([['c1', new MockConference('c1', 'Phiên họp UBND tỉnh thường kỳ tháng 11 năm 2026')]]);
let away = false;
const QR = '<svg viewBox="0 0 21 21"><path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 3h2v2H9zM12 8h3v3h-3zM8 9h3v4H8zM15 15h4v2h-4zM10 16h3v4h-3z"/></svg>';

function identify(token) {
  const expires_at = new Date(Date.now() + 12 * 3600e3).toISOString();
  const conference = 'c1';
  const { title } = conferences.get('c1')?.state.conference ?? { title: '' };
  if (token === 'operator') return { role: 'operator', expires_at, title };
  if (token === 'expired') throw new Refusal(401, 'Mã truy cập đã hết hạn', 'The token has expired', 'Mã hết hạn lúc 2026-11-24 01:00 UTC; hãy xin đường dẫn mới.', 'It expired at 2026-11-24 01:00 UTC; ask for a new link.', 'token-expired');
  if (token === 'elsewhere') return { role: 'chair', conference: 'c9', title: 'Họp giao ban huyện Sông Lô', expires_at };
  if (token === 'chair' || token === 'viewer') return { role: token, conference, title, expires_at };
  if (directorySites.some((site) => site.id === token)) return { role: 'site', site: token, conference, title, expires_at };
  const account = whoIs(token);
  if (account) return account;
  throw new Refusal(401, 'Mã truy cập không hợp lệ', 'Bad token');
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** The MCUs that an account runs, if it runs any and is not the province's own. */
function ownMcus(me) {
  const own = mcus.filter((mcu) => (me.grants ?? []).some((grant) => grant.unit === mcu.unit)).map((mcu) => mcu.id);
  return own.includes('vinh-phuc') || own.length === 0 ? undefined : own;
}

function linkOf(id, { role, site }, host) {
  const token = role === 'site' ? site : role;
  const link = { url: `http://${host}/c/${id}#token=${token}`, token, expires_at: new Date(Date.now() + 12 * 3600e3).toISOString() };
  if (role === 'operator') return link;
  const digits = String(123456789 + codes.size);
  codes.set(digits, link);
  return { ...link, code: digits.replace(/(...)(?=.)/g, '$1-'), qr: QR };
}

/** Short codes, by their digits; the one of a commune is always there, another has expired. */
const codes = new Map();
codes.set('111222333', { url: `http://127.0.0.1:${port}/c/c1/site/s-dao-duc#token=s-dao-duc`, token: 's-dao-duc', expires_at: new Date(Date.now() + 12 * 3600e3).toISOString() });

function byCode(code) {
  const digits = String(code).replace(/\D/g, '');
  if (digits === '999999999') throw new Refusal(401, 'Mã vào họp đã hết hạn', 'The code has expired', 'Hãy xin phòng điều khiển mã mới.', 'Ask the control room for a new one.', 'code-expired');
  if (!codes.has(digits)) throw new Refusal(404, 'Không có mã này', 'No such code', 'Kiểm tra lại từng chữ số.', 'Check each digit.', 'code-unknown');
  return codes.get(digits);
}

/** What the room computer is told; `POST /mock/kiosk` changes it. */
let kiosk = { minutes: 12, open: false, token: 'kiosk' };

function waiting(token, host) {
  if (token !== kiosk.token) throw new Refusal(401, 'Mã truy cập không hợp lệ', 'The token is not valid', 'Hãy xin đường dẫn mới.', 'Ask for a new link.', 'token-invalid');
  const session = kiosk.open ? { session: { ...codes.get('111222333'), url: `http://${host}/c/c1/site/s-dao-duc#token=s-dao-duc` } } : {};
  const next = kiosk.minutes === null ? {} : { next: { title: 'Giao ban phòng chống thiên tai', starts_at: new Date(Date.now() + kiosk.minutes * 60e3).toISOString() } };
  return { site: 's-dao-duc', name: 'UBND xã Đạo Đức', now: new Date().toISOString(), ...session, ...next };
}

const verbs = {
  preview: (c, { scene }) => c.preview(scene),
  call: (c, { site }) => c.call(site),
  release: (c) => c.release(),
  mute: (c, { site, muted }) => c.mute(site, muted),
  'mute-all': (c, { except }) => c.muteAll(except),
  banner: (c, { text }) => c.banner(text),
};

function conferenceCall(method, id, verb, body, host, me) {
  const conference = conferences.get(id);
  if (!conference) throw new Refusal(404, 'Không có phiên họp này', 'No such conference');
  if (method === 'GET' && !verb) return conference.snapshot();
  if (method === 'GET' && verb === 'units') return units;
  if ((method === 'DELETE' && !verb) || verb === 'end') {
    conferences.delete(id);
    for (const socket of conference.sockets) socket.close(4410);
    return {};
  }
  if (method === 'POST' && verb === 'links') return linkOf(id, body, host);
  const test = /^self-test\/([^/]+)$/.exec(verb ?? '')?.[1];
  if (test) return method === 'PUT' ? conference.keepTest(test, `link:${me.site ?? me.role ?? me.account}`, body) : (conference.tests.get(test) ?? {});
  const done = directed(method, verb ?? '', conference, body, me);
  if (done) return done.answer;
  if (method === 'POST' && verbs[verb]) return verbs[verb](conference, body) ?? {};
  throw new Refusal(404, 'Không có lệnh này', 'No such call');
}

function api(method, path, body, token, host, query) {
  if (path === '/api/health') return { status: 'ok', version: 'mock' };
  if (path === '/api/codes') return byCode(body.code);
  if (path === '/api/kiosk') return waiting(body.token, host);
  const office = path === '/api/me' && token === 'operator' ? undefined : officeCall(method, path, body, token, host, query, conferences);
  if (office) return office.answer;
  const me = identify(token);
  if (path === '/api/me') return me;
  if (path === '/api/layouts') return layouts;
  if (path === '/api/directory') return { units, sites: directorySites, mcus };
  if (path === '/api/conferences' && method === 'GET') return [...conferences.values()].map((c) => c.state.conference);
  if (path === '/api/conferences') {
    const id = `c${conferences.size + 1}`;
    conferences.set(id, new MockConference(id, body.title, body.sites));
    return conferences.get(id).state.conference;
  }
  const found = /^\/api\/conferences\/([^/]+)(?:\/(.+))?$/.exec(path);
  if (found) return conferenceCall(method, found[1], found[2], body, host, me);
  const scene = /^\/api\/scenes(?:\/([^/]+))?$/.exec(path);
  if (scene) return scenes(method, scene[1], body, (order) => conferences.get('c1').scene(order));
  throw new Refusal(404, 'Không có', 'Not found');
}

function control(path, body) {
  if (path === '/mock/cut') {
    away = body.away ?? false;
    for (const { sockets } of conferences.values()) for (const socket of sockets) socket.terminate();
  } else if (path === '/mock/session') {
    underWay(conferences.get('c1'));
  } else if (path === '/mock/guided') {
    conferences.get('c1').guide(body.mcu, body.gateway);
  } else if (path === '/mock/kiosk') {
    kiosk = { ...kiosk, ...body };
  } else if (path === '/mock/state') {
    const { state } = conferences.get('c1');
    for (const [id, change] of Object.entries(body.sites ?? {})) Object.assign(state.sites[id], change);
    for (const [id, change] of Object.entries(body.mcus ?? {})) Object.assign(state.mcus[id], change);
    Object.assign(state.conference, body.conference);
    state.alarms = body.alarms ?? state.alarms;
    conferences.get('c1').tell();
  }
  return {};
}

/** As strict as the server's own, so that a page that needs more fails here already. */
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self';" +
  " style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

async function page(path) {
  const asset = /^\/assets\/[\w.-]+$/.test(path) ? path.slice(1) : 'index.html';
  const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' };
  return { type: types[asset.split('.').pop()] ?? 'application/octet-stream', data: await readFile(built + asset) };
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://mock');
  const json = (status, body, type = 'application/json') => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(JSON.stringify(body));
  };
  try {
    const text = await bodyOf(request);
    if (/^\/wh[ie]p\//.test(pathname)) {
      if (process.env.VERBOSE) console.log(request.method, pathname);
      throw new Refusal(503, 'Máy chủ mẫu không có hình', 'The mock has no media');
    }
    if (pathname.startsWith('/mock/')) return json(200, control(pathname, JSON.parse(text || '{}')));
    if (pathname.startsWith('/api/')) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const body = text && request.headers['content-type'] === 'application/json' ? JSON.parse(text) : {};
      const result = api(request.method, pathname, body, token, request.headers.host, searchParams);
      if (!result?.file) return json(200, result);
      response.writeHead(200, { 'Content-Type': result.type });
      return response.end(result.file);
    }
    const { type, data } = await page(pathname);
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY });
    return response.end(data);
  } catch (error) {
    const problem = error.problem ?? { type: 'about:blank', title: error.message, title_en: error.message, status: 500 };
    return json(problem.status, problem, 'application/problem+json');
  }
}

const server = createServer((request, response) => void answer(request, response));
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  if (request.url === '/api/events' && !away) return sockets.handleUpgrade(request, socket, head, listen);
  const id = /^\/api\/conferences\/([^/]+)\/events$/.exec(request.url)?.[1];
  if (!id || away) return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.once('message', (data) => {
      try {
        ws.own = ownMcus(identify(JSON.parse(String(data)).token));
      } catch {
        return ws.close(4401);
      }
      const conference = conferences.get(id);
      if (!conference) return ws.close(4404);
      conference.sockets.add(ws);
      ws.on('close', () => conference.sockets.delete(ws));
      ws.on('message', (text) => {
        const message = JSON.parse(String(text));
        if (message.type === 'quality' && process.env.VERBOSE) console.log(message.quality);
      });
      conference.show(ws);
    });
  });
});
server.listen(port, '127.0.0.1', () => {
  console.log(`mock: http://127.0.0.1:${server.address().port}/c/c1/control#token=operator and / (vanphong, diemcau-2026)`);
});
