/** What is on paper for the session, read again whenever it changes: the script in force and the roll. */
import type { Api } from '../../../lib/api.ts';
import { concerns, Events } from '../../../lib/events.svelte.ts';
import type { RollView, ScriptItem, ScriptView } from '../../../lib/office.ts';
import type { DossierApi } from '../../../lib/officeApi.ts';
import { Reading } from '../../../lib/office.svelte.ts';

export class Paper {
  readonly at: DossierApi;
  readonly script: Reading<ScriptView>;
  readonly roll: Reading<RollView>;
  readonly #events: Events;

  readonly items: readonly ScriptItem[] = $derived.by(() => {
    const view = this.script.value;
    return view?.versions.find((version) => version.number === view.in_force)?.items ?? [];
  });
  readonly unexplained = $derived.by(() => (this.roll.value?.departures ?? []).filter((one) => !one.reason).length);

  constructor(
    api: Api,
    readonly dossier: string,
  ) {
    this.at = api.office.dossier(dossier);
    this.script = new Reading(this.at.script);
    this.roll = new Reading(this.at.roll);
    this.#events = new Events(api.token);
  }

  start(): () => void {
    const stop = this.#events.start();
    void this.script.refresh();
    void this.roll.refresh();
    const deaf = this.#events.listen((changed) => {
      if (concerns(changed, this.dossier, ['Script', 'Dossier'])) void this.script.refresh();
      if (concerns(changed, this.dossier, ['Attendance', 'Departure', 'Dossier'])) void this.roll.refresh();
    });
    return () => {
      deaf();
      stop();
    };
  }
}
