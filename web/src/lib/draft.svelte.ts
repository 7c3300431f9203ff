/** A dossier as it is being written: new, or changed. What is not said is filled in as an office usually has it. */
import { SvelteSet } from 'svelte/reactivity';
import { fromField, plus, toDateField } from './local.ts';
import type { Dossier, DossierOrder, Letter, Secrecy } from './office.ts';
import type { Office } from './office.svelte.ts';
import { usualChair, usualMaster } from './picking.ts';
import { homeUnit } from './rights.ts';

const DAY = 24 * 3600e3;
/** Minutes. */
const LASTS = 210;

export class Draft {
  title = $state('');
  procedure = $state('');
  unit = $state('');
  master = $state('');
  chair = $state('');
  startsAt = $state('');
  endsAt = $state('');
  rehearsalAt = $state('');
  requestedAt = $state('');
  letter = $state<Letter>({ number: '', day: null, sender: '', subject: '' });
  content = $state('');
  secrecy = $state<Secrecy>('internal');
  admitted = $state('');
  readonly sites = new SvelteSet<string>();

  /** A new one: in three days in the morning, its rehearsal the afternoon before. */
  static fresh(now: number): Draft {
    const draft = new Draft();
    draft.startsAt = fromField(`${toDateField(now + 3 * DAY)}T08:00`);
    draft.endsAt = plus(draft.startsAt, LASTS);
    draft.rehearsalAt = fromField(`${toDateField(now + 2 * DAY)}T14:00`);
    draft.requestedAt = new Date(now).toISOString();
    draft.letter.day = toDateField(now);
    return draft;
  }

  static of(dossier: Dossier): Draft {
    const draft = new Draft();
    draft.title = dossier.title;
    draft.procedure = dossier.procedure;
    draft.unit = dossier.unit;
    draft.master = dossier.master;
    draft.chair = dossier.chair;
    draft.startsAt = dossier.starts_at;
    draft.endsAt = dossier.ends_at;
    draft.rehearsalAt = dossier.rehearsal_at ?? '';
    draft.requestedAt = dossier.requested_at;
    draft.letter = { ...dossier.letter };
    draft.content = dossier.content;
    draft.secrecy = dossier.secrecy;
    draft.admitted = dossier.admitted.join(', ');
    for (const site of dossier.sites) draft.sites.add(site);
    return draft;
  }

  /** Fill in what follows from who writes it, once the directory is there. */
  settle(office: Office): void {
    const { book } = office;
    this.unit ||= homeUnit(office.me, book);
    this.chair ||= usualChair(book.units, book.sites, this.unit);
    this.master ||= usualMaster(book.sites, book.mcus, this.chair);
  }

  /** The start moves, and what hangs on it with it. */
  moveStart(to: string): void {
    const by = this.startsAt && to ? (Date.parse(to) - Date.parse(this.startsAt)) / 60_000 : 0;
    this.startsAt = to;
    if (this.endsAt) this.endsAt = plus(this.endsAt, by);
    if (this.rehearsalAt) this.rehearsalAt = plus(this.rehearsalAt, by);
  }

  order(): DossierOrder {
    const sites = [...new Set([...(this.chair ? [this.chair] : []), ...this.sites])];
    const { title, procedure, unit, master, chair, content, secrecy } = this;
    return {
      title: title.trim(), procedure, unit, master, chair, sites, content, secrecy,
      starts_at: this.startsAt, ends_at: this.endsAt, rehearsal_at: this.rehearsalAt || null,
      letter: { ...this.letter, day: this.letter.day || null },
      admitted: this.admitted.split(/[\s,;]+/).filter(Boolean),
    };
  }
}

/** Only what differs from the dossier as it is; sites in any order are the same sites. */
export function changesOf(dossier: Dossier, order: DossierOrder): Partial<DossierOrder> {
  const before = dossier as unknown as Record<string, unknown>;
  const plain = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null));
  const moment = (value: unknown) => (typeof value === 'string' && value ? Date.parse(value) : null);
  const same = (name: string, value: unknown) =>
    name.endsWith('_at') ? moment(before[name]) === moment(value) : plain(before[name]) === plain(value);
  return Object.fromEntries(Object.entries(order).filter(([name, value]) => name !== 'unit' && !same(name, value)));
}
