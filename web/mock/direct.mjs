/** What an operator does beside taking, and what rooms say: docs/protocol.md section 1, in memory. */
import { changed } from './office/api.mjs';
import { sit, sitting } from './office/dossiers.mjs';
import { Refusal } from './refusal.mjs';
import { endRehearsal, rehearse } from './rehearsal.mjs';

const now = () => new Date().toISOString();
const later = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const LINES = 30;
let last = 0;
const fresh = () => `x${(last += 1)}`;

const script = (c, dossier = c.state.conference.dossier) => sitting(dossier)?.scripts.find((one) => one.approved_at)?.items ?? [];
const sceneOf = (item) => ({ layout: item.layout, sites: item.sites });

/** The programme follows the script: cue, banner, and the item after it in preview. */
export function cued(c, item) {
  const { conference } = c.state;
  const items = script(c);
  Object.assign(conference, { cue: item.id, cue_at: now(), banner: item.banner });
  const next = items[items.indexOf(item) + 1];
  if (next?.sites.length) conference.preview = c.scene(sceneOf(next));
}

export function take(c, { scene, item, reason = '' }) {
  const { conference } = c.state;
  const { program, preview, cue, cue_at, banner } = conference;
  const items = script(c);
  const named = item && items.find((one) => one.id === item);
  if (item && !named) throw new Refusal(404, 'Không có mục này trong kịch bản', 'No such item in the script');
  stopTurn(c);
  conference.slate = '';
  c.take(named ? sceneOf(named) : scene);
  c.former = { program, preview, cue, cue_at, banner };
  conference.undo = true;
  const place = items.findIndex((one) => one.id === cue);
  const shown = conference.program.sites.filter(Boolean).sort().join();
  const found = [items[place], items[place + 1]].find((one) => one && [...one.sites].sort().join() === shown);
  if (named || found) cued(c, named ?? found);
  const inStep = named ? [place, place + 1].includes(items.indexOf(named)) : found;
  if (!inStep && items.length) {
    sitting(conference.dossier).departures.unshift({ id: fresh(), at: now(), by: 'kythuat', sites: conference.program.sites, reason });
    changed(conference.dossier, 'Departure');
  }
  c.changed();
}

function undo(c) {
  if (!c.former) throw new Refusal(409, 'Không có lần lên hình nào để hoàn tác', 'There is no take to undo');
  Object.assign(c.state.conference, c.former, { undo: false });
  c.former = undefined;
  c.changed();
}

function floor(c, { site }) {
  for (const one of Object.values(c.state.sites)) one.muted = ![site, c.state.conference.chair].includes(one.id);
  hand(c, site, false);
}

export function hand(c, site, up) {
  const rest = c.state.conference.hands.filter((one) => one.site !== site);
  c.state.conference.hands = up ? [...rest, { site, at: now() }] : rest;
  c.changed();
}

function stopTurn(c) {
  clearInterval(c.turning);
  delete c.state.conference.turn;
}

function turn(c, { sites, seconds }) {
  if (sites.length < 2) throw new Refusal(422, 'Hãy chọn từ hai điểm cầu trở lên', 'Choose two sites or more');
  stopTurn(c);
  const full = (site) => c.scene({ layout: 'full', sites: [site] });
  const show = (place) => {
    Object.assign(c.state.conference, { turn: { sites, seconds, place, since: now() }, program: full(sites[place]), preview: full(sites[(place + 1) % sites.length]) });
    c.changed();
  };
  show(0);
  c.turning = setInterval(() => show((c.state.conference.turn.place + 1) % sites.length), seconds * 1000);
  c.turning.unref();
}

function set(c, members) {
  Object.assign(c.state.conference, members);
  c.changed();
}

function say(c, site, { text }, room) {
  const line = { id: fresh(), at: now(), by: room ? `link:site:${site}` : 'account:kythuat', text, room };
  c.state.talk[site] = [...(c.state.talk[site] ?? []), line].slice(-LINES);
  c.changed();
  return line;
}

function report(c, site, { text, figures = {} }) {
  const one = { id: fresh(), site, at: now(), by: `link:site:${site}`, text, figures, source: 'room', state: 'reported', steps: {} };
  c.state.incidents[one.id] = one;
  c.changed();
  return one;
}

const STATES = ['taken', 'cause-known', 'carrier-told', 'chair-told', 'mended', 'closed'];

function step(c, id, name, words, me) {
  const one = c.state.incidents[id];
  if (!one) throw new Refusal(404, 'Không có sự cố này', 'No such incident');
  if (name === 'closed' && !one.steps.mended) throw new Refusal(409, 'Hãy ghi cách khắc phục trước khi khép sự cố', 'Say what was done first');
  const stamp = { at: now(), by: me.account ?? `link:${me.role}` };
  one.steps = { ...(name === 'chair-heard' || name === 'carrier-answered' ? {} : { taken: stamp }), [name]: stamp, ...one.steps };
  Object.assign(one, words, { state: STATES.findLast((state) => one.steps[state]) ?? 'reported' });
  c.changed();
  return one;
}

/** What mended it there before. */
function help(c, id) {
  const { site } = c.state.incidents[id];
  const cures = Object.values(c.state.incidents).filter((one) => one.id !== id && one.site === site && one.steps.closed);
  return { carrier: 'VNPT Vĩnh Phúc', cures: cures.reverse() };
}

