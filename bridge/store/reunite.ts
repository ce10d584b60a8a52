import type { NewDelivery } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { Member } from './link.ts';
import type { recordTable, SystemObject } from './record.ts';

/** Makes the delivery that brings an object to a system; `undefined` where no rule does. Pure. */
export type Bring = (object: SystemObject, target: string, correlation: string) => NewDelivery | undefined;

/** For those who only write down what became of a try. */
export const bringNothing: Bring = () => undefined;

interface Tables {
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/**
 * What each member of a business object owns goes to the others as soon as they are linked: while they were not, nothing
 * was brought that is only for objects which exist on the other side. Runs inside a transaction.
 */
export function createReunite({ deliveries, records }: Tables) {
  /** @param cause what linked them, with the way that was just gone, if any. @returns the targets of the deliveries */
  return function reunite(
    members: readonly Member[],
    bring: Bring,
    cause: { readonly correlation: string; readonly done?: { readonly from: string; readonly to: string } },
    nowMs: number,
    at: string,
  ): string[] {
    const targets: string[] = [];
    for (const member of members)
      for (const { system, joined } of members) {
        if (system === member.system || !(joined || member.joined)) continue;
        if (member.system === cause.done?.from && system === cause.done.to) continue;
        const delivery = bring(member, system, cause.correlation);
        // One that was never seen is brought when it is read.
        if (delivery === undefined || records.get(member)?.gone !== false) continue;
        deliveries.enqueue(delivery, nowMs, at);
        targets.push(system);
      }
    return targets;
  };
}
