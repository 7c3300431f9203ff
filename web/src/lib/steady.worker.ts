/** Passes a picture on as it comes, and the last one again whenever none has come for a while. */
import type { Pipe } from './steady.ts';

const LONGEST_MS = 150;
const LOOK_MS = 50;

addEventListener('message', ({ data }: MessageEvent<Pipe>) => void pass(data));

async function pass({ readable, writable }: Pipe): Promise<void> {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let last: VideoFrame | undefined;
  let shownAt = 0;
  const show = () => {
    if (!last || (writer.desiredSize ?? 0) <= 0) return;
    shownAt = performance.now();
    writer.write(new VideoFrame(last, { timestamp: Math.round(shownAt * 1000) })).catch(() => undefined);
  };
  const timer = setInterval(() => performance.now() - shownAt >= LONGEST_MS && show(), LOOK_MS);
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    last?.close();
    last = next.value;
    show();
  }
  clearInterval(timer);
  last?.close();
  await writer.close().catch(() => undefined);
}
