/** Dossiers in memory: one nearly ready and late, one new, one running, one over. */
import { directorySites, mcus, units } from '../data.mjs';
import { foundAt } from '../rehearsal.mjs';
import { agenda, gatesOf, procedures, steps } from './procedure.mjs';

const HOUR = 3600e3;
const iso = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
const all = directorySites.map((site) => site.id);
export const dossiers = new Map();
export const log = [];

export function record(actor, action, subject, vi, en, changes = [], reason = '') {
  const seq = log.length + 1;
  log.push({ seq, at: new Date().toISOString(), actor, action, subject, text: { vi, en }, changes, reason, previous: '', hash: `h${seq}` });
}

for (let made = 1; made <= 450; made++) record('quantri', 'account.saved', `account/cb${made}`, `Tạo tài khoản cb${made}`, `Account made: cb${made}`);

/** The last ones below `before`, in their order. */
export function entries(query, wanted) {
  return log.filter((entry) => wanted(entry) && entry.seq < Number(query.get('before'))).slice(-Number(query.get('limit') ?? 500));
}

const done = (hours, by = 'vanphong', note = '') => ({ at: iso(hours), by, evidence: '', note });

export function make(id, title, more) {
  const dossier = {
    id, title, procedure: '429-planned.a1b2c3d4e5f6', unit: 'tinh', master: 'vinh-phuc', sites: all, chair: 's-vp-ubnd', rehearsal_at: null,
    letter: { number: '', day: null, sender: '', subject: '' }, content: '', secrecy: 'internal', admitted: [], series: '', notice: 0, steps: {},
    raised: [], conference: '', opened_at: null, closed_at: null, cancelled_at: null, cancel_reason: '', assessment: '', created_by: 'vanphong',
    answers: new Map(), messages: [], scripts: [], plan: undefined, sheets: new Map(), contacts: new Map(), examined: new Map(), roll: new Map(), departures: [], ...more,
  };
  dossiers.set(id, dossier);
  record('vanphong', 'dossier.opened', `dossier/${id}`, `Lập hồ sơ «${title}»`, `Dossier "${title}" opened`);
  return dossier;
}

export function stageOf(dossier) {
  if (dossier.cancelled_at) return 'cancelled';
  if (dossier.closed_at) return 'closed';
  return dossier.conference ? 'held' : 'prepared';
}

const unitName = (id) => units.find((unit) => unit.id === id)?.name ?? id;
const unitsOf = (dossier) => [...new Set(dossier.sites.map((id) => directorySites.find((site) => site.id === id)?.unit).filter(Boolean))];
const kindOf = (dossier) => procedures.find((one) => dossier.procedure.startsWith(one.id))?.kind ?? 'planned';

export function tell(dossier, by) {
  dossier.notice += 1;
  for (const unit of unitsOf(dossier)) {
    const before = dossier.answers.get(unit) ?? { given: 0, given_at: null, by: '', note: '' };
    dossier.answers.set(unit, { ...before, unit, unit_name: unitName(unit), asked: dossier.notice, asked_at: iso(0) });
    dossier.messages.push({
      id: `${dossier.id}-${unit}-${dossier.notice}`, channel: 'mail', to: `${unit}@vinhphuc.gov.vn`, subject: `[HNTH] ${dossier.title}`,
      state: unit === 'quang-son' ? 'failed' : 'sent', attempts: unit === 'quang-son' ? 9 : 1, created_at: iso(0), sent_at: unit === 'quang-son' ? null : iso(0),
      error: unit === 'quang-son' ? '550 5.1.1 Mailbox unknown' : '', doubtful: false,
    });
  }
  dossier.steps.notice ??= done(0, by);
  dossier.steps.inform ??= done(0, by);
  record(by, 'notice.sent', `dossier/${dossier.id}`, `Gửi thông báo lần ${dossier.notice}`, `Notice ${dossier.notice} sent`);
}

