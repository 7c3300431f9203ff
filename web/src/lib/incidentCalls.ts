/** What is done about incidents over the API, of a conference or of a dossier. */
import type { Incident, IncidentHelp, IncidentOrder } from './types.ts';

type Json = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export class IncidentCalls {
  constructor(private readonly json: Json, private readonly base: string) {}

  #at = (id: string) => `${this.base}/incidents/${encodeURIComponent(id)}`;
  step = (id: string, order: IncidentOrder) => this.json<Incident>('PATCH', this.#at(id), order);
  answer = (id: string, note: string, back_at?: string) => this.json<Incident>('POST', `${this.#at(id)}/answer`, { note, ...(back_at ? { back_at } : {}) });
  help = (id: string) => this.json<IncidentHelp>('GET', `${this.#at(id)}/help`);
}
