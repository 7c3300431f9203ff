/** A line over days as the path of an SVG. Pure. */

export interface Point {
  /** 0 … 1 from left to right. */
  x: number;
  value: number;
}

/** The least round number that all values stay under: 1, 2 or 5 times a power of ten. */
export function roundUp(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

/** In a box of `width` × `height`, with `most` at its top. */
export function path(points: readonly Point[], most: number, width: number, height: number): string {
  const at = ({ x, value }: Point) => `${(x * width).toFixed(1)},${(height - (value / most) * height).toFixed(1)}`;
  return points.map((point, index) => `${index ? 'L' : 'M'}${at(point)}`).join(' ');
}

/** Where each day (as `YYYY-MM-DD`) stands between the first and the last. */
export function across(days: readonly string[]): number[] {
  const times = days.map((day) => Date.parse(day));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return times.map((time) => (last > first ? (time - first) / (last - first) : 0.5));
}
