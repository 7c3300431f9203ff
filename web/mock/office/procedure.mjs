/** The steps of Decision 429, article 6.1, as far as pages show them. */
const HOUR = 3600e3;
const step = (id, number, vi, en, roles, evidence, due, after = [], checks = [], tiers = []) => ({
  id, number, title: { vi, en }, roles, clause: `Điều 6.1, bước ${number}`, evidence, after, checks, tiers, due,
  text: { vi: `Nội dung của bước ${number} theo Quyết định 429/QĐ-UBND: ${vi.toLowerCase()}.`, en: `What the regulation says of step ${number}.` },
});

const FULL = ['staff', 'equipment', 'picture', 'sound-out', 'sound-in', 'microphone', 'camera', 'line', 'mcu'];

/** `due` is counted from [request, rehearsal or start]. */
export const steps = [
  step('notice', '1', 'Gửi văn bản tổ chức phiên họp', 'Send the notice of the session', ['office'], 'notices', ['request', 5 / 60]),
  step('inform', '2', 'Tiếp nhận, xử lý thông tin', 'Receive and process the request', ['office', 'dic'], 'notices', ['request', 0.25], ['notice']),
  step('plan', '3', 'Xây dựng và thống nhất phương án', 'Draw up and agree the plan', ['office', 'dic', 'manager', 'telecom'], 'plan', ['rehearsal', 0], ['inform']),
  step('check-districts', '4a', 'Kiểm tra điểm cầu cấp tỉnh với cấp huyện', "Check the districts' sites", ['office', 'technician'], 'checks', ['start', -2], ['plan'], FULL, ['province', 'district']),
  step('check-communes', '4a', 'Kiểm tra các điểm cầu cấp xã', "Check the communes' sites", ['dic', 'technician', 'room-operator'], 'checks', ['start', -2], ['plan'], FULL, ['commune']),
  step('contacts', '4b', 'Cung cấp danh sách đầu mối và thông tin kết nối', 'Hand in the contacts', ['manager', 'room-operator', 'office'], 'contacts', ['start', -2], ['plan']),
  step('join', '5', 'Kết nối MCU của các đơn vị vào MCU trung tâm', 'Join the MCUs to the master', ['office', 'technician'], 'links', ['start', -2], ['check-districts', 'check-communes']),
  step('ready', '5', 'Kiểm thử lại điểm cầu chưa đạt; toàn hệ thống sẵn sàng', 'The whole system ready', ['office', 'dic'], 'word', ['start', -0.5], ['join']),
  step('open', '6', 'Mở phiên họp trên MCU', 'Open the session on the MCUs', ['office', 'technician'], 'opening', ['start', 0], ['plan']),
  step('session', '6', 'Phục vụ phiên họp chính thức', 'The session', ['office', 'technician'], 'session', undefined, ['ready', 'open']),
  step('assessment', '7', 'Tổng hợp, đánh giá chất lượng phiên họp', 'Sum up and assess', ['office', 'dic'], 'assessment', undefined, ['session']),
];

export const items = [
  ['staff', 'Cán bộ vận hành có mặt', 'Operator present'], ['equipment', 'Trang thiết bị sẵn sàng', 'Equipment ready'],
  ['picture', 'Hình ảnh rõ, không giật', 'Picture clear'], ['sound-out', 'Điểm cầu chính nghe rõ', 'Main site hears it'],
  ['sound-in', 'Nghe rõ điểm cầu chính', 'Hears the main site'], ['microphone', 'Micro bật, tắt được', 'Microphones work'],
  ['camera', 'Camera đúng khung hình', 'Camera framed'], ['line', 'Đường truyền đạt', 'Line good'], ['mcu', 'Kết nối MCU ổn định', 'MCU stable'],
].map(([id, vi, en]) => ({ id, title: { vi, en } }));

const gates = [
  ['rehearsed', 'Tổng duyệt nội bộ hoàn thành', 'Internal rehearsals complete', -2, ['check-districts', 'check-communes', 'contacts']],
  ['joined', 'Các MCU đã kết nối với nhau', 'MCUs joined', -2, ['join']],
  ['all-ready', 'Toàn hệ thống sẵn sàng', 'All ready', -0.5, ['ready']],
];

const iso = (ms) => new Date(ms).toISOString();
const moment = (dossier, [event, hours]) => {
  const from = { request: dossier.requested_at, rehearsal: dossier.rehearsal_at, start: dossier.starts_at }[event];
  return from ? Date.parse(from) + hours * HOUR : undefined;
};

export function agenda(dossier) {
  return steps.map(({ due: counted, ...one }) => {
    const due = counted ? moment(dossier, counted) : undefined;
    const done = dossier.steps[one.id] ?? null;
    const blocked_by = done ? [] : one.after.filter((id) => !dossier.steps[id]);
    const late = due !== undefined && (done ? Date.parse(done.at) : Date.now()) > due;
    return { step: one, state: done ? 'done' : blocked_by.length ? 'waiting' : 'open', due: due ? iso(due) : null, done, late, blocked_by };
  });
}

export function gatesOf(dossier) {
  return gates.map(([id, vi, en, hours, ids]) => {
    const at = moment(dossier, ['start', hours]);
    const missing = ids.filter((one) => !dossier.steps[one]);
    return { gate: { id, title: { vi, en }, clause: 'Điều 6.1' }, at: iso(at), passed: at < Date.now(), ready: missing.length === 0, missing };
  });
}

const TEXT = `[procedure]
id = "429-planned"
kind = "planned"
name.vi = "Phiên họp theo kế hoạch (Quyết định 429/QĐ-UBND)"
tiers = ["central", "province", "district", "commune"]
valid_from = 2022-03-03

[[step]]
id = "notice"
number = "1"
title.vi = "Gửi văn bản tổ chức phiên họp"
roles = ["office"]
evidence = "notices"
deadline = "request + 5 min"
`;

export const procedures = [
  ['429-planned', 'planned', 'Phiên họp theo kế hoạch (Quyết định 429/QĐ-UBND)', 'Planned session (Decision 429)', 'khoản 1'],
  ['429-urgent', 'urgent', 'Phiên họp đột xuất (Quyết định 429/QĐ-UBND)', 'Urgent session (Decision 429)', 'khoản 2'],
  ['429-in-province', 'in-province', 'Phiên họp nội tỉnh (Quyết định 429/QĐ-UBND)', 'Session within the province (Decision 429)', 'khoản 3'],
].map(([id, kind, vi, en, clause]) => ({
  id, kind, version: 'a1b2c3d4e5f6', name: { vi, en }, source: `Quyết định số 429/QĐ-UBND ngày 03/3/2022, Điều 6 ${clause}`,
  valid_from: '2022-03-03', valid_to: '9999-12-31', tiers: ['central', 'province', 'district', 'commune'], text: TEXT.replaceAll('429-planned', id),
}));
