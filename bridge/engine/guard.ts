import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { sameValue } from '../entities/state.ts';
import { type ConflictPolicy, lanes, type RuleSet } from '../rules/rule.ts';
import type { Guard, GuardContext, RecordChange } from '../store/apply.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { Deviation } from '../store/link.ts';
import { deviationOf, fieldOf } from './deviation.ts';
import type { Landscape } from './landscape.ts';
import { planDelivery, translateReferences } from './plan.ts';
import { createBring } from './route.ts';

/**
 * Looks whether somebody changed, in a system that does not own them, fields that the rules bring there, and has the
 * owner's values brought again where the entity's conflict policy says so.
 */
export function createGuard(landscape: Landscape): Guard {
  const bring = createBring(landscape);
  const sources = new Map<string, readonly string[]>();
  const key = (target: string, entity: EntityName) => `${target} ${entity}`;
  for (const rule of landscape.rules.rules) {
    const source = landscape.systemIn(rule.from);
    const target = landscape.systemIn(rule.to);
    if (source === undefined || target === undefined || rule.fields.length === 0) continue;
    const known = sources.get(key(target, rule.entity)) ?? [];
    if (!known.includes(source)) sources.set(key(target, rule.entity), [...known, source]);
  }

  /** Compares with what one source brings; `undefined` when it brings nothing of what changed. */
  function lookAt(
    source: string,
    change: RecordChange,
    context: GuardContext,
    again: boolean,
  ): Look | undefined {
    const { system, entity, id, correlation, differences } = change;
    const record = context.counterpart(source);
    if (record === undefined || record.gone) return undefined;
    const delivery = bring({ system: source, entity, id: record.id }, system, correlation);
    if (delivery === undefined) return undefined;
    const known = { record, targetId: id, writtenFingerprint: undefined, earlier: [] };
    const plan = planDelivery(delivery, known, landscape);
    if (plan.kind !== 'write') return undefined;
    if (!again && !Object.keys(plan.fields).some((field) => Object.hasOwn(differences, field)))
      return undefined;
    const idIn = (referred: string, referredId: string) =>
      context.idIn({ system: source, entity: referred as EntityName, id: referredId }, system);
    const wanted = translateReferences(plan.fields, plan.references, idIn);
    const lane = Math.min(...plan.rules.map((rule) => lanes.indexOf(rule.lane)));
    const found = change.after as State;
    const fields = Object.entries(wanted).map(
      ([field, ours]) =>
        [field, deviationOf(fieldOf(landscape.rules, entity, field), ours, found[field])] as const,
    );
    return { fields, delivery: { ...delivery, lane } };
  }

  return (change, context) => {
    const from = sources.get(key(change.system, change.entity));
    if (from === undefined || change.after === null) return undefined;
    const policy = policyOf(landscape.rules, change.entity);
    if (policy === 'keep') return undefined;
    const again = context.again();
    const earlier = context.drift();
    const deviations: Record<string, Deviation> = { ...earlier?.deviations };
    const open = new Set(earlier?.open);
    const deliveries: NewDelivery[] = [];
    for (const source of from) {
      const found = lookAt(source, change, context, again);
      if (found === undefined) continue;
      let news = false;
      for (const [field, deviation] of found.fields) {
        const known = deviations[field];
        if (same(deviation, known) && !open.has(field) && !(again && mayComeAgain(known))) continue;
        // A person is asked once.
        if (same(deviation, known) && open.has(field) && policy === 'raise') continue;
        if (deviation === undefined) delete deviations[field];
        else deviations[field] = same(deviation, known) ? (known as Deviation) : deviation;
        if (deviation === undefined) open.delete(field);
        else open.add(field);
        // A person who was asked need not be asked any more when both agree again.
        news ||= open.has(field) || (deviation === undefined && policy === 'raise');
      }
      if (news) deliveries.push(found.delivery);
    }
    const names = Object.keys(deviations);
    if (names.length === 0) return earlier === undefined ? undefined : { drift: undefined, deliveries };
    return { drift: { deviations, open: [...open], looks: (earlier?.looks ?? 0) + 1 }, deliveries };
  };
}

const mostTries = 3;

/**
 * It is as it was before the owner's value was written. Somebody may have changed it once more before anybody looked; or
 * the system spells the value in its own way, and would be written for ever.
 */
const mayComeAgain = (deviation: Deviation | undefined): boolean =>
  deviation !== undefined && deviation.tries < mostTries;

const same = (left: Deviation | undefined, right: Deviation | undefined): boolean =>
  left === undefined || right === undefined
    ? left === right
    : sameValue(left.ours, right.ours) && sameValue(left.theirs, right.theirs);

export const policyOf = (ruleSet: RuleSet, entity: EntityName): ConflictPolicy =>
  ruleSet.entities[entity]?.conflict ?? 'restore';

interface Look {
  /** Every field that the source brings: how the target deviates in it, if it does. */
  readonly fields: readonly (readonly [string, Deviation | undefined])[];
  /** Brings them again. */
  readonly delivery: NewDelivery;
}

/** What a person is asked when nobody but them may decide. */
export function conflictCause(
  deviations: Readonly<Record<string, Deviation>>,
  object: { entity: string; id: string; system: string },
  owner: string,
): string {
  const fields = Object.entries(deviations)
    .map(
      ([field, { ours, theirs }]) =>
        `${field} is ${JSON.stringify(theirs)} instead of ${JSON.stringify(ours)}`,
    )
    .join(', ');
  return `Somebody changed ${object.entity} ${object.id} in ${object.system}, but it is ${owner} that decides: ${fields}. Set it back in ${object.system}, or change it in ${owner}.`;
}
