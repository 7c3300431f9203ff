/**
 * A screen that stands still sends a picture a second or none, which all along the way looks like a line that is dead.
 * Browsers that let a page handle the pictures (Chromium's) send the last one again, from a worker: its timers go on
 * while another window covers the page. The others send what they send.
 */
export interface Pipe {
  readable: ReadableStream<VideoFrame>;
  writable: WritableStream<VideoFrame>;
}

interface Breakout {
  MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack; maxBufferSize: number }) => { readable: Pipe['readable'] };
  MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => MediaStreamTrack & { writable: Pipe['writable'] };
}

/** The track to send in place of `track`, and how to let go of it. */
export function steady(track: MediaStreamTrack): { track: MediaStreamTrack; stop: () => void } {
  const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } = globalThis as Breakout;
  if (!Processor || !Generator) return { track, stop: () => undefined };
  const { readable } = new Processor({ track, maxBufferSize: 1 });
  const sent = new Generator({ kind: 'video' });
  const worker = new Worker(new URL('./steady.worker.ts', import.meta.url), { type: 'module' });
  const pipe: Pipe = { readable, writable: sent.writable };
  worker.postMessage(pipe, [readable, sent.writable]);
  return {
    track: sent,
    stop: () => {
      sent.stop();
      worker.terminate();
    },
  };
}
