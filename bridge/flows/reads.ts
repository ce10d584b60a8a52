import { type Flow, type FlowCondition, type FlowStep, subject as subjectName } from '../rules/flow.ts';
import type { Mapping } from '../rules/part.ts';
import { splitPath } from './call-step.ts';
import { anyField } from './fields.ts';

/** By the name of an object: the fields that a step reads of it. A name that is absent is only followed, or only has to be there. */
type Reads = ReadonlyMap<string, ReadonlySet<string>>;

const readsByStep = new WeakMap<Flow, Map<string, Reads>>();

/**
 * What a step reads, so that it is not looked at again for what it does not: every entry of a project looks at its
 * contract, and the hours of that grow with each of them.
 */
export function readsOf(flow: Flow, step: FlowStep): Reads {
  let bySteps = readsByStep.get(flow);
  if (bySteps === undefined) {
    bySteps = new Map();
    readsByStep.set(flow, bySteps);
  }
  let reads = bySteps.get(step.id);
  if (reads === undefined) {
    reads = readsIn(flow, step);
    bySteps.set(step.id, reads);
  }
  return reads;
}

function readsIn(flow: Flow, step: FlowStep): Reads {
  const reads = new Map<string, Set<string>>();
  const read = (name: string, field: string) => reads.set(name, (reads.get(name) ?? new Set()).add(field));
  const readCondition = (condition: FlowCondition | undefined, own: string) => {
    for (const field of Object.keys(condition?.when ?? {})) read(own, field);
    for (const path of Object.keys(condition?.where?.fields ?? {})) read(...splitPath(path, own));
  };
  readCondition(step.only, subjectName);
  if (step.kind === 'require' || step.kind === 'await') readCondition(step.condition, step.on);
  // What is brought, or has something done with it, may be refused for any of its fields.
  else read(step.on, anyField);
  if (step.kind === 'call')
    for (const mapping of Object.values(step.input))
      for (const path of pathsIn(mapping)) read(...splitPath(path, step.on));
  for (const path of [step.after, step.person]) if (path !== undefined) read(path.object, path.field);
  // The way to each object: the field that refers to it.
  for (const { of, by } of flow.objects) if (by.kind === 'field') read(of, by.field);
  return reads;
}

function pathsIn(mapping: Mapping): readonly string[] {
  if (mapping.kind === 'field') return [mapping.field];
  return mapping.kind === 'expression' ? Object.keys(mapping.expression.fields) : [];
}
