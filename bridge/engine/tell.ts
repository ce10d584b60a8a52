import type { StoredBusinessEvent } from '../store/business-event.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import type { PrepareWork } from './draft.ts';
import { referenceOf } from './landscape.ts';
import type { Prepared } from './prepare.ts';

/**
 * Makes the messages of claimed business events. Each is told as it was when it happened, whatever became of its object
 * since.
 */
export async function prepareEvents(
  work: Pick<PrepareWork, 'claimed' | 'now'> & { readonly store: Pick<Store, 'businessEvents'> },
): Promise<{ ready: Prepared[]; settled: Settlement[] }> {
  const { store, claimed, now } = work;
  const events = await store.businessEvents(claimed.map(({ sourceId }) => sourceId));
  const ready: Prepared[] = [];
  const settled: Settlement[] = [];
  for (const [index, delivery] of claimed.entries()) {
    const event = events[index];
    if (event === undefined) settled.push(lost(delivery, now()));
    else ready.push(messageOf(event, delivery));
  }
  return { ready, settled };
}

function messageOf(event: StoredBusinessEvent, delivery: ClaimedDelivery): Prepared {
  return {
    delivery,
    action: 'write',
    reference: referenceOf(delivery.source, delivery.entity, delivery.sourceId),
    targetId: undefined,
    fields: { id: event.id, type: event.name, message: messageText(event) },
    earlier: [],
    // The message itself is kept with the event.
    json: JSON.stringify({ type: event.name }),
    fingerprint: '',
  };
}

/** What subscribers get to read. The same text at every try. */
function messageText(event: StoredBusinessEvent): string {
  const { object } = event;
  return JSON.stringify({
    id: event.id,
    type: event.name,
    version: event.version,
    timestamp: event.occurredAt,
    object: {
      system: object.system,
      entity: object.entity,
      id: object.id,
      business_object: event.objectId ?? null,
    },
    correlation: event.correlation,
    data: event.data,
  });
}

function lost(delivery: ClaimedDelivery, nowMs: number): Settlement {
  return {
    delivery,
    outcome: 'dead',
    startedAt: new Date(nowMs).toISOString(),
    durationMs: 0,
    error: 'missing',
    cause: `Business event ${delivery.sourceId} is not in the database any more, so nobody can be told of it.`,
  };
}
