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

let answers = true;

/** Whether the server answers, as far as is known. While it does not, one question is enough: a browser has six
 * connections to it, and those that wait in a line that was cut keep the next ones waiting when it is mended. */
export function serverAnswers(): boolean {
  return answers;
}

export function tellWhetherServerAnswers(yes: boolean): void {
  answers = yes;
}
