// In both pages of `bench chair`, before their own scripts. Times are ms since 1970 by the
// machine's clock: the chair's tap on «invite» as the browser dates the click, a frame by when it
// is expected on the screen. `shown` lists what the right half of side by side showed, in turn:
// [number of the site or null, time].
(() => {
  const CELLS = 20;
  const onClock = (time) => performance.timeOrigin + time;
  window.bench = { tapped: 0, shown: [] };

  addEventListener('click', (event) => {
    if (event.target.closest('.invite')) window.bench.tapped = onClock(event.timeStamp);
  }, true);

  const strip = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  function numberIn(video) {
    const { videoWidth: width, videoHeight: height } = video;
    strip.canvas.width = width / 2;
    strip.drawImage(video, width / 2, height * (1 / 4 + 1 / 2 / 36), width / 2, 1, 0, 0, width / 2, 1);
    const { data } = strip.getImageData(0, 0, strip.canvas.width, 1);
    const at = (cell) => data[4 * Math.floor(((cell + 0.5) * strip.canvas.width) / CELLS) + 1] > 128;
    const bits = Array.from({ length: CELLS }, (_, cell) => Number(at(cell)));
    if (!bits[0] || bits[1] || bits[18] || !bits[19]) return null;
    const value = bits.slice(2, 18).reduce((sum, bit) => 2 * sum + bit, 0);
    const number = value >> 4;
    const check = ((number >> 8) + ((number >> 4) & 15) + (number & 15)) % 16;
    return check === (value & 15) ? number : null;
  }

  function watch(video) {
    const look = (_, { expectedDisplayTime }) => {
      const number = numberIn(video);
      const { shown } = window.bench;
      if (shown.length === 0 || shown.at(-1)[0] !== number) shown.push([number, onClock(expectedDisplayTime)]);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }
  if (location.pathname.endsWith('/screen')) {
    new MutationObserver((_, observer) => {
      const video = document.querySelector('video');
      if (!video) return;
      observer.disconnect();
      watch(video);
    }).observe(document, { subtree: true, childList: true });
  }
})();
