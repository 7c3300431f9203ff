import { describe, expect, it } from 'vitest';
import { KEYS, pressed, type Press, type Shortcut } from '../src/keys.ts';
import { texts } from '../src/i18n/catalogue.ts';

const press = (key: string, code: string, rest: Partial<Press> = {}): Press => ({
  key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...rest,
});

describe('the catalogue of keys', () => {
  it('has one entry for each press and a text for each entry', () => {
    const ids = KEYS.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    const matches = (KEYS as readonly Shortcut[]).flatMap((entry) =>
      entry.match.map((m) => [entry.where, entry.shift, entry.ctrl, m].join(':')),
    );
    expect(new Set(matches).size).toBe(matches.length);
    for (const entry of KEYS) expect(texts[entry.text]).toBeDefined();
  });
  it.each([
    [press('1', 'Digit1'), { id: 'site', digit: 1 }],
    [press('9', 'Numpad9'), { id: 'site', digit: 9 }],
    [press('!', 'Digit1', { shiftKey: true }), { id: 'add', digit: 1 }],
    [press(' ', 'Space'), { id: 'take', digit: 0 }],
    [press('Enter', 'Enter'), { id: 'take', digit: 0 }],
    [press('/', 'Slash'), { id: 'search', digit: 0 }],
    [press('?', 'Slash', { shiftKey: true }), { id: 'help', digit: 0 }],
    [press('m', 'KeyM'), { id: 'mute', digit: 0 }],
    [press('M', 'KeyM', { shiftKey: true }), { id: 'muteAll', digit: 0 }],
    [press('Escape', 'Escape'), { id: 'escape', digit: 0 }],
    [press('k', 'KeyK', { ctrlKey: true }), { id: 'palette', digit: 0 }],
    [press('k', 'KeyK'), { id: 'toSession', digit: 0 }],
    [press('ArrowRight', 'ArrowRight', { shiftKey: true }), { id: 'swap', digit: 0 }],
  ])('%j', (event, expected) => expect(pressed(event)).toEqual(expected));

  it('works while a Vietnamese input method gives other characters', () => {
    expect(pressed(press('ư', 'KeyM'))?.id).toBe('mute');
  });
  it('binds no key that a Vietnamese input method changes or that makes it take the next one', () => {
    const changed = [...'AEIOUYDW'].map((letter) => `Key${letter}`).concat('BracketLeft', 'BracketRight', 'Backspace');
    const bound = (KEYS as readonly Shortcut[]).flatMap((entry) => entry.match);
    expect(bound.filter((match) => changed.includes(match))).toEqual([]);
  });
  it('lets a list have keys of its own, and the page the rest', () => {
    expect(pressed(press('1', 'Digit1'), 'roll')?.id).toBe('rollPresent');
    expect(pressed(press('1', 'Digit1'), 'queue')?.id).toBe('site');
    expect(pressed(press('p', 'KeyP'), 'rundown')?.id).toBe('itemPrepare');
    expect(pressed(press(' ', 'Space'), 'roll')?.id).toBe('take');
  });
  it.each([
    press('m', 'KeyM', { ctrlKey: true }),
    press(' ', 'Space', { shiftKey: true }),
    press('0', 'Digit0'),
    press('a', 'KeyA'),
    press('n', 'KeyN', { ctrlKey: true }),
  ])('leaves %j to the browser', (event) => expect(pressed(event)).toBeUndefined());
});
