import { expect, it } from 'vitest';
import type { Attendance } from '../src/lib/office.ts';
import type { Notices } from '../src/lib/notices.svelte.ts';
import type { Paper } from '../src/pages/control/state/paper.svelte.ts';
import { RollDesk } from '../src/pages/control/state/roll.svelte.ts';

/** Two sites; answers are stored when the test says so. */
function rolls() {
  const attendance = ['a', 'b'].map((site) => ({ site, roll: null, people: 0 }) as Attendance);
  const stored: ((kept: boolean) => void)[] = [];
  const notices = { attempt: () => new Promise<boolean>((resolve) => stored.push(resolve)) };
  const paper = { roll: { value: { attendance }, refresh: () => Promise.resolve() }, at: {} };
  return { roll: new RollDesk(paper as unknown as Paper, notices as unknown as Notices), stored };
}

it.each([true, false])('an answer that comes late (stored: %s) leaves the reason that is being typed', async (kept) => {
  const { roll, stored } = rolls();
  roll.press('present');
  roll.press('absent');
  expect([roll.site, roll.asking]).toEqual(['b', 'b']);
  stored[0]?.(kept);
  await Promise.resolve().then(() => undefined);
  expect([roll.site, roll.asking]).toEqual(['b', 'b']);
});

it.each([true, false])('a reason is done with at once, and asked for again only where it was not stored (%s)', async (kept) => {
  const { roll, stored } = rolls();
  const [first] = roll.all;
  roll.press('absent');
  expect(roll.asking).toBe('a');
  if (first) void roll.call(first, 'absent', 'Mất điện', 0);
  expect([roll.site, roll.asking]).toEqual(['b', '']);
  stored[0]?.(kept);
  await Promise.resolve().then(() => undefined);
  expect([roll.site, roll.asking]).toEqual(kept ? ['b', ''] : ['a', 'a']);
});
