/**
 * Who decides over a site's microphone. The site's own switch and the control room's mute are one bit on the
 * server; the page keeps its own wish beside it. The control room may silence a site at any time,
 * but only a person in the room opens the microphone there.
 */
export interface MicState {
  /** The wish of the room. */
  on: boolean;
  /** What the server says; undefined before the first live state. */
  serverMuted: boolean | undefined;
  /** The control room lifted the mute while the room's own switch is off. */
  asked: boolean;
  /** Open only as long as somebody holds the key or button. */
  held: boolean;
}

export type MicOrder = { mute: boolean } | undefined;

/** Heard by the others? */
export function isOpen(mic: MicState): boolean {
  return mic.on && mic.serverMuted !== true;
}

/** The control room has muted what the room wants open. */
export function isMutedByControl(mic: MicState): boolean {
  return mic.on && mic.serverMuted === true;
}

/** The button was pressed: the new state and what to tell the server. */
export function pressed(mic: MicState): { mic: MicState; order: MicOrder } {
  const on = !isOpen(mic);
  return { mic: { ...mic, on, asked: false, held: false }, order: { mute: !on } };
}

/** Push to talk: open as long as it is held. One that is open already stays as it is. */
export function held(mic: MicState): { mic: MicState; order: MicOrder } {
  if (isOpen(mic)) return { mic, order: undefined };
  return { mic: { ...mic, on: true, asked: false, held: true }, order: { mute: false } };
}

export function letGo(mic: MicState): { mic: MicState; order: MicOrder } {
  if (!mic.held) return { mic, order: undefined };
  return { mic: { ...mic, on: false, held: false }, order: { mute: true } };
}

/** New live state. `fresh`: the first one of a connection, on which the server learns of a switch that is off. */
export function heard(
  mic: MicState, muted: boolean, fresh: boolean,
): { mic: MicState; order: MicOrder } {
  if (fresh) {
    const order = !mic.on && !muted ? { mute: true } : undefined;
    return { mic: { ...mic, serverMuted: muted }, order };
  }
  const lifted = mic.serverMuted === true && !muted && !mic.on;
  return { mic: { ...mic, serverMuted: muted, asked: lifted || (mic.asked && !muted) }, order: undefined };
}
