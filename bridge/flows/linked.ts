import type { EntityName } from '../entities/catalogue.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import type { SystemObject } from '../store/record.ts';
import { lookAtSubject } from './begin.ts';
import type { FlowContext } from './context.ts';
import { type Consequence, noConsequence } from './keep.ts';

const linksPerTurn = 500;

/** What flows are about that begin only for what another system knows, in one of both systems. */
export interface LinkedKind {
  readonly system: string;
  readonly entity: EntityName;
}

export function linkedKinds({ flows, landscape }: FlowContext): LinkedKind[] {
  const kinds = new Map<string, LinkedKind>();
  for (const { entity, from, knownIn } of flows.values())
    for (const role of knownIn === undefined ? [] : [from, knownIn]) {
      const system = landscape.systemIn(role);
      if (system !== undefined) kinds.set(`${system} ${entity}`, { system, entity });
    }
  return [...kinds.values()];
}

/** Flows that begin only for what another system knows begin for a business object that it has come to know. */
export function beginWhereKnown(
  desk: FlowDesk,
  context: FlowContext,
  object: SystemObject,
  consequence: Consequence,
): void {
  for (const member of membersOf(desk, context, object))
    for (const flow of context.about(member.system, member.entity)) {
      if (flow.knownIn === undefined || desk.instances.latest(flow.id, member) !== undefined) continue;
      const occasion = { changes: [], correlation: `flow:${flow.id}` };
      lookAtSubject(desk, context, flow, member, occasion, consequence);
    }
}

/** An object and its counterparts. */
export function membersOf(desk: FlowDesk, context: FlowContext, object: SystemObject): SystemObject[] {
  const { entity } = object;
  const members = [object];
  for (const system of context.landscape.systems) {
    const id = system === object.system ? undefined : desk.idIn(object, system);
    if (id !== undefined) members.push({ system, entity, id });
  }
  return members;
}

/** Looks at objects of one kind that were linked since an instant, behind `after`. Answers the last; `undefined` at the end. */
export function lookAtLinked(
  desk: FlowDesk,
  context: FlowContext,
  kind: LinkedKind,
  since: string,
  after: string,
) {
  const consequence = noConsequence();
  const links = desk.links.after(kind, after, linksPerTurn);
  for (const { id, linkedAt } of links)
    if (linkedAt >= since) beginWhereKnown(desk, context, { ...kind, id }, consequence);
  return { consequence, last: links.length < linksPerTurn ? undefined : links.at(-1)?.id };
}
