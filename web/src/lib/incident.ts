/** What has been done about an incident, what can be done next, and what a room is told of it. Pure. */
import type { Incident, IncidentCause, IncidentState, IncidentStep } from './types.ts';

export const CAUSES: readonly IncidentCause[] = ['line', 'mcu', 'power', 'picture', 'sound', 'terminal', 'operation', 'other'];
const CARRIERS: readonly IncidentCause[] = ['line', 'mcu'];
const STEPS: readonly IncidentStep[] = [
  'taken', 'cause-known', 'carrier-told', 'carrier-answered', 'chair-told', 'chair-heard', 'mended', 'closed',
];
/** Who is looked at first: what nobody sees to, what is under way, what waits to be closed. */
export const URGENCY: Record<IncidentState, number> = {
  reported: 0, taken: 1, 'cause-known': 1, 'carrier-told': 1, 'chair-told': 1, mended: 2, closed: 3,
};

export interface Done {
  step: IncidentStep;
  at: string;
  by: string;
}

/** The steps that are done, by time. */
export function stepsOf(incident: Incident): Done[] {
  const done = STEPS.flatMap((step) => {
    const stamp = incident.steps[step];
    return stamp ? [{ step, ...stamp }] : [];
  });
  return done.sort((a, b) => a.at.localeCompare(b.at));
}

export type Act = 'take' | 'cause' | 'carrier' | 'chair' | 'mend' | 'close' | 'answer';

/** What may be done now by whoever works on it, or answers for the carrier; the most likely first. */
export function actsOf({ steps, kind }: Incident, roles: { works: boolean; answers: boolean }): Act[] {
  if (steps.closed) return [];
  const acts: Act[] = [];
  if (roles.answers && steps['carrier-told'] && !steps['carrier-answered']) acts.push('answer');
  if (!roles.works) return acts;
  if (!steps.taken) acts.push('take');
  if (steps.mended) acts.push('close');
  if (!steps['cause-known']) acts.push('cause');
  if (kind && CARRIERS.includes(kind) && !steps['carrier-told']) acts.push('carrier');
  if (!steps['chair-told']) acts.push('chair');
  if (!steps.mended) acts.push('mend');
  return acts;
}

/** Those that the chair was told of and has not heard yet, the oldest first. */
export function forChair(incidents: Readonly<Record<string, Incident>> | undefined): Incident[] {
  const told = Object.values(incidents ?? {}).filter(({ steps }) => steps['chair-told'] && !steps['chair-heard'] && !steps.closed);
  return told.sort((a, b) => a.at.localeCompare(b.at));
}
