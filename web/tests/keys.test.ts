import { describe, expect, it } from 'vitest';
import { KEYS, pressed, type Press } from '../src/keys.ts';
import { texts } from '../src/i18n/catalogue.ts';

const press = (key: string, code: string, rest: Partial<Press> = {}): Press => ({
  key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...rest,
});

describe('the catalogue of keys', () => {
  it('has one entry for each press and a text for each entry', () => {
    const ids = KEYS.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    const matches = KEYS.flatMap((entry) => entry.match.map((m) => `${'shift' in entry}:${m}`));
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
  ])('%j', (event, expected) => expect(pressed(event)).toEqual(expected));

  it('works while a Vietnamese input method gives other characters', () => {
    expect(pressed(press('ư', 'KeyM'))?.id).toBe('mute');
  });
  it.each([
    press('m', 'KeyM', { ctrlKey: true }),
    press(' ', 'Space', { shiftKey: true }),
    press('0', 'Digit0'),
    press('x', 'KeyX'),
  ])('leaves %j to the browser', (event) => expect(pressed(event)).toBeUndefined());
});
