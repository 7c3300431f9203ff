/** The unattended rehearsal, in memory: waves of six, a second each; some sites have a fault at first. */
import { Refusal } from './refusal.mjs';

const WAVE = 6;
const now = () => new Date().toISOString();

/** What is measured of a good site. */
const GOOD = {
  to_connect_ms: 231.4, to_picture_ms: 231.4, to_sound_ms: 14.2,
  loss_pct: 0.12, down_loss_pct: 0, rtt_ms: 24, jitter_ms: 3.4, spread_ms: 11.8, can_send_kbps: 2310, kbps: 1184.6, down_kbps: 1502.3,
  width: 1280, height: 720, fps: 24.9, luma: 96.2, contrast: 81, over_exposed: 0.021, black: 0, frozen_s: 0.12, frames: 149,
  loudness_lufs: -24.1, peak_dbtp: -5.8, clipped: 0, silence_s: 0.4, noise_dbfs: -58.3, hum_dbfs: -81.2, hum_db: 2.1, echo_floor_db: -52.4, sound_s: 5.98, listened_s: 2.6,
};

/** A fault each: its figures, and the bounds that they cross; `follows`: of another that it explains. */
const FAULTS = [
  {
    fault: 'hum',
    reason: { vi: 'Tiếng của điểm cầu có tiếng ù của điện lưới.', en: "The site's sound has a hum of the mains in it." },
    advice: { vi: 'Cắm máy tính và âm thanh vào cùng một ổ điện, thay cáp âm thanh.', en: 'Plug computer and sound into one socket, change the sound cable.' },
    figures: { hum_dbfs: -34.6, hum_db: 41.3 },
    bounds: { hum: [{ figure: 'hum_db', most: 15 }, { figure: 'hum_dbfs', most: -50 }] },
  },
  {
    fault: 'black',
    reason: { vi: 'Hình của điểm cầu đen hoàn toàn.', en: "The site's picture is black." },
    advice: { vi: 'Mở nắp che ống kính; bật đèn phòng họp.', en: 'Open the lens cover; switch the lights on.' },
    figures: { black: 1, luma: 16.4, contrast: 1, frozen_s: 5.72 },
    bounds: { black: [{ figure: 'black', most: 0.9 }], frozen: [{ figure: 'frozen_s', most: 2 }], dark: [{ figure: 'luma', least: 45 }] },
  },
  {
    fault: 'echo',
    reason: { vi: 'Điểm cầu làm vọng lại tiếng của điểm cầu khác.', en: 'The site sends back the sound of others, as an echo.' },
    advice: { vi: 'Giảm loa, đặt micro xa loa, bật khử vọng.', en: 'Turn the loudspeakers down and away from the microphones, switch echo cancelling on.' },
    figures: { echo_db: -12.4, echo_ms: 182 },
    bounds: { echo: [{ figure: 'echo_db', most: -35 }] },
  },
];

/** What an examination finds at a site with that fault, or with none. */
export function foundAt(site, attempt, at = now()) {
  const [one] = faultsOf(site, attempt);
  const { figures, bounds, ...fault } = one ?? {};
  return { at, attempt, faults: one ? [fault] : [], figures: { ...GOOD, ...figures }, bounds: bounds ?? {} };
}

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
    const found = foundAt(sites[site], attempt);
    const state = found.faults.length ? 'failed' : 'passed';
    examinations[site] = { state, ...found };
    rehearsal[state].push(site);
  }
  const ready = rehearsal.waiting.filter((site) => sites[site].state === 'ready').slice(0, WAVE);
  rehearsal.running = ready;
  rehearsal.waiting = rehearsal.waiting.filter((site) => !ready.includes(site));
  for (const site of ready) examinations[site] = { ...examinations[site], state: 'running' };
  c.changed();
}
