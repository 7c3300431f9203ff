/** Twelve sites of Vĩnh Phúc on the tree of 2022, for pages without a server. */

export const units = [
  { id: 'tinh', name: 'Tỉnh Vĩnh Phúc', tier: 'province', latitude: 21.31, longitude: 105.6 },
  { id: 'vinh-yen', name: 'Thành phố Vĩnh Yên', tier: 'district', parent: 'tinh', latitude: 21.309, longitude: 105.605 },
  { id: 'binh-xuyen', name: 'Huyện Bình Xuyên', tier: 'district', parent: 'tinh', latitude: 21.305, longitude: 105.66 },
  { id: 'tam-dao', name: 'Huyện Tam Đảo', tier: 'district', parent: 'tinh', latitude: 21.457, longitude: 105.6 },
  { id: 'lap-thach', name: 'Huyện Lập Thạch', tier: 'district', parent: 'tinh', latitude: 21.415, longitude: 105.46 },
  { id: 'dao-duc', name: 'Xã Đạo Đức', tier: 'commune', parent: 'binh-xuyen', latitude: 21.272, longitude: 105.655 },
  { id: 'huong-canh', name: 'Thị trấn Hương Canh', tier: 'commune', parent: 'binh-xuyen', latitude: 21.283, longitude: 105.652 },
  { id: 'trung-my', name: 'Xã Trung Mỹ', tier: 'commune', parent: 'binh-xuyen', latitude: 21.375, longitude: 105.69 },
  { id: 'dai-dinh', name: 'Thị trấn Đại Đình', tier: 'commune', parent: 'tam-dao', latitude: 21.46, longitude: 105.55 },
  { id: 'ho-son', name: 'Xã Hồ Sơn', tier: 'commune', parent: 'tam-dao', latitude: 21.42, longitude: 105.62 },
  { id: 'xuan-hoa', name: 'Xã Xuân Hòa', tier: 'commune', parent: 'lap-thach', latitude: 21.44, longitude: 105.48 },
  { id: 'quang-son', name: 'Xã Quang Sơn', tier: 'commune', parent: 'lap-thach', latitude: 21.47, longitude: 105.43 },
  { id: 'vnpt', name: 'VNPT Vĩnh Phúc', tier: 'department' },
  { id: 'viettel', name: 'Viettel Vĩnh Phúc', tier: 'department' },
];

const rows = [
  ['s-vp-ubnd', 'UBND tỉnh Vĩnh Phúc – Phòng họp lớn', 'tinh', 'vinh-phuc'],
  ['s-vp-tttt', 'Sở Thông tin và Truyền thông', 'tinh', 'vinh-phuc'],
  ['s-vinh-yen', 'UBND thành phố Vĩnh Yên', 'vinh-yen', 'vnpt'],
  ['s-binh-xuyen', 'UBND huyện Bình Xuyên', 'binh-xuyen', 'vnpt'],
  ['s-dao-duc', 'UBND xã Đạo Đức', 'dao-duc', 'vnpt'],
  ['s-huong-canh', 'UBND thị trấn Hương Canh', 'huong-canh', 'vnpt'],
  ['s-trung-my', 'UBND xã Trung Mỹ', 'trung-my', 'vnpt'],
  ['s-tam-dao', 'UBND huyện Tam Đảo', 'tam-dao', 'viettel'],
  ['s-dai-dinh', 'UBND thị trấn Đại Đình', 'dai-dinh', 'viettel'],
  ['s-ho-son', 'UBND xã Hồ Sơn', 'ho-son', 'viettel'],
  ['s-xuan-hoa', 'UBND xã Xuân Hòa', 'xuan-hoa', 'viettel'],
  ['s-quang-son', 'UBND xã Quang Sơn', 'quang-son', 'viettel'],
];

