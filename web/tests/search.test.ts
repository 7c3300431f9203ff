import { describe, expect, it } from 'vitest';
import { fold, search, type Searchable } from '../src/lib/search.ts';

const sites: Searchable[] = [
  { name: 'UBND xã Đạo Đức', code: '26-07-012', number: 12, context: 'Huyện Bình Xuyên Tỉnh Vĩnh Phúc' },
  { name: 'UBND huyện Tam Đảo', code: '26-05-001', number: 3, context: 'Huyện Tam Đảo Tỉnh Vĩnh Phúc' },
  { name: 'UBND xã Hồ Sơn', code: '26-05-004', number: 4, context: 'Huyện Tam Đảo Tỉnh Vĩnh Phúc' },
  { name: 'UBND huyện Lập Thạch', code: '26-04-001', number: 5, context: 'Huyện Lập Thạch Tỉnh Vĩnh Phúc' },
  { name: 'UBND xã Lạp Trì', code: '26-04-002', number: 6, context: 'Huyện Lập Thạch Tỉnh Vĩnh Phúc' },
];
const found = (query: string) => search(query, sites, (site) => site).map((site) => site.name);

describe('fold', () => {
  it.each([
    ['Đạo Đức', 'dao duc'],
    ['đường', 'duong'],
    ['Thị trấn Hương Canh', 'thi tran huong canh'],
    ['Đạo Đức'.normalize('NFD'), 'dao duc'],
    ['ƯỨỪỬỮỰ ơớờởỡợ', 'uuuuuu oooooo'],
  ])('%s → %s', (text, folded) => expect(fold(text)).toBe(folded));
});

describe('search', () => {
  it.each(['dao duc', 'Đạo Đức', 'đao đuc', 'DAO', 'xã đạo', 'duc dao'])('%s finds Đạo Đức first', (query) => {
    expect(found(query)[0]).toBe('UBND xã Đạo Đức');
  });
  it('finds by code, number and initials', () => {
    expect(found('07-012')).toEqual(['UBND xã Đạo Đức']);
    expect(found('12')[0]).toBe('UBND xã Đạo Đức');
    expect(found('xdd')).toEqual(['UBND xã Đạo Đức']);
  });
  it('finds the communes of a district, the district itself first', () => {
    expect(found('tam dao')).toEqual(['UBND huyện Tam Đảo', 'UBND xã Hồ Sơn']);
  });
  it('puts accents that were typed and fit before those that do not', () => {
    expect(found('lạp')[0]).toBe('UBND xã Lạp Trì');
    expect(found('lập')[0]).toBe('UBND huyện Lập Thạch');
  });
  it('gives everything for nothing and nothing for nonsense', () => {
    expect(found('  ')).toHaveLength(sites.length);
    expect(found('dao zzz')).toEqual([]);
  });
});