export function answersOf(dossier) {
  const list = [...dossier.answers.values()].map((one) => ({ ...one, missing: one.given < one.asked }));
  return list.sort((a, b) => Number(b.missing) - Number(a.missing) || a.unit_name.localeCompare(b.unit_name, 'vi'));
}

export function solve(dossier, pins = {}) {
  const home = Object.fromEntries(dossier.sites.map((id) => [id, pins[id] ?? directorySites.find((site) => site.id === id)?.mcu ?? dossier.master]));
  const parent = Object.fromEntries(mcus.filter((mcu) => mcu.parent && Object.values(home).includes(mcu.id)).map((mcu) => [mcu.id, mcu.parent]));
  return {
    plan: { master: dossier.master, parent, home, optimal: true }, edited: false, at: iso(0), by: 'vanphong', agreed_at: null, agreed_by: '',
    notes: [{ vi: 'Mỗi điểm cầu ở MCU thường dùng; không điểm cầu nào qua quá một cấp cascade.', en: 'Every site is at its usual MCU; none is more than one level down.' }],
    risks: [{ vi: 'Nếu đường từ MCU Viettel Vĩnh Phúc lên MCU trung tâm đứt, 5 điểm cầu mất kết nối: không có đường dự phòng.', en: 'If the line of MCU Viettel breaks, 5 sites are lost: there is no other line.' }],
    mcus: Object.fromEntries(mcus.map((mcu, n) => [mcu.id, { name: mcu.name, capacity: [200, 64, 64][n] ?? 64, operator: mcu.operator }])),
  };
}

export function stepSites(dossier, step) {
  const tierOf = (id) => units.find((unit) => unit.id === directorySites.find((site) => site.id === id)?.unit)?.tier;
  return dossier.sites.filter((id) => step.tiers.includes(tierOf(id)));
}

export function missingOf(dossier, step) {
  const passed = (site) => step.checks.every((item) => dossier.sheets.get(`${step.id} ${site}`)?.find((mark) => mark.item === item)?.passed);
  if (step.evidence === 'contacts') return dossier.sites.filter((site) => !dossier.contacts.has(site));
  return step.checks.length ? stepSites(dossier, step).filter((site) => !passed(site)) : [];
}

export function settle(dossier) {
  for (const step of steps.filter((one) => one.evidence === 'checks' || one.evidence === 'contacts')) {
    const missing = missingOf(dossier, step);
    if (!missing.length) dossier.steps[step.id] ??= done(0, '');
    else delete dossier.steps[step.id];
  }
}

export function row(dossier) {
  const list = agenda(dossier);
  return {
    id: dossier.id, title: dossier.title, kind: kindOf(dossier), stage: stageOf(dossier), secrecy: dossier.secrecy, unit: dossier.unit, master: dossier.master, starts_at: dossier.starts_at,
    ends_at: dossier.ends_at, sites: dossier.sites.length, steps: list.length, steps_done: list.filter((one) => one.done).length,
    late: list.filter((one) => one.late && !one.done).length, unanswered: answersOf(dossier).filter((one) => one.missing).length, conference: dossier.conference,
  };
}

export function view(dossier) {
  const { answers, messages, scripts, plan, sheets, contacts, examined, roll, departures, ...plain } = dossier;
  const others = [...dossiers.values()].filter((one) => one !== dossier && !['closed', 'cancelled'].includes(stageOf(one)) && one.starts_at < dossier.ends_at && dossier.starts_at < one.ends_at);
  return {
    ...plain, stage: stageOf(dossier), unit_name: unitName(dossier.unit), kind: kindOf(dossier), call_within_s: 30,
    procedure_name: procedures.find((one) => dossier.procedure.startsWith(one.id))?.name ?? { vi: '', en: '' }, agenda: agenda(dossier), gates: gatesOf(dossier),
    clashes: others.map((other) => ({ kind: 'site', subject: 's-vp-ubnd', other: other.id, text: { vi: `«UBND tỉnh Vĩnh Phúc – Phòng họp lớn» cùng lúc có trong phiên «${other.title}».`, en: `A site is in "${other.title}" at the same time.` } })),
  };
}

