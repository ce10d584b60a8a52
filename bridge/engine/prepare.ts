import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import { type ClaimedDelivery, type NewDelivery, sourceObject } from '../store/delivery.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { Settlement } from '../store/settle.ts';
import type { DeliveryContext, Store } from '../store/store.ts';
import type { Connector } from '../systems/system.ts';
import { asSystemError, settleFailedCall, settleFailedItem } from './failure.ts';
import type { Health } from './health.ts';
import { type Landscape, referenceOf } from './landscape.ts';
import { findCounterparts, type Match } from './match.ts';
import { waitFor } from './need.ts';
import type { Observe } from './observer.ts';
import { type Plan, planDelivery, referredObjects, translateReferences } from './plan.ts';

/** A delivery that is ready for its call. */
export interface Prepared {
  readonly delivery: ClaimedDelivery;
  readonly action: 'write' | 'remove';
  readonly reference: string;
  /** Id in the target, when it is known. */
  readonly targetId: string | undefined;
  /** Fields with references of the target; empty for a removal. */
  readonly fields: State;
  /** What earlier tries that are in doubt have sent, newest first. */
  readonly earlier: readonly State[];
  readonly json: string;
  readonly fingerprint: string;
  /** What has to be done with the object once this has worked. */
  readonly followUp?: NewDelivery;
}

export interface PrepareWork {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly connector: Connector;
  readonly health: Health;
  readonly observe: Observe;
  readonly now: () => number;
  readonly random: () => number;
  readonly claimed: readonly ClaimedDelivery[];
  readonly signal: AbortSignal;
}

interface Drafted {
  readonly delivery: ClaimedDelivery;
  readonly context: DeliveryContext;
  readonly record: StoredRecord;
  readonly plan: Extract<Plan, { kind: 'write' }>;
  readonly fields: State;
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

  for (const [index, delivery] of claimed.entries()) {
    const plan = plans[index] as Plan;
    const context = contexts[index] as DeliveryContext;
    if (plan.kind === 'nothing') settled.push({ ...base(delivery), outcome: 'skipped' });
    else if (plan.kind === 'remove') ready.push(removal(delivery, plan.targetId));
    else {
      const missing = referredObjects(delivery, plan.fields, plan.references).filter(
        (object) => ids.get(key(object)) === undefined,
      );
      if (missing.length > 0)
        settled.push({ ...base(delivery), ...waitFor(missing, delivery, landscape, now()) });
      else {
        const translate = (entity: string, id: string) =>
          ids.get(key({ system: delivery.source, entity: entity as EntityName, id }));
        const fields = translateReferences(plan.fields, plan.references, translate);
        drafted.push({ delivery, context, record: context.record as StoredRecord, plan, fields });
      }
    }
  }

  const matches = await matchAll(drafted, work, settled);
  for (const draft of drafted) {
    const { delivery, context, plan } = draft;
    const match = matches.get(delivery.id);
    if (match === 'settled') continue;
    const targetId = context.targetId ?? match;
    const json = canonicalJson(draft.fields);
    const mark = fingerprint(json);
    const nothingToWrite = Object.keys(plan.fields).length === 0;
    // What is in doubt is written again: a try whose answer was lost may have left something else there.
    const written = mark === context.writtenFingerprint && !delivery.uncertain;
    if (targetId !== undefined && (nothingToWrite || written)) {
      const outcome = context.targetId === undefined ? 'matched' : 'skipped';
      settled.push({ ...base(delivery), outcome, externalId: targetId });
      continue;
    }
    ready.push({
      delivery,
      action: 'write',
      reference: referenceOf(delivery.source, delivery.entity, delivery.sourceId),
      targetId,
      fields: draft.fields,
      earlier: targetId === undefined ? context.earlier : [],
      json,
      fingerprint: mark,
      ...(plan.thenRemove ? { followUp: deliverAgain(delivery) } : {}),
    });
  }
  return { ready, settled };
}

const key = ({ entity, id, system }: SystemObject): string => `${system}:${entity}:${id}`;

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

async function resolveReferences(store: Store, claimed: readonly ClaimedDelivery[], plans: readonly Plan[]) {
  const objects = new Map<string, SystemObject>();
  for (const [index, delivery] of claimed.entries()) {
    const plan = plans[index] as Plan;
    if (plan.kind !== 'write') continue;
    for (const object of referredObjects(delivery, plan.fields, plan.references))
      objects.set(key(object), object);
  }
  const target = claimed[0]?.target as string;
  const list = [...objects.values()];
  const found = await store.idsIn(target, list);
  return new Map(list.map((object, index) => [key(object), found[index]]));
}

function deliverAgain(delivery: ClaimedDelivery): NewDelivery {
  const { target, source, entity, sourceId, lane, rulesVersion, correlation } = delivery;
  return { id: newId(), target, source, entity, sourceId, lane, rulesVersion, correlation };
}

/** Counterparts of the drafts that have none yet; those that this settles are marked so. */
async function matchAll(drafted: readonly Drafted[], work: PrepareWork, settled: Settlement[]) {
  const result = new Map<string, string | 'settled'>();
  const searching = drafted.filter(
    ({ context, plan }) => context.targetId === undefined && (plan.match.length > 0 || !plan.mayCreate),
  );
  if (searching.length === 0) return result;
  const startedAtMs = work.now();
  const startedAt = new Date(startedAtMs).toISOString();
  let matches: Match[];
  try {
    matches = await findCounterparts(
      work,
      searching.map(({ delivery, record, plan }) => ({
        object: sourceObject(delivery),
        by: plan.match,
        state: record.state,
      })),
    );
  } catch (error) {
    const failure = asSystemError(error, work.connector.system, 'unavailable');
    if (failure === undefined) throw error;
    const failed = searching.map(({ delivery }) => ({ delivery, json: undefined }));
    settled.push(...settleFailedCall(failure, failed, { ...work, startedAtMs, begun: false }));
    for (const { delivery } of searching) result.set(delivery.id, 'settled');
    return result;
  }
  for (const [index, { delivery, plan }] of searching.entries()) {
    const match = matches[index] as Match;
    const base = { delivery, startedAt, durationMs: work.now() - startedAtMs };
    if (match.kind === 'one') result.set(delivery.id, match.id);
    else if (match.kind === 'refused') {
      result.set(delivery.id, 'settled');
      const failure = { error: match.error.kind, message: match.error.message };
      settled.push(settleFailedItem(failure, { delivery, json: undefined }, { ...work, startedAtMs }));
    } else if (match.kind === 'several') {
      result.set(delivery.id, 'settled');
      const cause = `${delivery.target} has several that could be this ${delivery.entity}: ${match.ids.join(', ')} have the same ${match.field}. Merge them there, or make the ${match.field} differ.`;
      settled.push({ ...base, outcome: 'dead', error: 'conflict', cause });
    } else if (!plan.mayCreate) {
      result.set(delivery.id, 'settled');
      const cause = `${delivery.target} has no ${delivery.entity} with the same ${plan.match.join(' or ')} as ${referenceOf(delivery.source, delivery.entity, sourceObject(delivery).id)}. Add it there, or correct it in ${delivery.source}.`;
      settled.push({
        ...base,
        outcome: 'retry',
        error: 'unmatched',
        cause,
        dueMs: work.now() + lookAgainMs,
        uncertain: false,
        countTry: false,
      });
    }
  }
  return result;
}

/** A counterpart that appears wakes its deliveries at once; this is only for systems that do not tell. */
const lookAgainMs = 15 * 60_000;
