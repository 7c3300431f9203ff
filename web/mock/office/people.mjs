/** Accounts, people and duties of the mock. Password of every account: `diemcau-2026`; the code of `ma` is 123456. */
const account = (id, name, grants, more = {}) => ({ id, name, email: `${id}@vinhphuc.gov.vn`, active: true, grants, ...more });

export const accounts = [
  account('vanphong', 'Nguyễn Thị Hạnh', [{ role: 'office', unit: 'tinh' }, { role: 'admin', unit: 'tinh' }]),
  account('kythuat', 'Trần Văn Minh', [{ role: 'technician', unit: 'tinh' }]),
  account('vnpt', 'Ngô Bá Khánh', [{ role: 'telecom', unit: 'vnpt' }]),
  account('daoduc', 'Lê Văn Dũng', [{ role: 'room-operator', unit: 'dao-duc' }]),
  account('chutoa', 'Phạm Quốc Tuấn', [{ role: 'chair', unit: 'tinh' }]),
  account('moi', 'Đỗ Thị Mới', [{ role: 'room-operator', unit: 'huong-canh' }], { first_password: true }),
  account('ma', 'Vũ Văn Mã', [{ role: 'dic', unit: 'tinh' }], { codes: true }),
];

const person = (id, name, unit, position, phone) => ({ id, name, unit, position, phone, email: `${id}@vinhphuc.gov.vn` });
export const people = [
  person('p-hanh', 'Nguyễn Thị Hạnh', 'tinh', 'Trưởng phòng', '0912 345 678'),
  person('p-minh', 'Trần Văn Minh', 'tinh', 'Kỹ thuật viên MCU', '0987 654 321'),
  person('p-dung', 'Lê Văn Dũng', 'dao-duc', 'Văn hóa – Xã hội', '0903 111 222'),
  person('p-thu', 'Hoàng Thị Thu', 'binh-xuyen', 'Văn phòng', '0904 333 444'),
  person('p-khanh', 'Bùi Duy Khánh', 'tam-dao', 'Công nghệ thông tin', '0905 555 666'),
];

const at = (hours) => new Date(Date.now() + hours * 3600e3).toISOString();
export const duties = [
  ['duty-1', 'p-minh', 'tinh', -6, 18, 1], ['duty-2', 'p-hanh', 'tinh', -6, 18, 2], ['duty-3', 'p-thu', 'binh-xuyen', -6, 18, 1],
  ['duty-4', 'p-khanh', 'tam-dao', -6, 18, 1], ['duty-5', 'p-minh', 'tinh', 18, 42, 1],
].map(([id, who, unit, from, to, rank]) => ({ id, person: who, unit, starts: at(from), ends: at(to), rank }));

export const tiers = [
  ['province', 'Cấp tỉnh', 'Province', 1], ['department', 'Sở, ban, ngành', 'Department', 2], ['district', 'Cấp huyện', 'District', 3], ['commune', 'Cấp xã', 'Commune', 4],
].map(([id, name, name_en, rank]) => ({ id, name, name_en, rank }));

export function onDuty(unit) {
  const now = Date.now();
  return duties
    .filter((one) => Date.parse(one.starts) <= now && Date.parse(one.ends) > now && (!unit || one.unit === unit))
    .map(({ person: id, unit: of, rank, starts, ends }) => {
      const who = people.find((one) => one.id === id);
      return { unit: of, rank, starts, ends, name: who?.name ?? id, phone: who?.phone ?? '', email: who?.email ?? '' };
    });
}
