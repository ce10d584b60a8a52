import type { Overview } from '../store/overview.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';

/** Why something is not where it should be, and who sees to it. */
export interface Reason {
  readonly owner: string;
  readonly person: string | null;
  readonly reason: string;
  readonly next: string;
  /** Since when: UTC ISO. */
  readonly since: string;
  /** False while it goes on by itself. */
  readonly needsPerson: boolean;
}

/** What a business process knows about its subject; `undefined` where none is about it. */
export type Explain = (object: SystemObject) => Reason | undefined;

interface Wanted {
  readonly record: StoredRecord;
  readonly target: string;
  /** Whose it is where nothing else says it. */
  readonly owner: string;
}

/**
 * Why an object is not in a system as the rules want it: what its delivery met says more than where its process stands.
 */
export function reasonOf({ record, target, owner }: Wanted, overview: Overview, explain: Explain): Reason {
  const { system, entity, id } = record;
  const object: SystemObject = { system, entity, id };
  const delivery = overview.openDelivery(object, target);
  const process = explain(object);
  const whose = { owner: process?.owner ?? owner, person: process?.person ?? null };
  if (process?.needsPerson === true) return process;
  if (delivery?.state === 'dead')
    return {
      ...whose,
      reason: delivery.cause ?? `${target} refused it.`,
      next: `Put right what it says; then change the ${entity} once, and it goes again. bridge trace ${system}:${entity}:${id} shows what was tried.`,
      since: delivery.createdAt,
      needsPerson: true,
    };
  if (delivery !== undefined)
    return {
      ...whose,
      reason: delivery.cause ?? `It is on its way to ${target}.`,
      next: delivery.state === 'waiting' ? 'It goes on as soon as that is there.' : 'It goes by itself.',
      since: delivery.createdAt,
      needsPerson: delivery.error === 'unmet' || delivery.error === 'proposed',
    };
  return (
    process ?? {
      ...whose,
      reason: `Nothing was asked to bring it to ${target}.`,
      next: `bridge reconcile compares both sides and brings what is missing.`,
      since: record.readAt,
      needsPerson: true,
    }
  );
}
