import type { State } from '../entities/field.ts';
import type { attemptTable } from './attempt.ts';
import { type ClaimedDelivery, type NewDelivery, sourceObject } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { Drift, linkTable } from './link.ts';
import type { needTable } from './need.ts';
import type { createQueueCounts, QueueCount } from './queue.ts';
import type { createReader } from './reader.ts';
import type { recordTable, StoredRecord, SystemObject } from './record.ts';
import { type Bring, bringNothing } from './reunite.ts';
import type { createSettle } from './settle.ts';
import type { Settlement } from './settlement.ts';
import type { Writer } from './writer.ts';

/** What a delivery needs to be tried, as the store knows it. */
export interface DeliveryContext {
  readonly record: StoredRecord | undefined;
  /** Id of the object in the target, when it is linked. */
  readonly targetId: string | undefined;
  /** Fingerprint of what was last written there. */
  readonly writtenFingerprint: string | undefined;
  /** What somebody changed there that another system owns. */
  readonly drift?: Drift | undefined;
  /** What earlier tries that are in doubt have sent, newest first; only for an object that is not linked. */
  readonly earlier: readonly State[];
}

/** The deliveries, from what is due to what became of it. */
export interface DeliveryStore {
  /**
   * Takes due deliveries of a target: `shares` says how many of each lane; what a lane leaves goes to the
   * others. A lane with `null` is left alone.
   */
  claim(target: string, shares: readonly (number | null)[], leaseMs: number): Promise<ClaimedDelivery[]>;
  /** What is known about each delivery's object. */
  context(deliveries: readonly ClaimedDelivery[]): Promise<DeliveryContext[]>;
  /** Writes down how tries ended. Answers the targets of deliveries that waited for this and can go on now. */
  settle(settlements: readonly Settlement[], bring?: Bring): Promise<ReadonlySet<string>>;
  /** When the next pending delivery of a target is due in any of these lanes. */
  nextDueMs(target: string, lanes: readonly number[]): Promise<number | undefined>;
  /**
   * Gives deliveries back whose lease has ended, or all leased ones when the process that held them is gone.
   * Their tries may have had an effect, so they are marked uncertain.
   */
  releaseLeases(which: 'expired' | 'all'): Promise<number>;
  /** The rules may have changed: deliveries to these targets that waited for what no rule brings look again. */
  wakeUnmet(targets: readonly string[]): Promise<void>;
  /** Whether the object of each delivery may have been created by one the other way round, whose answer was lost. */
  creationsInDoubt(deliveries: readonly NewDelivery[]): Promise<boolean[]>;
  /** Whether the last that was done to bring each object to the target was only recorded, because of shadow. */
  shadowed(target: string, objects: readonly SystemObject[]): Promise<boolean[]>;
  /** Deliveries that were only recorded, in the order of their ids, from behind `after`. */
  shadowedAfter(after: string, limit: number): Promise<ClaimedDelivery[]>;
  /** Has objects delivered; joins what has not left yet. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<void>;
  /** The deliveries that are not done, counted by target and state. */
  queues(): Promise<QueueCount[]>;
}

interface Means {
  readonly attempts: ReturnType<typeof attemptTable>;
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly needs: ReturnType<typeof needTable>;
  readonly records: ReturnType<typeof recordTable>;
  readonly settle: ReturnType<typeof createSettle>;
  readonly queueCounts: ReturnType<typeof createQueueCounts>;
  readonly writer: Writer;
  readonly read: ReturnType<typeof createReader>;
  readonly now: () => number;
}

export function createDeliveryStore(means: Means): DeliveryStore {
  const { attempts, deliveries, links, needs, records, settle, queueCounts, writer, read, now } = means;

  return {
    claim: (target, shares, leaseMs) =>
      writer.write(() => {
        const nowMs = now();
        const claimed: ClaimedDelivery[] = [];
        const take = (lane: number, limit: number): number => {
          const got = deliveries.claim(target, lane, limit, nowMs, nowMs + leaseMs);
          claimed.push(...got);
          return got.length;
        };
        const taken = shares.map((share, lane) => (share === null ? null : take(lane, share)));
        let left = shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) - claimed.length;
        for (const [lane, share] of shares.entries()) {
          // A lane that gave less than it was asked for has nothing left.
          if (left > 0 && share !== null && taken[lane] === share) left -= take(lane, left);
        }
        return claimed;
      }),

    context: async (claimed) =>
      read(() =>
        claimed.map((delivery) => {
          const object = sourceObject(delivery);
          const counterpart = links.counterpart(object, delivery.target);
          const targetId = counterpart?.id;
          return {
            record: records.get(object),
            targetId,
            writtenFingerprint: counterpart?.writtenFingerprint ?? undefined,
            drift: counterpart?.drift,
            earlier: delivery.uncertain && targetId === undefined ? attempts.inDoubt(delivery) : [],
          };
        }),
      ),

    settle: (settlements, bring = bringNothing) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        const woken = new Set<string>();
        links.lookAhead(objectsOf(settlements));
        for (const settlement of settlements)
          for (const target of settle(settlement, bring, nowMs, at)) woken.add(target);
        return woken;
      }),

    async nextDueMs(target, lanes) {
      let next: number | undefined;
      for (const lane of lanes) {
        const due = deliveries.nextDueMs(target, lane);
        if (due !== undefined && (next === undefined || due < next)) next = due;
      }
      return next;
    },

    releaseLeases: (which) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        const found = deliveries.expired(which === 'all' ? Number.MAX_SAFE_INTEGER : nowMs);
        for (const delivery of found) {
          settle(
            {
              delivery,
              outcome: 'retry',
              startedAt: at,
              durationMs: 0,
              dueMs: nowMs,
              error: 'ambiguous',
              cause: 'The bridge stopped while this was under way; whether it arrived is looked up now.',
              uncertain: true,
              countTry: true,
            },
            bringNothing,
            nowMs,
            at,
          );
        }
        return found.length;
      }),

    wakeUnmet: (targets) =>
      writer.write(() => {
        const nowMs = now();
        for (const target of targets) needs.wakeUnmet(target, nowMs);
      }),
    creationsInDoubt: async (list) =>
      read(() => list.map((delivery) => deliveries.creationInDoubt(delivery))),

    shadowed: async (target, objects) =>
      read(() =>
        objects.map(({ system, entity, id }) =>
          deliveries.isShadowed({ target, source: system, entity, sourceId: id }),
        ),
      ),
    shadowedAfter: async (after, limit) => deliveries.shadowedAfter(after, limit),
    enqueue: (wanted) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        for (const delivery of wanted) deliveries.enqueue(delivery, nowMs, at);
      }),
    queues: async () => queueCounts(),
  };
}

/** What will be linked by these. */
const objectsOf = (settlements: readonly Settlement[]): SystemObject[] =>
  settlements.flatMap((settlement) => {
    const { delivery } = settlement;
    if (!('externalId' in settlement) || settlement.externalId === undefined) return [];
    const target = { system: delivery.target, entity: delivery.entity, id: settlement.externalId };
    return [sourceObject(delivery), target];
  });
