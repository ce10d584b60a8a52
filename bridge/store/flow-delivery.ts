import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { ObjectOfDelivery } from './delivery.ts';
import type { DeliveryState } from './delivery-state.ts';
import { leasesOf } from './lease.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** A delivery of an object that is not done. */
export interface DeliveryStand {
  readonly seq: number;
  readonly state: Extract<DeliveryState, 'pending' | 'leased' | 'waiting' | 'dead' | 'shadowed'>;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly createdAt: string;
}

interface Row {
  seq: number;
  state: DeliveryStand['state'];
  error: string | null;
  cause: string | null;
  created_at: string;
}

/** How bringing an object to a system stands. */
export function flowDeliveryReader(database: OpenDatabase) {
  const { connection, kysely } = database;
  const leases = leasesOf(database);
  const ofObject = (state: string) =>
    prepare<ObjectOfDelivery, Row>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(['seq', 'state', 'error', 'cause', 'created_at'])
        .where(
          sql<boolean>`target = @target and source = @source and entity = @entity and source_id = @sourceId`,
        )
        .where(sql<boolean>`${sql.raw(state)}`)
        .limit(sql.lit(1)),
    );
  // Each has an index of its own, which is small.
  const open = ofObject(`state in ('pending', 'waiting')`);
  const leased = ofObject(`state = 'leased'`);
  const dead = ofObject(`state = 'dead'`);
  const shadowed = ofObject(`state = 'shadowed'`);
  const needed = prepare<{ delivery: number }, SystemObject>(
    connection,
    kysely
      .selectFrom('need')
      .select(['source as system', 'entity', 'source_id as id'])
      .where('delivery', '=', slot<number>('delivery')),
  );

  return {
    /** What is on its way, else what needs a person, else what was only recorded; `undefined` when nothing is. */
    stand(object: SystemObject, target: string): DeliveryStand | undefined {
      const way = { target, source: object.system, entity: object.entity, sourceId: object.id };
      const row = open.get(way) ?? leased.get(way) ?? dead.get(way) ?? shadowed.get(way);
      return row === undefined
        ? undefined
        : {
            seq: row.seq,
            state: leases.stateOf(row.seq, row.state),
            error: row.error ?? undefined,
            cause: row.cause ?? undefined,
            createdAt: row.created_at,
          };
    },
    /** The objects that a delivery waits for. */
    neededBy: (delivery: number): SystemObject[] =>
      needed
        .all({ delivery })
        .map(({ system, entity, id }) => ({ system, entity: entity as EntityName, id })),
  };
}
