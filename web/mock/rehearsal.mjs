/** The unattended rehearsal, in memory: waves of six, a second each; some sites have a fault at first. */
import { Refusal } from './refusal.mjs';

const WAVE = 6;
const now = () => new Date().toISOString();

const FAULTS = [
  {
    fault: 'hum',
    reason: { vi: 'Tiếng ù 50 Hz trong micro', en: 'A 50 Hz hum in the microphone' },
    advice: { vi: 'Cắm micro và bộ trộn chung một ổ điện; đổi dây tín hiệu.', en: 'Plug microphone and mixer into one outlet; change the signal cable.' },
  },
  {
    fault: 'dark',
    reason: { vi: 'Hình quá tối', en: 'The picture is too dark' },
    advice: { vi: 'Bật đèn phòng họp, mở nắp ống kính, tăng phơi sáng.', en: 'Switch the lights on, take the lens cap off, raise the exposure.' },
  },
  {
    fault: 'echo',
    reason: { vi: 'Tiếng vọng: loa lọt vào micro sau 180 ms', en: 'Echo: the loudspeaker reaches the microphone after 180 ms' },
    advice: { vi: 'Giảm loa, đưa micro ra xa loa, bật khử vọng.', en: 'Turn the loudspeaker down, move the microphone away, switch echo cancelling on.' },
  },
];
const faulty = (site, attempt) => site.number % 9 === 4 && attempt < 3;
const faultsOf = (site, attempt) => (faulty(site, attempt) ? [FAULTS[site.number % 3]] : []);

export function rehearse(c, { sites = [] }) {
  const { state } = c;
  const asked = sites.length ? sites : Object.keys(state.sites);
  const rehearsal = (state.rehearsal ??= { since: now(), running: [], waiting: [], failed: [], passed: [] });
  state.examinations ??= {};
  for (const list of ['waiting', 'failed', 'passed']) rehearsal[list] = rehearsal[list].filter((site) => !asked.includes(site));
  rehearsal.waiting.push(...asked.filter((site) => !rehearsal.running.includes(site)));
  for (const site of asked) state.examinations[site] = { ...state.examinations[site], state: 'waiting' };
  c.rehearsing ??= setInterval(() => wave(c), 1000).unref();
  wave(c);
}

export function endRehearsal(c) {
  if (!c.state.rehearsal) throw new Refusal(409, 'Không có đợt đo kiểm nào đang chạy', 'No rehearsal is under way');
  clearInterval(c.rehearsing);
  delete c.rehearsing;
  delete c.state.rehearsal;
  c.changed();
}

function wave(c) {
  const { rehearsal, examinations, sites } = c.state;
  for (const site of rehearsal.running) {
    const attempt = (examinations[site].attempt ?? 0) + 1;
    const faults = faultsOf(sites[site], attempt);
    examinations[site] = { state: faults.length ? 'failed' : 'passed', at: now(), attempt, faults, figures: { fps: 25, loudness_lufs: -24.1 } };
    rehearsal[faults.length ? 'failed' : 'passed'].push(site);
  }
  const ready = rehearsal.waiting.filter((site) => sites[site].state === 'ready').slice(0, WAVE);
  rehearsal.running = ready;
  rehearsal.waiting = rehearsal.waiting.filter((site) => !ready.includes(site));
  for (const site of ready) examinations[site] = { ...examinations[site], state: 'running' };
  c.changed();
}
