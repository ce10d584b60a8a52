import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { ObjectOfDelivery } from './delivery.ts';
import { prepare, slot } from './statement.ts';

/** A delivery of an object that is not settled, or that a person has to look at. */
export interface OpenWay {
  readonly state: 'pending' | 'waiting' | 'leased' | 'dead';
  readonly error: string | null;
  readonly cause: string | null;
  readonly correlation: string;
}

/** Where an object stands on its way to another system. */
export function wayTable({ connection, kysely }: OpenDatabase) {
  const inState = (states: string) =>
    prepare<ObjectOfDelivery, OpenWay>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(['state', 'error', 'cause', 'correlation'])
        .where('target', '=', slot<string>('target'))
        .where('source', '=', slot<string>('source'))
        .where('entity', '=', slot<string>('entity'))
        .where('source_id', '=', slot<string>('sourceId'))
        .where(sql<boolean>`${sql.raw(states)}`)
        .limit(sql.lit(1))
        .$castTo<OpenWay>(),
    );
  // One statement for each of the indexes that these states have.
  const open = inState("state in ('pending', 'waiting')");
  const leased = inState("state = 'leased'");
  const dead = inState("state = 'dead'");

  return {
    /** The one that is under way, else the one that waits, else the one that a person has to look at. */
    of: ({ target, source, entity, sourceId }: ObjectOfDelivery): OpenWay | undefined => {
      const object = { target, source, entity, sourceId };
      return leased.get(object) ?? open.get(object) ?? dead.get(object);
    },
  };
}
