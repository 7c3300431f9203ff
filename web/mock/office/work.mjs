/** The calls of one dossier. */
import { directorySites } from '../data.mjs';
import { MockConference } from '../conference.mjs';
import { Refusal } from '../refusal.mjs';
import { answersOf, dossiers, entries, make, missingOf, record, row, settle, solve, stageOf, stepSites, tell, view } from './dossiers.mjs';
import { items, steps } from './procedure.mjs';

const now = () => new Date().toISOString();
const siteName = (id) => directorySites.find((site) => site.id === id)?.name ?? id;

function checks(dossier) {
  return {
    items,
    steps: steps.filter((step) => step.checks.length).map((step) => ({
      id: step.id, number: step.number, title: step.title, items: step.checks, sites: stepSites(dossier, step), missing: missingOf(dossier, step),
    })),
    sheets: [...dossier.sheets].map(([key, marks]) => ({ step: key.split(' ')[0], site: key.split(' ')[1], marks })),
    contacts: [...dossier.contacts.values()],
    sites: Object.fromEntries(dossier.sites.map((id) => [id, siteName(id)])),
    examined: Object.fromEntries([...dossier.examined].map(([id, found]) => [id, found.faults.length === 0])),
  };
}

function examination(dossier, site) {
  const found = dossier.examined.get(site);
  if (!found) throw new Refusal(404, 'Không tìm thấy', 'Not found', 'Điểm cầu này chưa được đo kiểm.', 'This site was not examined yet.');
  return found;
}

function mark(dossier, step, site, results, by) {
  const marks = dossier.sheets.get(`${step} ${site}`) ?? [];
  for (const one of results) {
    const before = marks.find((found) => found.item === one.item);
    if (!one.passed && !one.note) throw new Refusal(422, 'Thiếu ghi chú', 'No note', 'Hãy ghi rõ lỗi của mục không đạt.', 'Say what is wrong with a failed item.');
    const next = { ...one, at: now(), by, attempt: before && !before.passed ? before.attempt + 1 : 1 };
    if (before) Object.assign(before, next);
    else marks.push(next);
  }
  dossier.sheets.set(`${step} ${site}`, marks);
  settle(dossier);
}

const figures = (dossier, more) => ({
  id: dossier.id, title: dossier.title, starts_at: dossier.starts_at, sites: dossier.sites.length, attended: dossier.sites.length, available_pct: 99.4, loss_pct: 0.12, mos: 4.31,
  calls: 6, calls_within: 6, p50_ms: 640, p95_ms: 1820, incidents: 1, mended_s: 130, departures: 1, gates: 2, gates_ready: 2, ...more,
});

/** As if it had been measured: the last site was away for a while. */
function assessment(dossier) {
  const units = dossier.sites.map((site, n) => ({ subject: `unit/${site}`, name: siteName(site), available_pct: n === dossier.sites.length - 1 ? 96.2 : 100 }));
  const last = units.at(-1)?.name ?? '';
  const why = [{ vi: 'mất kết nối 2 phút 10 giây (1 lần)', en: 'away for 2 min 10 s (1 times)' }, { vi: '1 sự cố', en: '1 incidents' }];
  return {
    final: Boolean(dossier.closed_at), figures: figures(dossier), calls: { limit_s: 30, worst_ms: 1820 }, units, incidents: { open: 0 },
    ranking: [{ subject: 'site/x', name: last, carrier: '', sites: 1, impaired_s: 130, why }],
    earlier: [figures(dossier, { id: 'd0', title: 'Họp giao ban tuần 45', available_pct: 98.1, loss_pct: 0.4, mos: 4.2, p95_ms: 2400, incidents: 2, departures: 0 })],
  };
}

function roll(dossier) {
  const attendance = dossier.sites.map((site, n) => {
    const called = dossier.roll.get(site) ?? { roll: null, reason: '', people: 0 };
    const held = stageOf(dossier) === 'held';
    return { site, name: siteName(site), ...called, there: held && n % 5 !== 4, seconds: held ? (n % 5 === 4 ? 95 : 640 + n) : 0, spans: [] };
  });
  return { attendance, departures: dossier.departures, called: dossier.roll.size };
}

