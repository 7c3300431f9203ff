/** What is asked of the technician of a guided MCU, and how long he has or had. Pure. */
import type { Ask, LiveState, Site } from './types.ts';

export interface Asked {
  done: boolean;
  /** Answered after it was due, or not yet although it is. */
  late: boolean;
  /** To the moment it is due; negative afterwards. */
  leftMs: number;
  /** From the asking to the answer, or to now. */
  tookMs: number;
}

export function asked(ask: Ask, now: number): Asked {
  const end = ask.confirmed_at === undefined ? now : Date.parse(ask.confirmed_at);
  const leftMs = Date.parse(ask.due_at) - end;
  return { done: ask.confirmed_at !== undefined, late: leftMs < 0, leftMs, tookMs: Math.max(0, end - Date.parse(ask.at)) };
}

/** The site that the picture of a guided MCU is kept for, while another of its sites is looked at. */
export function keptFor(state: LiveState | null, site: Pick<Site, 'id' | 'mcu'>): string | undefined {
  const ask = state?.mcus?.[site.mcu]?.ask;
  return ask && ask.site !== site.id ? ask.site : undefined;
}

/** What is asked for a site now; undefined for one that is switched by the system, or is not asked for. */
export function askFor(state: LiveState | null, site: Pick<Site, 'id' | 'mcu'>): Ask | undefined {
  const ask = state?.mcus?.[site.mcu]?.ask;
  return ask?.site === site.id ? ask : undefined;
}
