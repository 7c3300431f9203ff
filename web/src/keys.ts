/** The catalogue of keys: what is bound here is what `?` shows, and nothing else is bound. */
import type { TextKey } from './i18n/catalogue.ts';

/** A list of the page that has keys of its own while it has the focus (`data-keys`). */
export type Place = 'rundown' | 'queue' | 'roll' | 'scenes' | 'talk';

export type KeyGroup = 'picture' | 'panes' | 'sites' | 'panels' | 'lists' | 'page' | 'room';

export interface Shortcut {
  id: string;
  group: KeyGroup;
  /** As printed on the key caps. */
  caps: string[];
  /** `KeyboardEvent.code` or `.key` values; codes work whatever Vietnamese input method is on. */
  match: string[];
  shift?: boolean;
  ctrl?: boolean;
  /** Only there, and before a key of the whole page. */
  where?: Place;
  /** Held down, it goes on. */
  repeats?: boolean;
  text: TextKey;
}

const DIGITS = Array.from({ length: 9 }, (_, index) => `Digit${index + 1}`);
const NUMPAD = Array.from({ length: 9 }, (_, index) => `Numpad${index + 1}`);
const digit = (n: number) => [`Digit${n}`, `Numpad${n}`];

/**
 * No vowel, no D, no W, no bracket: those a Vietnamese input method changes (Telex "aw", "dd", "w", "[", VNI "a1"),
 * and takes the key after them for itself. Letters that are tones ("s", "f", "x") change only what is after a vowel.
 */
