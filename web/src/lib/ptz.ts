/**
 * Zoom, pan and tilt of a camera that can (Image Capture, W3C: `MediaTrackConstraints` beyond the usual ones), and
 * the places that a room keeps for its camera.
 */
export const AXES = ['zoom', 'pan', 'tilt'] as const;
export type Axis = (typeof AXES)[number];
export type Aim = Partial<Record<Axis, number>>;

export interface Range {
  min: number;
  max: number;
  step: number;
}

export type Reach = Partial<Record<Axis, Range>>;

/** Places are kept under these numbers, as on the remote control of a camera. */
export const PRESETS = [1, 2, 3, 4] as const;

function rangeOf(value: unknown): Range | undefined {
  const { min, max, step } = (value ?? {}) as Partial<Range>;
  if (typeof min !== 'number' || typeof max !== 'number' || max <= min) return undefined;
  return { min, max, step: step && step > 0 ? step : (max - min) / 100 };
}

/** What the camera can do; empty for most. */
export function reachOf(capabilities: object): Reach {
  const found = capabilities as Record<string, unknown>;
  const ranges = AXES.flatMap((axis) => {
    const range = rangeOf(found[axis]);
    return range ? [[axis, range] as const] : [];
  });
  return Object.fromEntries(ranges);
}

export function aimOf(settings: object): Aim {
  const found = settings as Record<string, unknown>;
  return Object.fromEntries(AXES.flatMap((axis) => (typeof found[axis] === 'number' ? [[axis, found[axis]]] : [])));
}

/** An aim that the camera can take: within its ranges, without axes that it has not. */
export function within(aim: Aim, reach: Reach): Aim {
  return Object.fromEntries(
    AXES.flatMap((axis) => {
      const [value, range] = [aim[axis], reach[axis]];
      return value === undefined || !range ? [] : [[axis, Math.min(range.max, Math.max(range.min, value))]];
    }),
  );
}

export async function turn(track: MediaStreamTrack, aim: Aim): Promise<void> {
  await track.applyConstraints({ advanced: [aim as MediaTrackConstraintSet] });
}

interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const keyOf = (camera: string) => `diemcau.camera:${camera}`;

/** The places kept for a camera on this computer, by number. */
export function places(storage: Storage, camera: string): Record<number, Aim> {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(camera)) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<number, Aim>) : {};
  } catch {
    return {};
  }
}

export function keepPlace(storage: Storage, camera: string, number: number, aim: Aim): Record<number, Aim> {
  const all = { ...places(storage, camera), [number]: aim };
  storage.setItem(keyOf(camera), JSON.stringify(all));
  return all;
}
