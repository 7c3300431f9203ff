/** The catalogue of keys: what is bound here is what `?` shows, and nothing else is bound. */
import type { TextKey } from './i18n/catalogue.ts';

export interface Shortcut {
  id: string;
  /** As printed on the key caps. */
  caps: string[];
  /** `KeyboardEvent.code` or `.key` values; codes work whatever Vietnamese input method is on. */
  match: string[];
  shift?: boolean;
  text: TextKey;
}

const DIGITS = Array.from({ length: 9 }, (_, index) => `Digit${index + 1}`);
const NUMPAD = Array.from({ length: 9 }, (_, index) => `Numpad${index + 1}`);

export const KEYS = [
  { id: 'site', caps: ['1', '…', '9'], match: [...DIGITS, ...NUMPAD], text: 'keys.site' },
  { id: 'add', caps: ['Shift', '1', '…', '9'], match: DIGITS, shift: true, text: 'keys.add' },
  { id: 'take', caps: ['Space', 'Enter'], match: ['Space', 'Enter', 'NumpadEnter'], text: 'keys.take' },
  { id: 'search', caps: ['/'], match: ['/'], text: 'keys.search' },
  { id: 'next', caps: ['↓'], match: ['ArrowDown'], text: 'keys.next' },
  { id: 'previous', caps: ['↑'], match: ['ArrowUp'], text: 'keys.previous' },
  { id: 'preview', caps: ['P'], match: ['KeyP'], text: 'keys.preview' },
  { id: 'mute', caps: ['M'], match: ['KeyM'], text: 'keys.mute' },
  { id: 'muteAll', caps: ['Shift', 'M'], match: ['KeyM'], shift: true, text: 'keys.mute_all' },
  { id: 'layout', caps: ['L'], match: ['KeyL'], text: 'keys.layout' },
  { id: 'listen', caps: ['S'], match: ['KeyS'], text: 'keys.listen' },
  { id: 'banner', caps: ['B'], match: ['KeyB'], text: 'keys.banner' },
  { id: 'help', caps: ['?'], match: ['?'], text: 'keys.help' },
  { id: 'escape', caps: ['Esc'], match: ['Escape'], text: 'keys.escape' },
] as const satisfies readonly Shortcut[];

/** The one key of the main screen, which has neither `?` nor anything else on it. */
export const FULL_SCREEN = 'KeyF';

/** Keys of a room's page. What is held as long as somebody talks is bound by `bindHold`. */
export const ROOM_KEYS = [
  { id: 'talk', caps: ['Space'], match: ['Space'], text: 'keys.talk' },
  { id: 'mute', caps: ['M'], match: ['KeyM'], text: 'keys.own_mute' },
  { id: 'hand', caps: ['H'], match: ['KeyH'], text: 'keys.hand' },
  { id: 'chat', caps: ['C'], match: ['KeyC'], text: 'keys.chat' },
  { id: 'help', caps: ['?'], match: ['?'], text: 'keys.help' },
] as const satisfies readonly Shortcut[];

export type RoomKeyId = (typeof ROOM_KEYS)[number]['id'];

export type KeyId = (typeof KEYS)[number]['id'];

/** What of a KeyboardEvent decides. */
export interface Press {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

export interface Pressed {
  id: KeyId;
  /** 1–9 for the number keys, else 0. */
  digit: number;
}

/** The shortcut of a key press, if it is one. Characters (`/`, `?`) are matched whatever shift does. */
export function pressed(press: Press): Pressed | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const character = KEYS.find((entry) => (entry.match as readonly string[]).includes(press.key));
  const byCode = (entry: Shortcut) =>
    entry.match.includes(press.code) && (entry.shift ?? false) === press.shiftKey;
  const found = character && press.key.length === 1 ? character : KEYS.find(byCode);
  if (!found) return undefined;
  return { id: found.id, digit: Number(/^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1] ?? 0) };
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

/**
 * Keys of a room's page: `handle` for those that are pressed, `down` and `up` for the one that is held. Whatever takes
 * the keyboard away meanwhile lets it go.
 */
export function bindRoomKeys(handle: (id: RoomKeyId) => void, down: () => void, up: () => void): () => void {
  let holding = false;
  const release = () => {
    if (holding) up();
    holding = false;
  };
  const onDown = (event: KeyboardEvent) => {
    const entry = roomKey(event);
    if (!entry || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || isEditable(event.target)) return;
    if (event.target instanceof Element && event.target.closest('dialog')) return;
    if (entry === 'talk' && belongsToFocus(event)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (entry !== 'talk') return handle(entry);
    holding = true;
    down();
  };
  const onUp = (event: KeyboardEvent) => {
    if (event.code === 'Space') release();
  };
  const bound = [['keydown', onDown], ['keyup', onUp], ['blur', release]] as const;
  for (const [name, what] of bound) window.addEventListener(name, what as EventListener);
  return () => {
    release();
    for (const [name, what] of bound) window.removeEventListener(name, what as EventListener);
  };
}

/** The key of a room's page that was pressed, if it is one. */
export function roomKey(press: Pick<Press, 'key' | 'code'>): RoomKeyId | undefined {
  return ROOM_KEYS.find((entry) => (entry.match as readonly string[]).some((m) => m === press.code || m === press.key))?.id;
}

/** Space and Enter belong to the control that was reached by keyboard, as everywhere. */
function belongsToFocus(event: KeyboardEvent): boolean {
  if (event.code !== 'Space' && event.key !== 'Enter') return false;
  const target = event.target;
  return target instanceof Element && target.matches('button, a, summary, [role="button"]');
}

/**
 * Bind the catalogue to the page. After a click with the mouse the button gives its focus up,
 * so that Space is TAKE again; reached with Tab it keeps it.
 */
export function bindKeys(handle: (press: Pressed, event: KeyboardEvent) => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.repeat) return;
    const press = pressed(event);
    if (!press) return;
    if (isEditable(event.target) && press.id !== 'escape') return;
    if (belongsToFocus(event)) return;
    event.preventDefault();
    handle(press, event);
  };
  const onClick = (event: MouseEvent) => {
    const active = document.activeElement;
    if (event.detail > 0 && active instanceof HTMLButtonElement) active.blur();
  };
  window.addEventListener('keydown', onKey);
  window.addEventListener('click', onClick);
  return () => {
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('click', onClick);
  };
}