export const KEYS = [
  { id: 'take', group: 'picture', caps: ['Space', 'Enter'], match: ['Space', 'Enter', 'NumpadEnter'], text: 'keys.take' },
  { id: 'nextItem', group: 'picture', caps: ['N'], match: ['KeyN'], text: 'keys.next_item' },
  { id: 'undo', group: 'picture', caps: ['Z'], match: ['KeyZ'], text: 'keys.undo' },
  { id: 'preview', group: 'picture', caps: ['P'], match: ['KeyP'], text: 'keys.preview' },
  { id: 'layout', group: 'picture', caps: ['L'], match: ['KeyL'], text: 'keys.layout' },
  { id: 'banner', group: 'picture', caps: ['B'], match: ['KeyB'], text: 'keys.banner' },
  { id: 'listen', group: 'picture', caps: ['S'], match: ['KeyS'], text: 'keys.listen' },

  { id: 'pane', group: 'panes', caps: ['→'], match: ['ArrowRight'], repeats: true, text: 'keys.pane' },
  { id: 'paneBack', group: 'panes', caps: ['←'], match: ['ArrowLeft'], repeats: true, text: 'keys.pane_back' },
  { id: 'swap', group: 'panes', caps: ['Shift', '→'], match: ['ArrowRight'], shift: true, text: 'keys.swap' },
  { id: 'swapBack', group: 'panes', caps: ['Shift', '←'], match: ['ArrowLeft'], shift: true, text: 'keys.swap_back' },
  { id: 'fill', group: 'panes', caps: ['V'], match: ['KeyV'], text: 'keys.fill' },
  { id: 'clear', group: 'panes', caps: ['Delete'], match: ['Delete'], text: 'keys.clear' },

  { id: 'site', group: 'sites', caps: ['1', '…', '9'], match: [...DIGITS, ...NUMPAD], text: 'keys.site' },
  { id: 'add', group: 'sites', caps: ['Shift', '1', '…', '9'], match: DIGITS, shift: true, text: 'keys.add' },
  { id: 'next', group: 'sites', caps: ['↓'], match: ['ArrowDown'], repeats: true, text: 'keys.next' },
  { id: 'previous', group: 'sites', caps: ['↑'], match: ['ArrowUp'], repeats: true, text: 'keys.previous' },
  { id: 'search', group: 'sites', caps: ['/'], match: ['/'], text: 'keys.search' },
  { id: 'filter', group: 'sites', caps: ['F'], match: ['KeyF'], text: 'keys.filter' },
  { id: 'view', group: 'sites', caps: ['Shift', 'F'], match: ['KeyF'], shift: true, text: 'keys.view' },
  { id: 'mark', group: 'sites', caps: ['X'], match: ['KeyX'], text: 'keys.mark' },
  { id: 'unmark', group: 'sites', caps: ['Shift', 'X'], match: ['KeyX'], shift: true, text: 'keys.unmark' },
  { id: 'mute', group: 'sites', caps: ['M'], match: ['KeyM'], text: 'keys.mute' },
  { id: 'muteAll', group: 'sites', caps: ['Shift', 'M'], match: ['KeyM'], shift: true, text: 'keys.mute_all' },
  { id: 'call', group: 'sites', caps: ['C'], match: ['KeyC'], text: 'keys.call' },
  { id: 'release', group: 'sites', caps: ['Shift', 'C'], match: ['KeyC'], shift: true, text: 'keys.release' },
  { id: 'floor', group: 'sites', caps: ['G'], match: ['KeyG'], text: 'keys.floor' },
  { id: 'lower', group: 'sites', caps: ['Shift', 'G'], match: ['KeyG'], shift: true, text: 'keys.lower' },
  { id: 'turn', group: 'sites', caps: ['Shift', 'T'], match: ['KeyT'], shift: true, text: 'keys.turn' },
  { id: 'write', group: 'sites', caps: ['Shift', 'H'], match: ['KeyH'], shift: true, text: 'keys.write' },

  { id: 'toRundown', group: 'panels', caps: ['R'], match: ['KeyR'], text: 'keys.to_rundown' },
  { id: 'toQueue', group: 'panels', caps: ['Q'], match: ['KeyQ'], text: 'keys.to_queue' },
  { id: 'toTalk', group: 'panels', caps: ['H'], match: ['KeyH'], text: 'keys.to_talk' },
  { id: 'toAlarms', group: 'panels', caps: ['Shift', 'Q'], match: ['KeyQ'], shift: true, text: 'keys.to_alarms' },
  { id: 'toRoll', group: 'panels', caps: ['Shift', 'R'], match: ['KeyR'], shift: true, text: 'keys.to_roll' },
  { id: 'toTurn', group: 'panels', caps: ['T'], match: ['KeyT'], text: 'keys.to_turn' },
  { id: 'toScenes', group: 'panels', caps: ['Shift', 'L'], match: ['KeyL'], shift: true, text: 'keys.to_scenes' },
  { id: 'toSite', group: 'panels', caps: ['J'], match: ['KeyJ'], text: 'keys.to_site' },
  { id: 'toSession', group: 'panels', caps: ['K'], match: ['KeyK'], text: 'keys.to_session' },
  { id: 'toMcus', group: 'panels', caps: ['Shift', 'J'], match: ['KeyJ'], shift: true, text: 'keys.to_mcus' },
  { id: 'toRehearsal', group: 'panels', caps: ['Shift', 'K'], match: ['KeyK'], shift: true, text: 'keys.to_rehearsal' },

  { id: 'itemPrepare', group: 'lists', where: 'rundown', caps: ['P'], match: ['KeyP'], text: 'keys.item_prepare' },
  { id: 'rollPresent', group: 'lists', where: 'roll', caps: ['1'], match: digit(1), text: 'keys.roll_present' },
  { id: 'rollOnline', group: 'lists', where: 'roll', caps: ['2'], match: digit(2), text: 'keys.roll_online' },
  { id: 'rollAbsent', group: 'lists', where: 'roll', caps: ['3'], match: digit(3), text: 'keys.roll_absent' },
  { id: 'scenePrepare', group: 'lists', where: 'scenes', caps: ['1', '…', '9'], match: [...DIGITS, ...NUMPAD], text: 'keys.scene_prepare' },
  { id: 'sceneTake', group: 'lists', where: 'scenes', caps: ['Shift', '1', '…', '9'], match: DIGITS, shift: true, text: 'keys.scene_take' },

  { id: 'palette', group: 'page', caps: ['Ctrl', 'K'], match: ['KeyK'], ctrl: true, text: 'keys.palette' },
  { id: 'help', group: 'page', caps: ['?'], match: ['?'], text: 'keys.help' },
  { id: 'escape', group: 'page', caps: ['Esc'], match: ['Escape'], text: 'keys.escape' },
] as const satisfies readonly Shortcut[];

