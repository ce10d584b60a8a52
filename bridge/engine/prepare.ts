import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import type { Rule } from '../rules/rule.ts';
import type { ClaimedDelivery, NewDelivery } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { Restored } from '../store/link.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import type { Drafted, PrepareWork } from './draft.ts';
import { conflictCause, policyOf } from './guard.ts';
import { referenceOf } from './landscape.ts';
import { matchDrafts } from './match-drafts.ts';
import { waitFor } from './need.ts';
import { givenBy, leavesAt, type Plan, planDelivery, referredObjects, translateReferences } from './plan.ts';
import { onlyInShadow, recorded, shadowNote } from './shadow.ts';

/** A delivery that is ready for its call. */
export interface Prepared {
  readonly delivery: ClaimedDelivery;
  readonly action: 'write' | 'remove';
  readonly reference: string;
  /** Id in the target, when it is known. */
  readonly targetId: string | undefined;
  /** Fields with references of the target; empty for a removal. */
  readonly fields: State;
  /** What the object gets besides, because it is created. */
  readonly initial?: State;
  /** What earlier tries that are in doubt have sent, newest first. */
  readonly earlier: readonly State[];
  /** All that is sent. */
  readonly json: string;
  /** Of the fields alone: what an object got once is not compared with what is brought later. */
  readonly fingerprint: string;
  /** What has to be done with the object once this has worked. */
  readonly followUp?: NewDelivery;
  /** Fields that somebody had changed there, and that this writes again. */
  readonly restored?: Restored;
  /** What rules in shadow would have done besides: JSON. */
  readonly shadow?: string;
}

/**
 * Finds out for each claimed delivery what has to be called: plans by the newest state, translates references, looks
 * for counterparts, and leaves out what is already there. What needs no call comes back settled.
 */
export async function prepareDeliveries(
  work: PrepareWork,
): Promise<{ ready: Prepared[]; settled: Settlement[] }> {
  const { store, landscape, claimed, now } = work;
  const ready: Prepared[] = [];
  const settled: Settlement[] = [];
  const drafted: Drafted[] = [];
  const startedAt = new Date(now()).toISOString();
  const base = (delivery: ClaimedDelivery) => ({ delivery, startedAt, durationMs: 0 });

  const contexts = await store.context(claimed);
  const plans = claimed.map((delivery, index) =>
    planDelivery(delivery, contexts[index] as DeliveryContext, landscape),
  );
  const ids = await resolveReferences(store, claimed, plans);
  const shadowed = await onlyInShadow(work, work.connector.system, unlinked(ids));

  for (const [index, delivery] of claimed.entries()) {
    const plan = plans[index] as Plan;
    const context = contexts[index] as DeliveryContext;
    if (plan.kind === 'nothing') settled.push({ ...base(delivery), outcome: 'skipped' });
    else if (plan.kind === 'raise')
      settled.push({
        ...base(delivery),
        ...(plan.shadow ? recorded('update', context.targetId, {}) : { outcome: 'dead', error: plan.error }),
        cause: plan.cause,
      });
    else if (leavesAt(plan, now()) > now())
      settled.push({ ...base(delivery), ...untilWindow(leavesAt(plan, now()), delivery) });
    else if (plan.kind === 'remove' && plan.shadow)
      settled.push({ ...base(delivery), ...recorded('remove', plan.targetId, {}) });
    else if (plan.kind === 'remove') ready.push(removal(delivery, plan.targetId));
    else {
      const given = givenBy(plan);
      const unknown = referredObjects(delivery, given.fields, given.references).filter(
        (object) => ids.get(key(object))?.id === undefined,
      );
      const missing = unknown.filter((object) => !shadowed.has(key(object)));
      if (missing.length > 0)
        settled.push({ ...base(delivery), ...waitFor(missing, delivery, landscape, now()) });
      else {
        const shadow = plan.shadow || unknown.length > 0;
        const known = (entity: string, id: string) =>
          ids.get(key({ system: delivery.source, entity: entity as EntityName, id }))?.id;
        const orSource = (entity: string, id: string) =>
          known(entity, id) ?? referenceOf(delivery.source, entity as EntityName, id);
        const idIn = shadow ? orSource : known;
        const fields = translateReferences(plan.fields, plan.references, idIn);
        const { besides, initial } = plan;
        drafted.push({
          delivery,
          context,
          record: context.record as StoredRecord,
          plan,
          fields,
          ...(initial === undefined
            ? {}
            : { initial: translateReferences(initial.fields, initial.references, idIn) }),
          shadow,
          ...(besides === undefined
            ? {}
            : { besides: translateReferences(besides.fields, besides.references, orSource) }),
        });
      }
    }
  }

  const matches = await matchDrafts(drafted, work, settled);
  for (const draft of drafted) {
    const { delivery, context, plan } = draft;
    const match = matches.get(delivery.id);
    if (match === 'settled') continue;
    const targetId = context.targetId ?? match;
    const json = canonicalJson(draft.fields);
    const mark = fingerprint(json);
    const initial = targetId === undefined ? draft.initial : undefined;
    const sent = initial === undefined ? draft.fields : { ...initial, ...draft.fields };
    const nothingToWrite = Object.keys(plan.fields).length === 0;
    // What is in doubt is written again: a try whose answer was lost may have left something else there.
    const written = mark === context.writtenFingerprint && !delivery.uncertain;
    const drifted = context.drift?.open.filter((field) => Object.hasOwn(draft.fields, field)) ?? [];
    const nothingToDo = nothingToWrite || (written && drifted.length === 0);
    if (targetId === undefined && plan.mayCreate && !plan.thenRemove && Object.keys(sent).length === 0) {
      const cause = emptyCause(delivery, plan.rules);
      settled.push({
        ...base(delivery),
        ...(draft.shadow
          ? recorded('create', undefined, {})
          : { outcome: 'dead', error: 'invalid', uncertain: delivery.uncertain }),
        cause,
      });
      continue;
    }
    if (draft.shadow && (context.targetId === undefined || !nothingToDo)) {
      const action = targetId !== undefined ? 'update' : plan.mayCreate ? 'create' : 'match';
      settled.push({
        ...base(delivery),
        ...recorded(plan.thenRemove ? 'remove' : action, targetId, sent),
      });
      continue;
    }
    const action = targetId === undefined ? 'create' : 'update';
    const shadow = besidesNote(action, draft.besides, plan.shadowCause);
    if (
      targetId !== undefined &&
      written &&
      drifted.length > 0 &&
      policyOf(landscape.rules, delivery.entity) === 'raise'
    ) {
      settled.push({ ...base(delivery), ...raisedConflict(drifted, targetId, delivery, context) });
      continue;
    }
    if (targetId !== undefined && nothingToDo) {
      const outcome = context.targetId === undefined ? 'matched' : 'skipped';
      settled.push({ ...base(delivery), outcome, externalId: targetId, ...shadow });
      continue;
    }
    ready.push({
      delivery,
      action: 'write',
      reference: referenceOf(delivery.source, delivery.entity, delivery.sourceId),
      targetId,
      fields: draft.fields,
      ...(initial === undefined ? {} : { initial }),
      earlier: targetId === undefined ? context.earlier : [],
      json: initial === undefined ? json : canonicalJson(sent),
      fingerprint: mark,
      ...(plan.thenRemove ? { followUp: deliverAgain(delivery) } : {}),
      ...(drifted.length === 0 ? {} : { restored: { fields: drifted, looks: context.drift?.looks ?? 0 } }),
      ...shadow,
    });
  }
  return { ready, settled };
}

