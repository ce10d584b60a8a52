import type { Flow, FlowStep } from '../rules/flow.ts';
import type { NewException } from '../store/exception.ts';
import type { SystemObject } from '../store/record.ts';
import type { Finder } from './find.ts';

const dayMs = 24 * 60 * 60_000;

/** When a step is late: milliseconds since 1970. */
export function deadlineOf({ within, after }: FlowStep, since: string, finder: Finder): number | undefined {
  if (within === undefined) return undefined;
  const day = after === undefined ? undefined : finder.all(after.object)[0]?.state?.[after.field];
  const fromMs = typeof day === 'string' ? Date.parse(`${day}T00:00:00.000Z`) + dayMs : Date.parse(since);
  return fromMs + within;
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
