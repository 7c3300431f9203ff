/** docs/protocol.md, section 6, in memory: just enough that every page of the office can be looked at. */
import { directorySites, lineHistory, lines, mcus, units } from '../data.mjs';
import { Refusal } from '../refusal.mjs';
import { dossiers, entries, log, make, missingOf, row, seed, solve, stageOf, tell, view } from './dossiers.mjs';
import { accounts, duties, onDuty, people, tiers } from './people.mjs';
import { agenda, procedures } from './procedure.mjs';
import { dossierCall, open } from './work.mjs';

seed();
const listeners = new Set();
let kiosks = 0;
const later = (hours) => new Date(Date.now() + hours * 3600e3).toISOString();
const QR = '<svg viewBox="0 0 21 21"><path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 3h2v2H9zM12 8h3v3h-3zM8 9h3v4H8zM15 15h4v2h-4zM10 16h3v4h-3z"/></svg>';

export function changed(dossier, kind = 'Dossier') {
  for (const socket of listeners) socket.send(JSON.stringify({ changed: [[dossier, kind]] }));
}

setInterval(() => listeners.forEach((socket) => socket.send('{"type":"alive"}')), 4000).unref();

/** A socket of `/api/events`: its first message must bear a token. */
export function listen(socket) {
  socket.once('message', (data) => {
    if (!whoIs(JSON.parse(String(data)).token)) return socket.close(4401);
    listeners.add(socket);
    return socket.on('close', () => listeners.delete(socket));
  });
}

/** An account's token is `account:ID`; an operator's link may do all. */
export function whoIs(token) {
  if (token === 'operator') return { role: 'operator', expires_at: later(12) };
  const found = token?.startsWith('account:') && accounts.find((one) => one.id === token.slice(8));
  if (!found) return undefined;
  const grants = found.grants.map((grant) => ({ ...grant, unit_name: units.find((unit) => unit.id === grant.unit)?.name ?? grant.unit }));
  return { account: found.id, name: found.name, grants, codes: found.codes ?? false, expires_at: later(12) };
}

function signIn({ account, password, code }) {
  const found = accounts.find((one) => one.id === account);
  if (!found || password !== 'diemcau-2026') throw new Refusal(401, 'Chưa đăng nhập được', 'Not signed in', 'Sai tên đăng nhập hoặc mật khẩu; thử lại, hoặc đề nghị người quản trị cấp lại mật khẩu.', 'Wrong login name or password; try again, or ask the administrator for a new password.', 'sign-in-refused');
  if (found.first_password) throw new Refusal(401, 'Hãy đặt mật khẩu của mình', 'Choose your own password', 'Mật khẩu được cấp chỉ dùng một lần.', 'The password you were given is only for choosing your own.', 'new-password-needed');
  if (found.codes && code !== '123456') throw new Refusal(401, 'Cần mã dùng một lần', 'A one-time code is needed', 'Nhập mã trên điện thoại.', 'Type the code.', code ? 'sign-in-refused' : 'code-needed');
  return { token: `account:${found.id}`, expires_at: later(12) };
}

function changePassword({ account, old }) {
  const found = accounts.find((one) => one.id === account);
  if (!found || old !== 'diemcau-2026') throw new Refusal(401, 'Chưa đăng nhập được', 'Not signed in', 'Mật khẩu hiện tại không đúng.', 'The present password is wrong.', 'wrong-sign-in');
  delete found.first_password;
  return { token: `account:${found.id}`, expires_at: later(12) };
}

function tasks() {
  const found = [...dossiers.values()].filter((one) => ['prepared', 'held'].includes(stageOf(one))).flatMap((dossier) =>
    agenda(dossier).filter((item) => item.state !== 'done').map((item) => ({
      kind: 'step', dossier: dossier.id, session: dossier.title, starts_at: dossier.starts_at, subject: item.step.id, title: item.step.title,
      due: item.due, late: item.late, sites: missingOf(dossier, item.step), blocked: item.state === 'waiting',
    })),
  );
  const time = (task) => task.due ?? task.starts_at;
  return found.sort((a, b) => Number(b.late) - Number(a.late) || time(a).localeCompare(time(b)));
}

