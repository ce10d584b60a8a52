import type { Flow, FlowStep } from '../rules/flow.ts';
import type { NewException } from '../store/exception.ts';
import type { SystemObject } from '../store/record.ts';
import type { Finder } from './find.ts';

const dayMs = 24 * 60 * 60_000;

/** When a step is late: milliseconds since 1970. `undefined`: never, as far as anybody knows; where the day that its time runs from is empty too. */
export function deadlineOf({ within, after }: FlowStep, since: string, finder: Finder): number | undefined {
  if (within === undefined) return undefined;
  if (after === undefined) return Date.parse(since) + within;
  const day = finder.all(after.object)[0]?.state?.[after.field];
  return typeof day === 'string' ? Date.parse(`${day}T00:00:00.000Z`) + dayMs + within : undefined;
}

export function personOf({ person }: FlowStep, finder: Finder): string | undefined {
  const value = person === undefined ? undefined : finder.all(person.object)[0]?.state?.[person.field];
  return typeof value === 'string' ? value : undefined;
}

export function exceptionOf(
  flow: Flow,
  step: FlowStep,
  object: SystemObject,
  cause: string,
  person: string | undefined,
): NewException {
  return {
    source: 'flow',
    key: `${flow.id}/${step.id}/${object.system}:${object.entity}:${object.id}`,
    flow: flow.id,
    step: step.id,
    object,
    owner: step.owner,
    ...(person === undefined ? {} : { person }),
    title: step.says,
    cause,
    remedy: step.remedy,
  };
}
