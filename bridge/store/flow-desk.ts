import type { OpenDatabase } from './database.ts';
import type { NewDelivery } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { eventTable, NewEvent } from './event.ts';
import { exceptionTable, type NewException } from './exception.ts';
import { flowCallTable, type NewCall } from './flow-call.ts';
import { flowChangeReader } from './flow-change.ts';
import { flowDeliveryReader } from './flow-delivery.ts';
import { type FlowInstance, flowInstanceTable, type StoredInstance } from './flow-instance.ts';
import { flowLinkReader } from './flow-link.ts';
import { flowProgressTable } from './flow-progress.ts';
import type { linkTable } from './link.ts';
import type { recordTable, StoredRecord, SystemObject } from './record.ts';
import { relationTable } from './relation.ts';
import { prepare, slot } from './statement.ts';

interface Tables {
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly events: ReturnType<typeof eventTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/**
 * Everything that flows look at and keep, within one transaction. What is looked at twice is read once.
 */
export interface FlowDesk {
  readonly nowMs: number;
  /** `nowMs` as an instant. */
  readonly at: string;
  /** The day (UTC) on which this bridge began: `2026-01-31`. */
  readonly beganOn: string;
  readonly instances: Omit<ReturnType<typeof flowInstanceTable>, 'put'>;
  readonly calls: Omit<ReturnType<typeof flowCallTable>, 'ask' | 'letGo' | 'letGoEnded'>;
  readonly changes: ReturnType<typeof flowChangeReader>;
  readonly relations: ReturnType<typeof relationTable>;
  readonly progress: ReturnType<typeof flowProgressTable>;
  readonly deliveries: ReturnType<typeof flowDeliveryReader>;
  readonly links: ReturnType<typeof flowLinkReader>;
  record(object: SystemObject): StoredRecord | undefined;
  /** The id that the same business object has in `system`. */
  idIn(object: SystemObject, system: string): string | undefined;
  /**
   * Keeps an instance, new or as it has become, with the exception that it hangs on now: the one that it hung on before is
   * closed when it was the last. What the calls of one that ends were refused ends with it. Answers its number.
   */
  put(
    instance: Omit<FlowInstance, 'exception'>,
    before: StoredInstance | undefined,
    stuck: NewException | 'as before' | undefined,
  ): number;
  ask(call: NewCall): void;
  /** The tries of a call ended behind its instance: nobody waits for it any more. */
  letGo(instance: number): void;
  /** Lets go what instances that have ended left behind. */
  letGoEnded(): void;
  enqueue(delivery: NewDelivery): void;
  /** Has an object read. False when that was asked for before. */
  read(event: NewEvent): boolean;
  /** True while an event with this id is not worked off. */
  isOpen(event: string): boolean;
}

/**
 * @param began when this bridge began: UTC ISO
 * @returns makes the desk of one transaction
 */
export function createFlowDesk(database: OpenDatabase, tables: Tables, began: string) {
  const instances = flowInstanceTable(database);
  const calls = flowCallTable(database);
  const exceptions = exceptionTable(database);
  const changes = flowChangeReader(database);
  const relations = relationTable(database);
  const progress = flowProgressTable(database);
  const deliveries = flowDeliveryReader(database);
  const links = flowLinkReader(database);
  const openEvent = prepare<{ id: string }>(
    database.connection,
    database.kysely
      .selectFrom('event')
      .select('seq')
      .where('id', '=', slot<string>('id'))
      .where('done_at', 'is', null),
  );

  return (nowMs: number): FlowDesk => {
    const at = new Date(nowMs).toISOString();
    const records = new Map<string, StoredRecord | undefined>();
    const ids = new Map<string, string | undefined>();
    return {
      nowMs,
      beganOn: began.slice(0, 10),
      at,
      instances,
      calls,
      changes,
      relations,
      progress,
      deliveries,
      links,
      record({ system, entity, id }) {
        const key = `${system} ${entity} ${id}`;
        if (!records.has(key)) records.set(key, tables.records.get({ system, entity, id }));
        return records.get(key);
      },
      idIn({ system, entity, id }, other) {
        const key = `${system} ${entity} ${id} ${other}`;
        if (!ids.has(key)) ids.set(key, tables.links.idIn({ system, entity, id }, other));
        return ids.get(key);
      },
      put(instance, before, stuck) {
        const past = before?.exception;
        const exception =
          stuck === 'as before' ? past : stuck === undefined ? undefined : exceptions.raise(stuck, 0, at);
        if (exception !== past) {
          if (exception !== undefined) exceptions.hang(exception);
          if (past !== undefined) exceptions.release(past, at);
        }
        if (before?.state === 'running' && instance.state !== 'running') calls.letGo(before.seq, at);
        const { exception: _past, ...rest } = instance as FlowInstance;
        return instances.put({ ...rest, ...(exception === undefined ? {} : { exception }) }, before);
      },
      ask: (call) => calls.ask(call, nowMs, at),
      letGo: (instance) => calls.letGo(instance, at),
      letGoEnded: () => calls.letGoEnded(at),
      enqueue: (delivery) => tables.deliveries.enqueue(delivery, nowMs, at),
      read: (event) => tables.events.insert(event, at),
      isOpen: (id) => openEvent.get({ id }) !== undefined,
    };
  };
}