// MOCK_SITES=130: as many sites as the province has, to see that lists and meters keep up.
const districts = ['vinh-yen', 'binh-xuyen', 'tam-dao', 'lap-thach'];
for (let n = rows.length + 1; n <= Number(process.env.MOCK_SITES ?? 0); n += 1) {
  rows.push([`s-${n}`, `UBND xã số ${n}`, districts[n % districts.length], n % 2 ? 'vnpt' : 'viettel']);
}

export const directorySites = rows.map(([id, name, unit, mcu], index) => ({
  id, name, unit, mcu, number: index + 1, code: `26-07-${String(index + 1).padStart(3, '0')}`,
}));

export const lines = [
  { id: 'l-vnpt', lower: 'vnpt', upper: 'vinh-phuc', mbps: 200, priority: 1, carrier: 'VNPT Vĩnh Phúc', carrier_phone: '0211 3860 119' },
  { id: 'l-viettel', lower: 'viettel', upper: 'vinh-phuc', mbps: 100, priority: 1, carrier: 'Viettel Vĩnh Phúc', carrier_phone: '0211 6250 198' },
];

/** What was measured of a line (docs/protocol.md, section 6). */
export function lineHistory(id) {
  const period = (start, minutes, loss, session = '') => ({
    start, minutes, session, availability: loss > 1 ? 98.72 : 100,
    figures: { loss_pct: { mean: loss, p95: loss * 2.5 }, rtt_ms: { mean: 6.4, p95: 11 }, mos: { mean: 4.38, p95: 4.3 } },
  });
  const days = ['03', '05', '10', '12', '17', '19', '24'].map((day, index) => period(`2026-11-${day}`, 95 + 20 * index, [0.05, 0.1, 0.3, 1.4, 0.2, 0.08, 0.1][index]));
  const weeks = ['02', '09', '16', '23'].map((day, index) => period(`2026-11-${day}`, 200 + index, [0.08, 0.9, 0.14, 0.1][index]));
  return { ...lines.find((line) => line.id === id), days, weeks, worst: [period('2026-11-12', 155, 1.4, 'd-giao-ban'), period('2026-11-10', 135, 0.3, 'd-thuong-ky')] };
}

export const mcus = [
  { id: 'vinh-phuc', name: 'MCU Văn phòng UBND tỉnh', operator: 'VP UBND', unit: 'tinh' },
  { id: 'vnpt', name: 'MCU VNPT Vĩnh Phúc', parent: 'vinh-phuc', operator: 'VNPT', unit: 'vnpt' },
  { id: 'viettel', name: 'MCU Viettel Vĩnh Phúc', parent: 'vinh-phuc', operator: 'Viettel', unit: 'viettel' },
];

const third = 1 / 3;
const grid = (n) => Array.from({ length: n * n }, (_, i) => [(i % n) / n, Math.floor(i / n) / n, 1 / n, 1 / n]);

export const layouts = [
  { id: 'full', name: 'Toàn màn hình', name_en: 'Full screen', panes: [[0, 0, 1, 1]] },
  { id: 'side-by-side', name: 'Hai điểm cầu', name_en: 'Side by side', panes: [[0, 0.25, 0.5, 0.5], [0.5, 0.25, 0.5, 0.5]] },
  { id: 'grid-2x2', name: 'Lưới 2×2', name_en: '2×2', panes: grid(2) },
  { id: 'grid-3x3', name: 'Lưới 3×3', name_en: '3×3', panes: grid(3) },
  {
    id: 'one-plus-five', name: 'Một lớn, năm nhỏ', name_en: '1 + 5',
    panes: [
      [0, 0, 2 * third, 2 * third], [2 * third, 0, third, third], [2 * third, third, third, third],
      [0, 2 * third, third, third], [third, 2 * third, third, third], [2 * third, 2 * third, third, third],
    ],
  },
  { id: 'pip', name: 'Hình trong hình', name_en: 'Picture in picture', panes: [[0, 0, 1, 1], [0.7, 0.05, 0.27, 0.27]] },
  { id: 'content-speaker', name: 'Trình chiếu và người nói', name_en: 'Content and speaker', panes: [[0, 0.11, 0.78, 0.78], [0.78, 0.11, 0.22, 0.22]] },
];