export function open(dossier, conferences) {
  const id = `c-${dossier.id}`;
  conferences.set(id, new MockConference(id, dossier.title, dossier.sites));
  Object.assign(conferences.get(id).state.conference, { dossier: dossier.id, starts_at: dossier.starts_at, ends_at: dossier.ends_at });
  Object.assign(dossier, { conference: id, opened_at: now() });
  for (const step of ['open', 'join']) dossier.steps[step] ??= { at: now(), by: '', evidence: '', note: '' };
  dossier.departures = [{ id: `${dossier.id}.x1`, at: now(), by: 'kythuat', sites: ['s-tam-dao'], reason: '' }];
  return view(dossier);
}

function write(dossier, { items: list, former, reason }, by) {
  const number = Math.max(0, ...dossier.scripts.map((one) => one.number)) + 1;
  const before = dossier.scripts.find((one) => one.number === former)?.items ?? [];
  const differences = [
    ...list.filter((one) => !before.some((old) => old.id === one.id)).map((one) => ({ kind: 'added', item: one.id, title: one.title, field: '', old: '', new: '' })),
    ...list.flatMap((one) => {
      const old = before.find((found) => found.id === one.id);
      return old ? Object.keys(one).filter((name) => String(old[name]) !== String(one[name])).map((field) => ({ kind: 'changed', item: one.id, title: one.title, field, old: String(old[field] ?? ''), new: String(one[field] ?? '') })) : [];
    }),
    ...before.filter((old) => !list.some((one) => one.id === old.id)).map((one) => ({ kind: 'removed', item: one.id, title: one.title, field: '', old: '', new: '' })),
  ];
  dossier.scripts.unshift({ id: `${dossier.id}.${number}`, dossier: dossier.id, number, items: list, at: now(), by, reason: reason ?? '', approved_at: null, approved_by: '', differences });
  return dossier.scripts[0];
}

function replan(dossier, { parent, home }, by) {
  const vnpt = Object.values(home).filter((mcu) => mcu === 'vnpt').length;
  if (vnpt > 8) throw new Refusal(409, 'Phương án vượt giới hạn', 'The plan breaks a limit', 'MCU VNPT Vĩnh Phúc thiếu 1 cổng (9/8): chuyển bớt một điểm cầu sang MCU khác.', 'MCU VNPT is short of 1 port.');
  dossier.plan = { ...dossier.plan, plan: { ...dossier.plan.plan, parent, home, optimal: false }, edited: true, by, at: now(), agreed_at: null, agreed_by: '' };
  return dossier.plan;
}

