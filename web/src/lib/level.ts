/** Level of a microphone in dBFS, ten times a second, for the person who checks it. */
const EVERY_MS = 100;

/** dBFS of samples −1..1; −100 for silence. */
export function decibels(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return rms <= 1e-5 ? -100 : 20 * Math.log10(rms);
}

/** Tell `heard` the level of the stream's microphone until what is returned is called. */
export function listen(stream: MediaStream, heard: (level: number) => void): () => void {
  const track = stream.getAudioTracks()[0];
  if (!track) return () => undefined;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const resume = () => void context.resume();
  window.addEventListener('pointerdown', resume, { once: true });
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    heard(decibels(samples));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    window.removeEventListener('pointerdown', resume);
    void context.close();
  };
}