export function seed() {
  const d1 = make('d1', 'Phiên họp UBND tỉnh thường kỳ tháng 11', {
    requested_at: iso(-30), rehearsal_at: iso(-2), starts_at: iso(1.9), ends_at: iso(5), content: 'Đánh giá tình hình kinh tế – xã hội tháng 11.\nCác điểm cầu có mặt trước 30 phút.',
    letter: { number: '1987/UBND-VP', day: '2026-11-20', sender: 'UBND tỉnh Vĩnh Phúc', subject: 'V/v tổ chức phiên họp thường kỳ' },
  });
  tell(d1, 'vanphong');
  d1.steps.notice = done(-29.95);
  d1.steps.inform = done(-29.5, 'vanphong');
  for (const unit of ['vinh-yen', 'binh-xuyen', 'dao-duc', 'tam-dao', 'tinh', 'ho-son']) Object.assign(d1.answers.get(unit) ?? {}, { given: 1, given_at: iso(-20), by: unit === 'tam-dao' ? `link:acknowledge:${unit}` : 'vanphong', note: unit === 'ho-son' ? 'Cử đồng chí Nam phụ trách' : '' });
  d1.plan = { ...solve(d1), agreed_at: iso(-10), agreed_by: 'vanphong' };
  d1.steps.plan = done(-10);
  const mark = (item, passed, note = '') => ({ item, passed, note, at: iso(-1), by: 'kythuat', attempt: 1 });
  for (const step of steps.filter((one) => one.checks.length)) {
    stepSites(d1, step).forEach((site, n) => {
      if (n < 3 || step.id === 'check-districts') d1.sheets.set(`${step.id} ${site}`, step.checks.map((item, k) => (n === 1 && k === 3 && step.id === 'check-communes' ? mark(item, false, 'Tiếng rè khi mở hai micro') : mark(item, true))));
    });
  }
  for (const site of all.slice(0, 8)) d1.contacts.set(site, { site, name: 'Nguyễn Văn An', phone: '0912 000 111', technician: 'Trần Văn Minh', technician_phone: '0987 654 321', connection: 'TSLCD 50 Mb/s, máy tính phòng họp', at: iso(-3), by: 'vanphong' });
  directorySites.slice(0, 8).forEach((site, n) => d1.examined.set(site.id, foundAt({ number: n }, 1, iso(-1.5))));
  d1.scripts = scripts();
  settle(d1);
  make('d2', 'Hội nghị triển khai chuyển đổi số năm 2027', { requested_at: iso(-0.1), rehearsal_at: iso(60), starts_at: iso(72), ends_at: iso(75), secrecy: 'secret', admitted: ['chutoa'] });
  const d3 = make('d3', 'Họp giao ban tuần 46', { requested_at: iso(-200), starts_at: iso(-170), ends_at: iso(-168), procedure: '429-in-province.a1b2c3d4e5f6', sites: all.slice(0, 6), opened_at: iso(-170.5), closed_at: iso(-168), conference: 'c-d3', assessment: 'Phiên họp đạt yêu cầu. Một điểm cầu mất hình 2 phút do đứt cáp.' });
  for (const step of steps) d3.steps[step.id] = done(-169);
}

/** The dossier of a conference that is under way. */
export const sitting = (id) => dossiers.get(id);