/** What rules in shadow would have done besides. */
function besidesNote(action: 'create' | 'update', fields: State | undefined, cause: string | undefined) {
  if (fields === undefined && cause === undefined) return {};
  return {
    shadow: shadowNote({ action, fields: fields ?? {}, ...(cause === undefined ? {} : { cause }) }),
  };
}

function emptyCause({ entity, source, sourceId, target }: ClaimedDelivery, rules: readonly Rule[]): string {
  const by = rules.length === 1 ? 'rule' : 'rules';
  const names = rules.map((rule) => rule.id).join(', ');
  return `Nothing is known of ${entity} ${sourceId} of ${source} that the ${by} ${names} would bring, so it would be empty in ${target}. Enter it in ${source}, or let the rules bring a field that is known.`;
}

/** Somebody changed there what only the source decides, and the rules want a person to look at it. */
function raisedConflict(
  fields: readonly string[],
  targetId: string,
  { entity, source, target }: ClaimedDelivery,
  { drift }: DeliveryContext,
) {
  const deviations = Object.fromEntries(
    Object.entries(drift?.deviations ?? {}).filter(([field]) => fields.includes(field)),
  );
  const cause = conflictCause(deviations, { system: target, entity, id: targetId }, source);
  return { outcome: 'dead' as const, error: 'conflict', cause };
}

const untilWindow = (dueMs: number, { entity, target }: ClaimedDelivery) => ({
  outcome: 'retry' as const,
  dueMs,
  error: 'window',
  cause: `The rules let a ${entity} go to ${target} only at set times.`,
  uncertain: false,
  countTry: false,
});

const key = ({ entity, id, system }: SystemObject): string => referenceOf(system, entity, id);

function removal(delivery: ClaimedDelivery, targetId: string): Prepared {
  const reference = referenceOf(delivery.source, delivery.entity, delivery.sourceId);
  return {
    delivery,
    action: 'remove',
    reference,
    targetId,
    fields: {},
    earlier: [],
    json: '{}',
    fingerprint: '',
  };
}

interface Resolved {
  readonly object: SystemObject;
  /** Its id in the target, when it is linked. */
  readonly id: string | undefined;
}

const unlinked = (ids: ReadonlyMap<string, Resolved>): SystemObject[] =>
  [...ids.values()].flatMap(({ object, id }) => (id === undefined ? [object] : []));

async function resolveReferences(store: Store, claimed: readonly ClaimedDelivery[], plans: readonly Plan[]) {
  const objects = new Map<string, SystemObject>();
  for (const [index, delivery] of claimed.entries()) {
    const plan = plans[index] as Plan;
    if (plan.kind !== 'write') continue;
    const given = givenBy(plan);
    for (const { fields, references } of plan.besides === undefined ? [given] : [given, plan.besides])
      for (const object of referredObjects(delivery, fields, references)) objects.set(key(object), object);
  }
  const target = claimed[0]?.target as string;
  const list = [...objects.values()];
  const found = await store.presentIdsIn(target, list);
  return new Map<string, Resolved>(list.map((object, index) => [key(object), { object, id: found[index] }]));
}

function deliverAgain(delivery: ClaimedDelivery): NewDelivery {
  const { target, source, entity, sourceId, lane, rulesVersion, correlation } = delivery;
  return { id: newId(), target, source, entity, sourceId, lane, rulesVersion, correlation };
}
