/** The page speaks from one catalogue: nothing missing, nothing unused, no words in the markup. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { texts } from '../src/i18n/catalogue.ts';

const root = join(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name));
const sources = new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
const code = [...sources].filter(([name]) => !name.startsWith('i18n/')).map(([, text]) => text).join('\n');

describe('the catalogue', () => {
  it.each(Object.entries(texts))('%s is there in both languages with the same values', (_, text) => {
    const [vi, en] = text;
    const values = (t: string) => [...t.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    expect(vi.trim()).not.toBe('');
    expect(en.trim()).not.toBe('');
    expect(values(en)).toEqual(values(vi));
  });

  it('has every text that the pages ask for, and no other', () => {
    const exact = new Set([...code.matchAll(/'([a-z]+\.[a-z_.]+)'/g)].map((match) => match[1] as string));
    const patterns = [...code.matchAll(/`([a-z]+\.[a-z_.]*)\$\{[^}]+\}([a-z_.]*)`/g)].map(
      (match) => new RegExp(`^${match[1]?.replaceAll('.', '\\.')}\\w+${match[2]}$`),
    );
    const i18n = sources.get('i18n/i18n.svelte.ts') ?? '';
    const used = (key: string) => exact.has(key) || patterns.some((p) => p.test(key)) || i18n.includes(`'${key}'`);
    expect(Object.keys(texts).filter((key) => !used(key))).toEqual([]);
  });
});

interface Node {
  type: string;
  data?: string;
  name?: string;
  value?: unknown;
  [member: string]: unknown;
}

const SPOKEN = new Set(['title', 'aria-label', 'placeholder', 'alt', 'aria-description', 'label']);
const LETTERS = /\p{L}{2,}/u;

/** Words for people in a template: text nodes and the attributes that are read out. */
function words(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) node.forEach((child) => words(child, found));
  else if (typeof node === 'object' && node !== null) {
    const { type, data, name, value, ...rest } = node as Node;
    if (type === 'Text' && LETTERS.test(data ?? '')) found.push(data ?? '');
    if (type === 'Attribute') {
      if (SPOKEN.has(name ?? '')) words(value, found);
      return found;
    }
    Object.values({ ...rest, value }).forEach((child) => words(child, found));
  }
  return found;
}

describe('templates', () => {
  const svelte = [...sources].filter(([name]) => name.endsWith('.svelte'));
  it('finds words where there are some', () => {
    const { fragment } = parse('<p title="Xin chào">Mời</p><b class="next">{t("a.b")}</b>', { modern: true });
    expect(words(fragment)).toEqual(['Xin chào', 'Mời']);
  });
  it.each(svelte)('%s has no words of its own', (_, source) => {
    expect(words(parse(source, { modern: true }).fragment)).toEqual([]);
  });
  it.each([...sources].filter(([name]) => !name.startsWith('i18n/')))('%s has no Vietnamese strings', (_, source) => {
    const plain = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, '');
    expect(plain.match(/['"`][^'"`\n]*[ạảãâầấậẩẫăằắặẳẵẹẻẽêềếệểễịỉĩọỏõôồốộổỗơờớợởỡụủũưừứựửữỳỵỷỹ][^'"`\n]*['"`]/giu)).toBeNull();
  });
});