/** `[method, pattern, what]`; the pattern's groups are handed on. */
const calls = [
  ['GET', /^$/, (d) => view(d)],
  ['PATCH', /^$/, (d, { body, by }) => { Object.assign(d, body); if (d.notice) tell(d, by); return view(d); }],
  ['POST', /^\/copies$/, (d, { body }) => body.starts.map((starts_at, n) => row(make(`${d.id}-${dossiers.size + n}`, d.title, { requested_at: now(), starts_at, ends_at: new Date(Date.parse(starts_at) + 3 * 3600e3).toISOString(), sites: d.sites })))],
  ['POST', /^\/cancel$/, (d, { body }) => { Object.assign(d, { cancelled_at: now(), cancel_reason: body.reason }); return view(d); }],
  ['PUT', /^\/assessment$/, (d, { body, by }) => { d.assessment = body.assessment; d.steps.assessment = { at: now(), by, evidence: '', note: '' }; return view(d); }],
  ['PUT', /^\/steps\/([^/]+)$/, (d, { body, by }, step) => { if (body.done) d.steps[step] = { at: now(), by, evidence: '', note: body.note }; else delete d.steps[step]; return view(d); }],
  ['GET', /^\/notices$/, (d) => ({ answers: answersOf(d), messages: d.messages })],
  ['POST', /^\/notices$/, (d, { by }) => { tell(d, by); return view(d); }],
  ['POST', /^\/answers\/([^/]+)$/, (d, { body, by }, unit) => Object.assign(d.answers.get(unit), { given: d.notice, given_at: now(), by, note: body.note })],
  ['GET', /^\/script$/, (d) => ({ in_force: Math.max(0, ...d.scripts.filter((one) => one.approved_at).map((one) => one.number)), versions: d.scripts })],
  ['PUT', /^\/script$/, (d, { body, by }) => write(d, body, by)],
  ['POST', /^\/script\/(\d+)\/approve$/, (d, { by }, number) => Object.assign(d.scripts.find((one) => one.number === Number(number)), { approved_at: now(), approved_by: by })],
  ['GET', /^\/plan$/, (d) => d.plan ?? {}],
  ['POST', /^\/plan$/, (d, { body }) => (d.plan = solve(d, body.pins))],
  ['PUT', /^\/plan$/, (d, { body, by }) => replan(d, body, by)],
  ['POST', /^\/plan\/agree$/, (d, { by }) => { Object.assign(d.plan, { agreed_at: now(), agreed_by: by }); d.steps.plan = { at: now(), by, evidence: '', note: '' }; return d.plan; }],
  ['GET', /^\/checks$/, (d) => checks(d)],
  ['PUT', /^\/checks\/([^/]+)\/([^/]+)$/, (d, { body, by }, step, site) => { mark(d, step, site, body.results, by); return {}; }],
  ['GET', /^\/examinations\/([^/]+)$/, (d, _, site) => examination(d, site)],
  ['PUT', /^\/contacts\/([^/]+)$/, (d, { body, by }, site) => { d.contacts.set(site, { ...body, site, at: now(), by }); settle(d); return {}; }],
  ['PUT', /^\/self-test\/([^/]+)$/, (d, { body, by }, site) => ({ id: `${d.id}.${site}`, dossier: d.id, site, at: now(), by, results: body.results })],
  ['POST', /^\/open$/, (d, { conferences }) => open(d, conferences)],
  ['POST', /^\/close$/, (d, { by }) => { d.closed_at = now(); d.steps.session = { at: now(), by, evidence: '', note: '' }; return view(d); }],
  ['POST', /^\/join\/([^/]+)$/, (d, { host }, site) => ({ url: `http://${host}/c/${d.conference}/site/${site}#token=${site}`, token: site, expires_at: now() })],
  ['GET', /^\/assessment\.json$/, (d) => assessment(d)],
  ['GET', /^\/incidents$/, (d) => d.incidents ?? []],
  ['GET', /^\/roll$/, (d) => roll(d)],
  ['PUT', /^\/roll\/([^/]+)$/, (d, { body }, site) => { d.roll.set(site, body); return {}; }],
  ['PUT', /^\/departures\/([^/]+)$/, (d, { body }, id) => Object.assign(d.departures.find((one) => one.id === id), body)],
  ['GET', /^\/log-book$/, (d, { query }) => entries(query, (entry) => entry.subject === `dossier/${d.id}`)],
];

export function dossierCall(method, id, rest, context) {
  const dossier = dossiers.get(id);
  if (!dossier) throw new Refusal(404, 'Không có hồ sơ này', 'No such dossier');
  const document = /^\/documents\/([a-z]+)\.(pdf|docx)$/.exec(rest);
  if (document) return { file: `mock ${document[1]} of ${id}`, type: document[2] === 'pdf' ? 'application/pdf' : 'application/octet-stream' };
  for (const [verb, pattern, what] of calls) {
    const found = verb === method && pattern.exec(rest);
    if (!found) continue;
    const result = what(dossier, context, ...found.slice(1));
    if (method !== 'GET') {
      record(context.by, `${method} ${rest}`, `dossier/${id}`, `${method} ${rest || 'hồ sơ'}`, `${method} ${rest}`);
      context.changed(id);
    }
    return result;
  }
  throw new Refusal(404, 'Không có lệnh này', 'No such call');
}
