/** Looks at a camera's picture for a while: is there light, does it move, how many frames come? */
import type { Picture } from '../selftest.ts';
import { pause } from './pause.ts';

const WIDTH = 160;
const HEIGHT = 90;
const LOOK_MS = 200;
const LOOKS = 12;
const FIRST_FRAME_MS = 4000;

export async function watchCamera(stream: MediaStream, signal: AbortSignal): Promise<Picture> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  void video.play().catch(() => undefined);
  try {
    await firstFrame(video, signal);
    return await look(video, signal);
  } finally {
    video.srcObject = null;
  }
}

async function firstFrame(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  const latest = performance.now() + FIRST_FRAME_MS;
  while (frames(video) === 0 && performance.now() < latest) await pause(50, signal);
}

async function look(video: HTMLVideoElement, signal: AbortSignal): Promise<Picture> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const pencil = canvas.getContext('2d', { willReadFrequently: true });
  const picture: Picture = {
    width: video.videoWidth, height: video.videoHeight, fps: 0, brightness: 0, contrast: 0, still: 0, looks: 0,
  };
  const began = performance.now();
  const before = frames(video);
  let former: Uint8ClampedArray | undefined;
  while (pencil && before > 0 && picture.looks < LOOKS) {
    pencil.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const { data } = pencil.getImageData(0, 0, WIDTH, HEIGHT);
    const [brightness, contrast] = light(data);
    if (brightness >= picture.brightness) Object.assign(picture, { brightness, contrast });
    picture.still = former && same(former, data) ? picture.still + 1 : 0;
    former = data;
    picture.looks += 1;
    await pause(LOOK_MS, signal);
  }
  const seconds = (performance.now() - began) / 1000;
  return { ...picture, fps: seconds > 0 ? (frames(video) - before) / seconds : 0 };
}

function frames(video: HTMLVideoElement): number {
  return video.getVideoPlaybackQuality().totalVideoFrames;
}

/** Mean of the luma, and how far its points are from it (standard deviation). */
function light(data: Uint8ClampedArray): [mean: number, deviation: number] {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at += 4) {
    const luma = 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
    sum += luma;
    squares += luma * luma;
  }
  const points = data.length / 4;
  const mean = sum / points;
  return [mean, Math.sqrt(Math.max(0, squares / points - mean * mean))];
}

function same(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  return a.every((value, index) => value === b[index]);
}
