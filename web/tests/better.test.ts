import { expect, it } from 'vitest';
import { BetterPicture } from '../src/lib/better.ts';

/** Asked every second for so long; `kbps` as the line then carries, the better picture being sent or not. */
function play(seconds: number, kbps: (second: number, on: boolean) => number | undefined): boolean[] {
  const better = new BetterPicture();
  const answers: boolean[] = [];
  let on = true;
  for (let second = 0; second < seconds; second += 1) {
    on = better.judge(1000 * second, kbps(second, on));
    answers.push(on);
  }
  return answers;
}

/** The seconds at which it was begun again. */
const begun = (answers: boolean[]) => answers.flatMap((on, second) => (on && answers[second - 1] === false ? [second] : []));

it('is sent where the line carries it, and where a browser does not say', () => {
  expect(play(600, () => 2400)).not.toContain(false);
  expect(play(600, () => undefined)).not.toContain(false);
});

it('is sent through short dips, as at the start of a session', () => {
  expect(play(600, (second) => (second % 10 < 5 ? 300 : 2400))).not.toContain(false);
});

it('is left out on a narrow line, and tried again more and more rarely', () => {
  const answers = play(900, (_, on) => (on ? 450 : 320));
  expect(answers.indexOf(false)).toBe(5);
  const tries = begun(answers);
  expect(tries.slice(0, 4)).toEqual([35, 101, 227, 473]);
  expect(answers.filter((on) => on).length).toBeLessThan(40);
});

it('is back at the first try when the line has become wide', () => {
  const answers = play(300, (second, on) => (second > 10 && on ? 2400 : 350));
  expect(begun(answers)).toEqual([35]);
});

it('a line that was good for long is tried again soon', () => {
  const narrow = new Set([...Array(100).keys(), ...Array.from({ length: 20 }, (_, index) => 400 + index)]);
  const answers = play(600, (second) => (narrow.has(second) ? 350 : 2400));
  const second = begun(answers).find((at) => at > 400);
  expect(second).toBe(435);
});