const agenda = [
  { id: 'm1', title: 'Khai mạc', sites: ['s-vp-ubnd'], minutes: 10, speaker: 'Chủ tịch UBND tỉnh' },
  { id: 'm2', title: 'Báo cáo kinh tế – xã hội', sites: ['s-vp-ubnd'], minutes: 25, speaker: 'Giám đốc Sở KH&ĐT' },
  { id: 'm3', title: 'Huyện Bình Xuyên phát biểu', sites: ['s-vp-ubnd', 's-binh-xuyen'], minutes: 15, speaker: 'Chủ tịch UBND huyện' },
  { id: 'm5', title: 'Xã Đạo Đức phát biểu', sites: ['s-vp-ubnd', 's-dao-duc'], minutes: 10 },
  { id: 'm4', title: 'Kết luận', sites: ['s-vp-ubnd'], minutes: 15, speaker: 'Chủ tịch UBND tỉnh' },
];

/** Twenty minutes into a session of two hours, in the second item of its script. */
function session() {
  const at = (minutes) => new Date(Date.now() + minutes * 60e3).toISOString();
  return { cue: 'm2', cue_at: at(-12.5), starts_at: at(-20), ends_at: at(100) };
}

export function freshState(id, title) {
  const full = (site) => ({ layout: 'full', panes: [[0, 0, 1, 1]], sites: [site] });
  const sites = {};
  for (const site of directorySites) {
    sites[site.id] = {
      ...site, state: 'ready', home: 'ready', tally: 'off', muted: site.number > 2, level_db: -48,
      quality: { rtt_ms: 8 + ((site.number * 3) % 40), loss_pct: 0, jitter_ms: 3, kbps: 1180, fps: 25 }, still: '1',
    };
  }
  Object.assign(sites['s-ho-son'], { state: 'off', home: 'off' });
  Object.assign(sites['s-quang-son'], { state: 'lost', home: 'lost' });
  sites['s-xuan-hoa'].quality = { rtt_ms: 71, loss_pct: 1.4, jitter_ms: 22, kbps: 760, fps: 25 };
  sites['s-dai-dinh'].quality = { rtt_ms: 212, loss_pct: 4.1, jitter_ms: 96, kbps: 310, fps: 11 };
  sites['s-vp-ubnd'].content = { id: 's-vp-ubnd.content', state: 'ready', home: 'ready', tally: 'off', quality: { rtt_ms: 9, loss_pct: 0, kbps: 420, fps: 7 } };
  const lanes = [{ lane: 0, state: 'ready' }, { lane: 1, state: 'ready' }];
  const link = (rtt) => ({ lanes: structuredClone(lanes), rtt_ms: rtt, loss_pct: 0, kbps: 2600 });
  return {
    conference: {
      id, title, master: 'vinh-phuc', chair: 's-vp-ubnd', buses: ['program', 'chair'],
      program: full('s-vp-ubnd'), preview: full('s-binh-xuyen'), chair_view: full('s-binh-xuyen'),
      banner: '', max_sites: 200, max_panes: 9, calls: [], hands: [], undo: false, clock: false, slate: '', locked: false, ...session(),
    },
    agenda,
    talk: {},
    incidents: {},
    alarms: {},
    sites,
    mcus: {
      'vinh-phuc': { id: 'vinh-phuc', name: mcus[0].name, state: 'online', viewers: 4, publishers: 2 },
      vnpt: { id: 'vnpt', name: mcus[1].name, state: 'online', parent: 'vinh-phuc', viewers: 5, publishers: 5, link: link(4) },
      viettel: { id: 'viettel', name: mcus[2].name, state: 'online', parent: 'vinh-phuc', viewers: 4, publishers: 4, link: link(11) },
    },
    server: { version: 'mock' },
  };
}