function urgent(body, by, conferences) {
  const starts_at = later(body.in_minutes / 60);
  const dossier = make(`d-${dossiers.size + 1}`, body.title, { ...body, procedure: '429-urgent.a1b2c3d4e5f6', requested_at: later(0), starts_at, ends_at: later((body.in_minutes + body.lasts_minutes) / 60) });
  tell(dossier, by);
  dossier.plan = { ...solve(dossier), agreed_at: later(0), agreed_by: by };
  open(dossier, conferences);
  changed(dossier.id);
  return view(dossier);
}

function workbook(dry) {
  const faults = [
    { sheet: 'Điểm cầu', cell: 'D17', row: 17, column: 'MCU', text: { vi: '«vnpt2» không có trong trang MCU; có phải «vnpt»?', en: '"vnpt2" is not on the sheet MCU; did you mean "vnpt"?' } },
    { sheet: 'Người', cell: 'E4', row: 4, column: 'Điện thoại', text: { vi: 'Thiếu số điện thoại; người trực cần một số.', en: 'No telephone number.' } },
  ];
  return { added: 12, changed: 3, removed: 0, faults: dry ? faults : [], saved: !dry };
}

function addProcedure({ text }) {
  const line = text.split('\n').findIndex((one) => one.includes('deadlin =')) + 1;
  if (line > 0) throw new Refusal(422, 'Tệp quy trình có lỗi', "The procedure's file is faulty", `Tệp «procedure» có 1 lỗi; hãy sửa rồi nạp lại.\nDòng ${line}: không có khóa «deadlin»; có phải «deadline»?`, `procedure: 1 fault.\nLine ${line}: no key 'deadlin'.`, 'procedure-faulty');
  return procedures[0];
}

function acknowledge({ token, note }) {
  const [, id, unit] = /^(\w+)\.([\w-]+)$/.exec(token ?? '') ?? [];
  const answer = dossiers.get(id)?.answers.get(unit);
  if (!answer) throw new Refusal(401, 'Đường dẫn không còn hiệu lực', 'The link is no longer valid', 'Mở thư thông báo mới nhất, hoặc gọi văn phòng.', 'Open the latest mail, or call the office.', 'bad-token');
  Object.assign(answer, { given: answer.asked, given_at: later(0), by: `link:acknowledge:${unit}`, note: note ?? '' });
  changed(id, 'Answer');
  return { title: dossiers.get(id).title, starts_at: dossiers.get(id).starts_at, unit: answer.unit_name, given_at: answer.given_at };
}

function put(kind, id, body) {
  const list = { duty: duties, person: people }[kind];
  const at = list?.findIndex((one) => one.id === id) ?? -1;
  if (at >= 0) list.splice(at, 1, ...(body ? [body] : []));
  else if (body) list?.push(body);
  changed('', kind === 'duty' ? 'Duty' : 'Person');
  return {};
}

function addAccount({ id, name, email, grants }) {
  if (accounts.some((one) => one.id === id)) throw new Refusal(409, 'Tên đăng nhập đã có', 'The login name is taken', 'Chọn tên khác.', 'Choose another.');
  const made = { id, name, email, active: true, grants, first_password: true };
  accounts.push(made);
  return { account: made, password: 'sông-lô-xanh-42' };
}

const forAll = [
  ['GET', /^\/api\/sign-in$/, () => ({ sso: true })],
  ['POST', /^\/api\/sign-in$/, ({ body }) => signIn(body)],
  ['POST', /^\/api\/sso$/, ({ body }) => ({ url: `${body.redirect_uri}?code=1&state=s` })],
  ['POST', /^\/api\/sso\/finish$/, () => ({ token: 'account:vanphong', expires_at: later(12) })],
  ['POST', /^\/api\/account\/password$/, ({ body }) => changePassword(body)],
  ['POST', /^\/api\/acknowledgements$/, ({ body }) => acknowledge(body)],
];