/** The one key of the main screen, which has neither `?` nor anything else on it. */
export const FULL_SCREEN = 'KeyF';

/** The one key of a technician whose MCU is of another make: what was asked for is full screen. */
export const CONFIRM = 'Space';

/** Keys of a room's page. What is held as long as somebody talks is bound by `bindHold`. */
export const ROOM_KEYS = [
  { id: 'talk', group: 'room', caps: ['Space'], match: ['Space'], text: 'keys.talk' },
  { id: 'mute', group: 'room', caps: ['M'], match: ['KeyM'], text: 'keys.own_mute' },
  { id: 'hand', group: 'room', caps: ['H'], match: ['KeyH'], text: 'keys.hand' },
  { id: 'chat', group: 'room', caps: ['C'], match: ['KeyC'], text: 'keys.chat' },
  { id: 'help', group: 'room', caps: ['?'], match: ['?'], text: 'keys.help' },
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

/** The shortcut of a key press, if it is one; those of `where` come first. Characters (`/`, `?`) are matched whatever shift does. */
export function pressed(press: Press, where = ''): Pressed | undefined {
  if (press.altKey || press.metaKey) return undefined;
  const here = (KEYS as readonly Shortcut[]).filter((entry) => (entry.ctrl ?? false) === press.ctrlKey && [undefined, where].includes(entry.where));
  const byCode = (entry: Shortcut) => entry.match.includes(press.code) && (entry.shift ?? false) === press.shiftKey;
  const character = press.key.length === 1 ? here.find((entry) => entry.match.includes(press.key)) : undefined;
  const found = character ?? here.find((entry) => entry.where && byCode(entry)) ?? here.find(byCode);
  if (!found) return undefined;
  return { id: found.id as KeyId, digit: Number(/^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1] ?? 0) };
}

const REPEATING = new Set<string>(KEYS.filter((entry) => 'repeats' in entry).map((entry) => entry.id));
/** These reach the page from within a field, too. */
const EVERYWHERE = new Set<KeyId>(['escape', 'palette']);

function isEditable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;
}

/** In a dialog the keys are its own, but for the one that closes the list of keys. */
function reachesPage(id: KeyId, target: EventTarget | null): boolean {
  if (EVERYWHERE.has(id)) return true;
  const inDialog = target instanceof Element && target.closest('dialog') !== null;
  return !isEditable(target) && (id === 'help' || !inDialog);
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
  return target instanceof Element && target.matches('button, a, summary, input, [role="button"]');
}

/** Bind that one key, wherever it is not a letter or a button's own. */
export function bindConfirm(handle: () => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.code !== CONFIRM || event.repeat || event.isComposing || isEditable(event.target) || belongsToFocus(event)) return;
    event.preventDefault();
    handle();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function placeOf(target: EventTarget | null): string {
  const list = target instanceof Element ? target.closest<HTMLElement>('[data-keys]') : null;
  return list?.dataset['keys'] ?? '';
}

/**
 * Bind the catalogue to the page. After a click with the mouse the button gives its focus up (to the list it is in),
 * so that Space is TAKE again; reached with Tab it keeps it.
 */
export function bindKeys(handle: (press: Pressed, where: string) => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const where = placeOf(event.target);
    const press = pressed(event, where);
    // Held down on a button, Enter is one press of it, not one after the other.
    if (event.repeat && belongsToFocus(event)) event.preventDefault();
    if (!press || (event.repeat && !REPEATING.has(press.id))) return;
    if (!reachesPage(press.id, event.target)) return;
    if (belongsToFocus(event)) return;
    event.preventDefault();
    handle(press, where);
  };
  const onClick = (event: MouseEvent) => {
    const active = document.activeElement;
    if (event.detail === 0 || !(active instanceof HTMLButtonElement)) return;
    active.blur();
    active.closest<HTMLElement>('[data-keys]')?.focus();
  };
  window.addEventListener('keydown', onKey);
  window.addEventListener('click', onClick);
  return () => {
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('click', onClick);
  };
}
