/** Camera and microphone of a site, and what to tell a person when the browser says no. */

export interface Devices {
  camera?: string;
  microphone?: string;
}

/** Why there is no picture; each has its text in the catalogue (`site.capture.*`). */
export type CaptureFault = 'denied' | 'missing' | 'busy' | 'insecure' | 'other';

export class CaptureError extends Error {
  constructor(readonly fault: CaptureFault, cause: unknown) {
    super(fault, { cause });
  }
}

/** Asks to move a camera that can be moved; all others are what they were. */
const MOVABLE = { zoom: true, pan: true, tilt: true } as MediaTrackConstraints;

function constraints(devices: Devices): MediaStreamConstraints {
  const exact = (id: string | undefined) => (id ? { deviceId: { exact: id } } : {});
  return {
    video: {
      ...exact(devices.camera),
      ...MOVABLE,
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 25, max: 30 },
    },
    audio: {
      ...exact(devices.microphone),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  };
}

function faultOf(error: unknown): CaptureFault {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'other';
}

/**
 * Camera and microphone as picked; a picked device that is gone, and that one alone, gives way to the system's own
 * choice, and a room without a microphone still shows its picture.
 */
export async function capture(devices: Devices): Promise<MediaStream> {
  // Browsers hide the camera from pages that came over plain HTTP.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (!media) throw new CaptureError('insecure', undefined);
  try {
    return await ask(media, constraints(devices));
  } catch (error) {
    if (faultOf(error) !== 'missing') throw new CaptureError(faultOf(error), error);
    const listed = await media.enumerateDevices();
    const there = pluggedIn(devices, listed);
    if (Object.keys(there).length < Object.keys(devices).length) return capture(there);
    if (listed.some((device) => device.kind === 'videoinput')) return pictureOnly(media, devices);
    throw new CaptureError('missing', error);
  }
}

/** A page that is over may have left its question on the screen: the next one waits until that is answered. */
let asking: Promise<unknown> = Promise.resolve();

function ask(media: MediaDevices, wanted: MediaStreamConstraints): Promise<MediaStream> {
  const asked = asking.then(() => media.getUserMedia(wanted));
  asking = asked.catch(() => undefined);
  return asked;
}

/** Those picked that are plugged in. */
export function pluggedIn(picked: Devices, listed: readonly MediaDeviceInfo[]): Devices {
  const known = new Set(listed.map((device) => device.deviceId));
  return Object.fromEntries(Object.entries(picked).filter(([, id]) => known.has(id)));
}

async function pictureOnly(media: MediaDevices, devices: Devices): Promise<MediaStream> {
  try {
    return await ask(media, { ...constraints(devices), audio: false });
  } catch (error) {
    throw new CaptureError(faultOf(error), error);
  }
}

export function stopTracks(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}
