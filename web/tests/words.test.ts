import { afterEach, describe, expect, it } from 'vitest';
import { reader } from '../src/i18n/i18n.svelte.ts';
import { Problem } from '../src/lib/api.ts';
import type { GateState, Task } from '../src/lib/office.ts';
import { actor, due, gateLine, refusal, roleName, say, shortly, starts, taskLine, tierName, when } from '../src/lib/words.ts';

const now = Date.parse('2026-11-24T01:00:00Z');
const task: Task = {
  kind: 'step', dossier: 'd1', session: 'Họp', starts_at: '2026-11-24T04:00:00Z', subject: 'plan', title: { vi: 'Phương án', en: 'Plan' },
  due: '2026-11-24T03:15:00Z', late: false, sites: [], blocked: false,
};
afterEach(() => {
  reader.language = 'vi';
});

describe('the words of the agenda', () => {
  it('count down to a deadline and past it', () => {
    expect(due('2026-11-24T03:15:00Z', now)).toBe('còn 2 giờ 15 phút');
    expect(due('2026-11-24T00:55:00Z', now)).toBe('quá hạn 5 phút');
    expect(due('2026-11-24T01:00:20Z', now)).toBe('còn chưa đến 1 phút');
    expect(starts('2026-11-26T02:00:00Z', now)).toBe('sau 2 ngày 1 giờ nữa');
  });
  it('say what of a task is missing and that it must wait', () => {
    expect(taskLine({ ...task, sites: ['a', 'b'], blocked: true }, now)).toBe('còn 2 giờ 15 phút · còn 2 điểm cầu · chờ bước trước');
    expect(taskLine({ ...task, due: null }, now)).toBe('không có hạn');
  });
  it('name the steps that a gate wants', () => {
    const gate = { gate: { id: 'g', title: task.title, clause: '' }, at: null, passed: false, ready: false, missing: ['plan', 'x'] } satisfies GateState;
    expect(gateLine(gate, new Map([['plan', 'Phương án']]))).toBe('Còn thiếu: Phương án; x');
    expect(gateLine({ ...gate, ready: true, missing: [] }, new Map())).toBe('Đã đủ');
  });
  it('give moments as the regulation writes them', () => {
    expect(when('2026-11-24T01:30:00Z')).toBe('08:30 ngày 24/11/2026');
    expect(shortly('2026-11-24T01:30:00Z', now)).toBe('08:30 hôm nay');
    expect(when(null)).toBe('chưa có');
  });
  it('are English where the reader wants that', () => {
    reader.language = 'en';
    expect([due('2026-11-24T03:15:00Z', now), when('2026-11-24T01:30:00Z'), say(task.title)]).toEqual(['2 h 15 min left', '08:30 on 24/11/2026', 'Plan']);
  });
});

describe('names', () => {
  it('of who did something', () => {
    expect(['', 'link:acknowledge:x', 'link:operator', 'account:hanh', 'hanh'].map(actor)).toEqual([
      'hệ thống', 'đường dẫn trong thư', 'đường dẫn điều hành', 'hanh', 'hanh',
    ]);
  });
  it('of roles and tiers; a tier is what the directory calls it', () => {
    expect([roleName('room-operator'), roleName('new-role')]).toEqual(['Cán bộ vận hành phòng họp', 'new-role']);
    const tiers = [{ id: 'ward', name: 'Phường', name_en: 'Ward' }];
    expect([tierName('ward', tiers), tierName('commune', tiers), tierName('hamlet')]).toEqual(['Phường', 'Cấp xã', 'hamlet']);
  });
});

it("a refusal is said in the server's words, a lost line in ours", () => {
  const wrong = new Problem(401, { title: 'Chưa đăng nhập được', detail: 'Thử lại.' });
  expect(refusal(wrong)).toEqual({ title: 'Chưa đăng nhập được', detail: 'Thử lại.' });
  expect(refusal(new Problem(0)).title).toBe('Không kết nối được máy chủ');
});