/** A session under way, with a script of which a place further down is not ready. */
export function sit() {
  const of = (id, title, minutes, speaker, sites, banner = '') => ({ id, title, minutes, speaker, sites, at: null, layout: sites.length > 1 ? 'side-by-side' : 'full', banner, content: '' });
  const items = [
    of('k1', 'Khai mạc, giới thiệu đại biểu', 10, 'Chánh Văn phòng UBND tỉnh', ['s-vp-ubnd'], 'Giao ban trực tuyến toàn tỉnh'),
    of('k2', 'Báo cáo tình hình kinh tế – xã hội', 20, 'Giám đốc Sở TT&TT', ['s-vp-tttt'], 'Báo cáo của Sở Thông tin và Truyền thông'),
    of('k3', 'Thành phố Vĩnh Yên phát biểu', 10, 'Chủ tịch UBND thành phố', ['s-vp-ubnd', 's-vinh-yen']),
    of('k4', 'Xã Hồ Sơn phát biểu', 8, 'Chủ tịch UBND xã', ['s-vp-ubnd', 's-ho-son']),
    of('k5', 'Huyện Tam Đảo phát biểu', 10, 'Chủ tịch UBND huyện', ['s-vp-ubnd', 's-tam-dao']),
    of('k6', 'Thảo luận', 25, 'Các điểm cầu', ['s-vp-ubnd', 's-binh-xuyen']),
    of('k7', 'Kết luận của Chủ tịch UBND tỉnh', 12, 'Chủ tịch UBND tỉnh', ['s-vp-ubnd'], 'Kết luận của Chủ tịch UBND tỉnh'),
  ];
  const dossier = make('d4', 'Giao ban trực tuyến toàn tỉnh', { requested_at: iso(-80), starts_at: iso(-0.1), ends_at: iso(1.5), conference: 'c1', opened_at: iso(-1) });
  for (const step of steps) dossier.steps[step.id] = done(-1);
  dossier.scripts = [{ id: 'd4.1', dossier: 'd4', number: 1, items, at: iso(-20), by: 'vanphong', reason: '', approved_at: iso(-19), approved_by: 'vanphong', differences: [] }];
  dossier.departures = [{ id: 'd4.x1', at: iso(-0.05), by: 'kythuat', sites: ['s-tam-dao'], reason: '' }];
}

function scripts() {
  const item = (id, title, minutes, speaker, sites, more = {}) => ({ id, title, minutes, speaker, sites, at: null, layout: sites.length > 1 ? 'side-by-side' : 'full', banner: '', content: '', ...more });
  const first = [
    item('m1', 'Khai mạc', 10, 'Chủ tịch UBND tỉnh', ['s-vp-ubnd'], { banner: 'Phiên họp thường kỳ tháng 11' }),
    item('m2', 'Báo cáo kinh tế – xã hội', 25, 'Giám đốc Sở KH&ĐT', ['s-vp-ubnd'], { content: 'Bản trình chiếu' }),
    item('m3', 'Huyện Bình Xuyên phát biểu', 10, 'Chủ tịch UBND huyện', ['s-vp-ubnd', 's-binh-xuyen']),
    item('m4', 'Kết luận', 15, 'Chủ tịch UBND tỉnh', ['s-vp-ubnd']),
  ];
  const second = [first[0], first[1], { ...first[2], minutes: 15 }, item('m5', 'Xã Đạo Đức phát biểu', 10, 'Chủ tịch UBND xã', ['s-vp-ubnd', 's-dao-duc']), first[3]];
  const version = (number, list, hours, more, differences) => ({ id: `d1.${number}`, dossier: 'd1', number, items: list, at: iso(hours), by: 'vanphong', reason: '', approved_at: null, approved_by: '', differences, ...more });
  return [
    version(2, second, -3, {}, [
      { kind: 'changed', item: 'm3', title: 'Huyện Bình Xuyên phát biểu', field: 'minutes', old: '10', new: '15' },
      { kind: 'added', item: 'm5', title: 'Xã Đạo Đức phát biểu', field: '', old: '', new: '' },
    ]),
    version(1, first, -20, { approved_at: iso(-19), approved_by: 'vanphong' }, first.map((one) => ({ kind: 'added', item: one.id, title: one.title, field: '', old: '', new: '' }))),
  ];
}
