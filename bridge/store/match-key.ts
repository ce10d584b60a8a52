import { sql } from 'kysely';
import type { State } from '../entities/field.ts';
import { type KeyPlan, keysOf, type MatchKey, mayChangeKeys, planName } from '../matching/key.ts';
import type { OpenDatabase } from './database.ts';
import type { metaTable } from './meta.ts';
import type { recordTable, SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** Rows of one exact key that are looked at. */
const mostPerKey = 1000;
/** Records whose keys are made anew together. */
const recordsPerRound = 500;

/** Normalised values by which the records of all systems are found: what the store knows needs no search of a vendor's. */
export function matchKeyTable(
  { connection, kysely }: OpenDatabase,
  records: ReturnType<typeof recordTable>,
  meta: ReturnType<typeof metaTable>,
) {
  // One statement for all keys of a record; a key that it has no more stays without value.
  const put = prepare<SystemObject & { keys: string }>(
    connection,
    kysely
      .insertInto('match_key')
      .columns(['system', 'entity', 'external_id', 'field', 'value'])
      .expression(
        kysely
          .selectFrom(sql<{ key: string; atom: string | null }>`json_each(@keys)`.as('json_each'))
          .select([
            slot<string>('system').as('system'),
            slot<string>('entity').as('entity'),
            slot<string>('id').as('external_id'),
            sql<string>`json_each.key`.as('field'),
            sql<string | null>`json_each.atom`.as('value'),
          ])
          .where(sql<boolean>`true`),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['system', 'entity', 'external_id', 'field'])
          .doUpdateSet((excluded) => ({ value: excluded.ref('excluded.value') })),
      ),
  );
  const remove = prepare<SystemObject>(
    connection,
    kysely
      .deleteFrom('match_key')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const having = prepare<{ entity: string; field: string; value: string }, { system: string; id: string }>(
    connection,
    kysely
      .selectFrom('match_key')
      .select(['system', 'external_id as id'])
      .where('entity', '=', slot<string>('entity'))
      .where('field', '=', slot<string>('field'))
      .where('value', '=', slot<string>('value'))
      .limit(sql.lit(mostPerKey)),
  );
  const havingIn = prepare<
    { entity: string; field: string; value: string; system: string; limit: number },
    { id: string }
  >(
    connection,
    kysely
      .selectFrom('match_key')
      .select('external_id as id')
      .where('entity', '=', slot<string>('entity'))
      .where('field', '=', slot<string>('field'))
      .where('value', '=', slot<string>('value'))
      .where('system', '=', slot<string>('system'))
      .limit(slot<number>('limit')),
  );
  const nextRecords = prepare<SystemObject, SystemObject>(
    connection,
    kysely
      .selectFrom('record')
      .select(['system', 'entity', 'external_id as id'])
      .where(sql<boolean>`(system, entity, external_id) > (@system, @entity, @id)`)
      .orderBy('system')
      .orderBy('entity')
      .orderBy('external_id')
      .limit(sql.lit(recordsPerRound)),
  );

  let plan: KeyPlan = { exact: {}, likely: [] };

  return {
    /** From now on the keys of this plan are kept. False when those of the records so far have to be made first. */
    use(next: KeyPlan): boolean {
      plan = next;
      return meta.get('match.keys') === planName(next);
    },
    /** Makes the keys of the records behind `last`; answers the last one done, or nothing when all are. */
    rebuildAfter(last: SystemObject | undefined): SystemObject | undefined {
      if (last === undefined) {
        meta.put('match.keys', '');
        connection.exec('delete from match_key');
      }
      const round = nextRecords.all(last ?? { system: '', entity: 'customer', id: '' });
      for (const object of round) {
        const record = records.get(object);
        if (record !== undefined && !record.gone) this.note(object, null, record.state, []);
      }
      if (round.length < recordsPerRound) {
        meta.put('match.keys', planName(plan));
        return undefined;
      }
      return round.at(-1);
    },
    /** A record was put. Answers the exact keys that it has now and had not before. */
    note(
      object: SystemObject,
      before: State | null,
      after: State | null,
      changed: readonly string[],
    ): readonly MatchKey[] {
      const { system, entity, id } = object;
      if (before !== null && after !== null && !mayChangeKeys(plan, entity, changed)) return none;
      if (after === null) {
        if (keysOf(plan, entity, before ?? {}).length > 0) remove.run({ system, entity, id });
        return none;
      }
      const now = keysOf(plan, entity, after);
      if (before === null && now.length === 0) return none;
      const past = before === null ? none : keysOf(plan, entity, before);
      const known = new Map(past.map(({ field, value }) => [field, value]));
      const changes: Record<string, string | null> = {};
      for (const { field } of past) changes[field] = null;
      for (const { field, value } of now) {
        if (known.get(field) === value) delete changes[field];
        else changes[field] = value;
      }
      if (Object.keys(changes).length > 0) put.run({ system, entity, id, keys: JSON.stringify(changes) });
      return now.filter(({ field, value }) => known.get(field) !== value && !field.startsWith('~'));
    },
    /** Objects of any system that have the key. */
    having(entity: SystemObject['entity'], { field, value }: MatchKey): SystemObject[] {
      return having.all({ entity, field, value }).map(({ system, id }) => ({ system, entity, id }));
    },
    /** Ids of the objects of one system that have the key, `limit` at most. */
    havingIn: (system: string, entity: string, { field, value }: MatchKey, limit: number): string[] =>
      havingIn.all({ system, entity, field, value, limit }).map(({ id }) => id),
  };
}

const none: readonly MatchKey[] = [];