const calls = [
  ['GET', /^\/api\/me$/, ({ me }) => me],
  ['POST', /^\/api\/account\/codes$/, () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/x', picture: QR })],
  ['PUT', /^\/api\/account\/codes$/, () => ({})],
  ['DELETE', /^\/api\/account\/codes$/, () => ({})],
  ['POST', /^\/api\/account\/sign-out$/, () => ({})],
  ['GET', /^\/api\/accounts$/, () => accounts],
  ['POST', /^\/api\/accounts$/, ({ body }) => addAccount(body)],
  ['PATCH', /^\/api\/accounts\/([^/]+)$/, ({ body }, id) => Object.assign(accounts.find((one) => one.id === id), body)],
  ['POST', /^\/api\/accounts\/([^/]+)\/password$/, () => ({ password: 'núi-ba-vì-73' })],
  ['GET', /^\/api\/directory$/, () => ({ units, sites: directorySites, mcus, lines, tiers, people, duties })],
  ['GET', /^\/api\/lines\/([^/]+)\/history$/, (_, id) => lineHistory(id)],
  ['GET', /^\/api\/duty$/, ({ query }) => onDuty(query.get('unit'))],
  ['GET', /^\/api\/directory\/(template|workbook)$/, () => ({ file: 'mock', type: 'application/octet-stream' })],
  ['POST', /^\/api\/directory\/workbook$/, ({ query }) => workbook(query.get('dry_run') === 'true')],
  ['POST', /^\/api\/directory\/listed$/, ({ body }) => ({ added: 148, changed: 0, removed: 0, faults: [], saved: !body.dry_run })],
  ['PUT', /^\/api\/directory\/([a-z]+)\/([^/]+)$/, ({ body }, kind, id) => put(kind, id, body)],
  ['DELETE', /^\/api\/directory\/([a-z]+)\/([^/]+)$/, (_, kind, id) => put(kind, id)],
  ['GET', /^\/api\/procedures$/, () => procedures.map(({ text: _, ...plain }) => plain)],
  ['POST', /^\/api\/procedures$/, ({ body }) => addProcedure(body)],
  ['GET', /^\/api\/procedures\/([^/]+)$/, (_, version) => { const one = procedures.find((found) => version.startsWith(found.id)); return { procedure: one, text: one.text }; }],
  ['GET', /^\/api\/templates$/, () => []],
  ['GET', /^\/api\/log-book$/, ({ query }) => entries(query, (entry) => entry.subject.includes(query.get('subject') ?? '') && entry.actor.includes(query.get('actor') ?? ''))],
  ['GET', /^\/api\/log-book\/verify$/, () => ({ ok: true, count: log.length, faults: [] })],
  ['GET', /^\/api\/log-book\/export$/, () => ({ file: log.map((entry) => JSON.stringify(entry)).join('\n'), type: 'application/x-ndjson' })],
  ['GET', /^\/api\/desk$/, () => ({ tasks: tasks(), dossiers: [...dossiers.values()].sort((a, b) => a.starts_at.localeCompare(b.starts_at)).map(row) })],
  ['GET', /^\/api\/dossiers$/, () => [...dossiers.values()].map(row)],
  ['POST', /^\/api\/dossiers$/, ({ body }) => view(make(`d-${dossiers.size + 1}`, body.title, { requested_at: later(0), ...body }))],
  ['POST', /^\/api\/kiosks\/([^/]+)$/, ({ host }, site) => ({ url: `http://${host}/kiosk#token=kiosk.${site}.${(kiosks += 1)}` })],
  ['POST', /^\/api\/urgent$/, ({ body, by, conferences }) => urgent(body, by, conferences)],
];

const run = (list, method, path, context) => {
  for (const [verb, pattern, what] of list) {
    const found = verb === method && pattern.exec(path);
    if (found) return { answer: what(context, ...found.slice(1)) };
  }
  return undefined;
};

/** `{answer}`, or nothing for a call that is not the office's. */
export function officeCall(method, path, body, token, host, query, conferences) {
  const free = run(forAll, method, path, { body });
  if (free) return free;
  const me = whoIs(token);
  if (!me) return undefined;
  const context = { me, by: me.account ?? 'link:operator', body, host, query, conferences, changed };
  const dossier = /^\/api\/dossiers\/([a-z0-9-]+)(\/.*)?$/.exec(path);
  if (dossier) return { answer: dossierCall(method, dossier[1], dossier[2] ?? '', context) };
  const found = run(calls, method, path, context);
  if (found && method === 'POST') changed('', 'all');
  return found;
}
