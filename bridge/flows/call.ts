import type { PrepareWork } from '../engine/draft.ts';
import type { Terrain } from '../engine/landscape.ts';
import { isInShadow } from '../engine/plan.ts';
import type { Prepared } from '../engine/prepare.ts';
import { recorded } from '../engine/shadow.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { StoredCall } from '../store/flow-call.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';

/** Finds out what has to be done for the claimed deliveries of flows. */
export async function prepareCalls(
  work: Pick<PrepareWork, 'claimed' | 'now'> & {
    readonly store: Pick<Store, 'flowCalls'>;
    readonly landscape: Terrain;
  },
): Promise<{ ready: Prepared[]; settled: Settlement[] }> {
  const { store, claimed, now, landscape } = work;
  const calls = await store.flowCalls(claimed.map(({ sourceId }) => sourceId));
  const ready: Prepared[] = [];
  const settled: Settlement[] = [];
  const startedAt = new Date(now()).toISOString();
  for (const [index, delivery] of claimed.entries()) {
    const call = calls[index];
    const base = { delivery, startedAt, durationMs: 0 };
    // The flow ended before this left.
    if (call?.wanted !== true) settled.push({ ...base, outcome: 'skipped' });
    else if (isInShadow(landscape, call.object.system))
      settled.push({ ...base, ...recorded('update', call.object.id, call.input) });
    else ready.push(preparedCall(call, delivery));
  }
  return { ready, settled };
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
