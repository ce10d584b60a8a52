import type { RuleSet } from '../rules/rule.ts';
import type { Overview, RunningProcess } from '../store/overview.ts';
import type { Explain, Reason } from './reason.ts';

/** What the running business processes of an object say; the one that is stuck has the first word. */
export function createExplain(overview: Overview, { flows }: Pick<RuleSet, 'flows'>): Explain {
  function reasonOf({ flow, step, since, waitsFor, exception }: RunningProcess): Reason | undefined {
    if (exception !== undefined)
      return {
        owner: exception.owner,
        person: exception.person,
        reason: [exception.title, exception.cause].filter((text) => text !== '').join(' '),
        next: exception.remedy,
        since: exception.openedAt,
        needsPerson: true,
      };
    const known = flows.find(({ id }) => id === flow)?.steps.find(({ id }) => id === step);
    if (known === undefined) return undefined;
    return {
      owner: known.owner,
      person: null,
      reason: waitsFor ?? `It waits at the step "${known.id}" of ${flow}.`,
      next: known.kind === 'await' ? known.remedy : 'It goes by itself.',
      since,
      needsPerson: false,
    };
  }

  return (object) => {
    for (const process of overview.processes(object)) {
      const reason = reasonOf(process);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}
