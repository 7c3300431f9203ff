/** Something that was away is back (server, line, MCU): whoever waits for his next attempt tries now. */

/** Two hundred pages do not all try in the same moment. */
const SPREAD_MS = 300;

const waiting = new Set<() => void>();

/** Be told; undo with what is returned. */
export function whenBack(again: () => void): () => void {
  waiting.add(again);
  return () => waiting.delete(again);
}

export function back(): void {
  setTimeout(() => waiting.forEach((again) => again()), SPREAD_MS * Math.random());
}
