/** The roll called from the control room: who is next, and what was answered. */
import type { Attendance, RollMark } from '../../../lib/office.ts';
import type { Notices } from '../../../lib/notices.svelte.ts';
import type { Paper } from './paper.svelte.ts';

export class RollDesk {
  site = $state('');
  /** Absence wants a reason: the row that asks for it. */
  asking = $state('');
  onlyOpen = $state(false);
  /** Answers that are on their way. */
  readonly #calling = new Set<string>();

  readonly all: readonly Attendance[] = $derived.by(() => this.paper.roll.value?.attendance ?? []);
  readonly shown: readonly Attendance[] = $derived.by(() =>
    this.onlyOpen ? this.all.filter((one) => one.roll === null || one.site === this.site) : this.all,
  );

  constructor(
    private readonly paper: Paper,
    private readonly notices: Notices,
  ) {}

  get current(): Attendance | undefined {
    return this.shown.find((one) => one.site === this.site) ?? this.shown[0];
  }

  press(mark: RollMark): void {
    const one = this.current;
    if (!one) return;
    this.site = one.site;
    if (mark === 'absent') this.asking = one.site;
    else void this.call(one, mark, '', one.people);
  }

  /** The keys go on to the next one at once: whoever calls the roll is faster than the line. */
  async call(one: Attendance, mark: RollMark, reason: string, people: number): Promise<void> {
    this.#calling.add(one.site);
    if (this.asking === one.site) this.asking = '';
    this.#goOn(one.site);
    if (await this.notices.attempt(() => this.paper.at.callRoll(one.site, mark, reason, people))) {
      await this.paper.roll.refresh();
    } else if (!this.asking) {
      this.site = one.site;
      if (mark === 'absent') this.asking = one.site;
    }
    this.#calling.delete(one.site);
  }

  explain(departure: string, reason: string): Promise<boolean> {
    return this.notices.attempt(async () => {
      await this.paper.at.explain(departure, reason);
      await this.paper.roll.refresh();
    });
  }

  move(by: number): void {
    const index = this.shown.findIndex((one) => one === this.current);
    const target = this.shown[Math.min(this.shown.length - 1, Math.max(0, index + by))];
    if (target) this.site = target.site;
  }

  /** To the next one below that has not been called, else to the first such one. */
  #goOn(from: string): void {
    const at = this.all.findIndex((one) => one.site === from);
    const open = (one: Attendance) => one.roll === null && !this.#calling.has(one.site);
    const next = this.all.slice(at + 1).find(open) ?? this.all.find(open);
    if (next) this.site = next.site;
  }
}
