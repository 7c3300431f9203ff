/** What an operator must know of the recording: that it goes on, and for how long there is room. Pure. */
import type { Recording } from '../../../lib/types.ts';

/** Below this it is said. */
const LOW_S = 30 * 60;
/** Before so much is written a rate says nothing. */
const ENOUGH_S = 20;

/** Seconds that still fit on the disk at the rate so far. */
export function roomLeft({ seconds = 0, bytes = 0, free_bytes }: Recording): number | undefined {
  if (free_bytes === undefined || seconds < ENOUGH_S || bytes <= 0) return undefined;
  return free_bytes / (bytes / seconds);
}

export type Look = 'off' | 'starting' | 'on' | 'low' | 'broken' | 'failed';

/** `broken`: it goes on, but what is written does not play. */
export function look(recording: Recording | undefined): Look {
  if (!recording || recording.state === 'stopped') return 'off';
  if (recording.state === 'failed') return 'failed';
  if (recording.state === 'starting') return 'starting';
  if (recording.plays === false) return 'broken';
  const left = roomLeft(recording);
  return left !== undefined && left < LOW_S ? 'low' : 'on';
}

/** "1,4 GB". */
export function size(bytes: number | undefined, language: string): string {
  if (bytes === undefined) return '–';
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  const value = (bytes / Number(divisor)).toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB', { maximumFractionDigits: 1 });
  return `${value} ${unit}`;
}
