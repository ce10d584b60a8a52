import type { PrepareWork } from '../engine/draft.ts';
import type { Landscape } from '../engine/landscape.ts';
import { isInShadow } from '../engine/plan.ts';
import type { Prepared } from '../engine/prepare.ts';
import { recorded } from '../engine/shadow.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import { MappingError } from '../rules/mapping.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { StoredCall } from '../store/flow-call.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import { withInputOfNow } from './call-input.ts';

/** Finds out what has to be done for the claimed deliveries of flows. */
export async function prepareCalls(
  work: Pick<PrepareWork, 'claimed' | 'now' | 'landscape'> & {
    readonly store: Pick<Store, 'flowCalls' | 'flowTurn'>;
  },
): Promise<{ ready: Prepared[]; settled: Settlement[] }> {
  const { store, claimed, now, landscape } = work;
  const calls = await store.flowCalls(claimed.map(({ sourceId }) => sourceId));
  const ready: Prepared[] = [];
  const settled: Settlement[] = [];
  const startedAt = new Date(now()).toISOString();
  const wanted: { delivery: ClaimedDelivery; call: StoredCall }[] = [];
  for (const [index, delivery] of claimed.entries()) {
    const call = calls[index];
    // The flow ended before this left.
    if (call?.wanted === true) wanted.push({ delivery, call });
    else settled.push({ delivery, startedAt, durationMs: 0, outcome: 'skipped' });
  }
  for (const { delivery, call } of await asOfNow(wanted, store, landscape)) {
    const base = { delivery, startedAt, durationMs: 0 };
    if (call instanceof MappingError)
      settled.push({ ...base, outcome: 'dead', error: 'invalid', cause: call.message });
    else if (isInShadow(landscape, call.object.system))
      settled.push({ ...base, ...recorded('update', call.object.id, call.input) });
    else ready.push(preparedCall(call, delivery));
  }
  return { ready, settled };
}

/** What may have been done already is only asked for again, so it stays as it was. */
async function asOfNow(
  wanted: readonly { delivery: ClaimedDelivery; call: StoredCall }[],
  store: Pick<Store, 'flowTurn'>,
  landscape: Landscape,
): Promise<{ delivery: ClaimedDelivery; call: StoredCall | MappingError }[]> {
  if (wanted.every(({ delivery }) => delivery.uncertain)) return [...wanted];
  return store.flowTurn((desk) =>
    wanted.map(({ delivery, call }) => {
      if (delivery.uncertain) return { delivery, call };
      try {
        return { delivery, call: withInputOfNow(desk, landscape, call) };
      } catch (error) {
        if (!(error instanceof MappingError)) throw error;
        return { delivery, call: error };
      }
    }),
  );
}

function preparedCall(call: StoredCall, delivery: ClaimedDelivery): Prepared {
  const { object, reference } = call;
  // What was sent is kept with the attempt.
  const json = canonicalJson({
    ...call.input,
    object: `${object.system}:${object.entity}:${object.id}`,
    reference,
  });
  return {
    delivery,
    action: 'write',
    reference,
    targetId: undefined,
    fields: { object: object.id, input: JSON.stringify(call.input) },
    earlier: [],
    json,
    fingerprint: fingerprint(json),
  };
}