const RATE = 210_000;
const FREE = 380e9;
function record(c, { on }) {
  const before = c.state.conference.recording;
  clearInterval(c.recorder);
  if (!on) return set(c, { recording: { ...before, state: 'stopped', plays: true } });
  const recording = { number: (before?.number ?? 0) + 1, state: 'recording', started_at: now(), seconds: 0, bytes: 0, free_bytes: FREE };
  set(c, { recording });
  c.recorder = setInterval(() => {
    const seconds = Math.round((Date.now() - Date.parse(recording.started_at)) / 1000);
    if (c.state.conference.recording.state === 'recording') set(c, { recording: { ...recording, seconds, bytes: seconds * RATE, free_bytes: FREE - seconds * RATE, plays: true } });
  }, 1000);
  c.recorder.unref();
  return {};
}

/** `[method, pattern of what follows the conference, what]`. */
const calls = [
  ['POST', /^take$/, (c, body) => take(c, body)],
  ['POST', /^undo$/, (c) => undo(c)],
  ['POST', /^floor$/, (c, body) => floor(c, body)],
  ['PUT', /^turn$/, (c, body) => turn(c, body)],
  ['DELETE', /^turn$/, (c) => { stopTurn(c); c.changed(); }],
  ['PUT', /^clock$/, (c, { on }) => set(c, { clock: on })],
  ['PUT', /^lock$/, (c, { on }) => set(c, { locked: on })],
  ['PUT', /^slate$/, (c, { text }) => set(c, { slate: text })],
  ['POST', /^extend$/, (c, { minutes }) => set(c, { ends_at: new Date(Date.parse(c.state.conference.ends_at) + minutes * 60_000).toISOString() })],
  ['PUT', /^hands\/([^/]+)$/, (c, _, { part }) => hand(c, part, true)],
  ['DELETE', /^hands\/([^/]+)$/, (c, _, { part }) => hand(c, part, false)],
  ['POST', /^chat\/([^/]+)$/, (c, body, { part, me }) => say(c, part, body, me.role === 'site')],
  ['POST', /^incidents\/([^/]+)$/, (c, body, { part }) => report(c, part, body)],
  ['PUT', /^shown\/([^/]+)$/, (c, _, { part, me }) => c.shown(part, me.account ?? `link:${me.role}`)],
  ['PATCH', /^incidents\/([^/]+)$/, (c, { state, ...words }, { part, me }) => step(c, part, state, words, me)],
  ['POST', /^incidents\/([^/]+)\/answer$/, (c, body, { part, me }) => step(c, part, 'carrier-answered', body, me)],
  ['POST', /^incidents\/([^/]+)\/heard$/, (c, _, { part, me }) => step(c, part, 'chair-heard', {}, me)],
  ['GET', /^incidents\/([^/]+)\/help$/, (c, _, { part }) => help(c, part)],
  ['POST', /^rehearsal$/, (c, body) => rehearse(c, body)],
  ['DELETE', /^rehearsal$/, (c) => endRehearsal(c)],
  ['POST', /^recording$/, (c, body) => record(c, body)],
  ['GET', /^stills\/([^/]+)$/, (c, _, { part }) => still(c.state.sites[part])],
];

/** `{answer}`, or nothing for another call. */
export function directed(method, rest, conference, body, me) {
  for (const [verb, pattern, what] of calls) {
    const found = verb === method && pattern.exec(rest);
    if (found) return { answer: what(conference, body, { part: found[1], me }) ?? {} };
  }
  return undefined;
}

/** A meeting room, drawn. */
function still(site) {
  const hue = (site.number * 47) % 360;
  const people = Array.from({ length: 3 + (site.number % 3) }, (_, i) => `<g transform="translate(${36 + i * 58} ${96 + (i % 2) * 8})"><circle r="13" fill="hsl(${hue} 24% 72%)"/><path d="M-24 46a24 26 0 0 1 48 0z" fill="hsl(${hue} 30% ${30 + i * 6}%)"/></g>`);
  const file = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="320" height="180"><rect width="320" height="180" fill="hsl(${hue} 22% 26%)"/><rect x="96" y="14" width="128" height="44" fill="#b3202a"/><rect y="138" width="320" height="42" fill="#5a3d28"/>${people.join('')}</svg>`;
  return { file, type: 'image/svg+xml' };
}

const kept = new Map([
  ['hai-ben', { id: 'hai-ben', name: 'Chủ tọa và Sở TT&TT', scene: { layout: 'side-by-side', panes: [[0, 0.25, 0.5, 0.5], [0.5, 0.25, 0.5, 0.5]], sites: ['s-vp-ubnd', 's-vp-tttt'] }, sites: ['s-vp-ubnd', 's-vp-tttt'], at: now(), by: 'account:kythuat' }],
]);

export function scenes(method, id, body, scene) {
  if (method === 'DELETE') return kept.delete(id) ? {} : undefined;
  if (method === 'PUT') kept.set(id, { id, name: body.name, scene: scene(body.scene), sites: body.scene.sites.filter(Boolean), at: now(), by: 'account:kythuat' });
  return method === 'PUT' ? kept.get(id) : [...kept.values()];
}

/** `c1` becomes a session with a dossier, in which something has happened already (`POST /mock/session`). */
export function underWay(c) {
  sit();
  const dossier = sitting('d4');
  c.state.agenda = script(c, 'd4');
  Object.assign(c.state.conference, {
    dossier: 'd4', starts_at: dossier.starts_at, ends_at: dossier.ends_at, cue: 'k1', cue_at: later(-5),
    hands: [{ site: 's-tam-dao', at: later(-2) }, { site: 's-huong-canh', at: later(-0.6) }],
  });
  c.state.talk['s-trung-my'] = [{ id: fresh(), at: later(-4), by: 'link:site:s-trung-my', text: 'Phòng họp đã đủ đại biểu, xin phép báo cáo.', room: true }];
  report(c, 's-dai-dinh', { text: 'Hình giật, tiếng ngắt quãng', figures: { rtt_ms: 212, loss_pct: 4.1 } });
}
