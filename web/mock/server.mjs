/**
 * `npm run mock`: docs/protocol.md sections 1, 2 and 6 in memory, so that the pages can be worked on without
 * Python, database or media. WHIP and WHEP answer 503: the monitors show "no signal". It also serves the
 * built pages, so one process is enough to look at them. Tokens are `operator`, `chair`, `viewer` and a
 * site's id; accounts: mock/office/people.mjs. Extra, for tests of the pages: POST /mock/{cut,state} drops sockets, patches the state.
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
underWay(conferences.get('c1'));
let away = false;

function identify(token) {
  const expires_at = new Date(Date.now() + 12 * 3600e3).toISOString();
  const conference = 'c1';
  const { title } = conferences.get('c1')?.state.conference ?? { title: '' };
  if (token === 'operator') return { role: 'operator', expires_at, title };
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

function linkOf(id, { role, site }, host) {
  const token = role === 'site' ? site : role;
  return { url: `http://${host}/c/${id}#token=${token}`, token, expires_at: new Date(Date.now() + 12 * 3600e3).toISOString() };
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
  if (method === 'DELETE' && !verb) {
    conferences.delete(id);
    for (const socket of conference.sockets) socket.close(4410);
    return {};
  }
  if (method === 'POST' && verb === 'links') return linkOf(id, body, host);
  const done = directed(method, verb ?? '', conference, body, me);
  if (done) return done.answer;
  if (method === 'POST' && verbs[verb]) return verbs[verb](conference, body) ?? {};
  throw new Refusal(404, 'Không có lệnh này', 'No such call');
}

function api(method, path, body, token, host, query) {
  if (path === '/api/health') return { status: 'ok', version: 'mock' };
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
  } else if (path === '/mock/state') {
    const { state } = conferences.get('c1');
    for (const [id, change] of Object.entries(body.sites ?? {})) Object.assign(state.sites[id], change);
    for (const [id, change] of Object.entries(body.mcus ?? {})) Object.assign(state.mcus[id], change);
    Object.assign(state.conference, body.conference);
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
        identify(JSON.parse(String(data)).token);
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
      ws.send(JSON.stringify(conference.snapshot()));
    });
  });
});
server.listen(port, '127.0.0.1', () => {
  console.log(`mock: http://127.0.0.1:${server.address().port}/c/c1/control#token=operator and / (vanphong, diemcau-2026)`);
});
