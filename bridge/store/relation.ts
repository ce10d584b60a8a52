import type { EntityName } from '../entities/catalogue.ts';
import type { Value } from '../entities/field.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** A reference that is followed backwards: from what it refers to, to what refers. */
export interface Relation {
  readonly system: string;
  readonly entity: EntityName;
  readonly field: string;
}

/** Which objects refer to which, for the references that flows follow backwards. */
export function relationTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<Relation & { value: string; id: string }>(
    connection,
    kysely
      .insertInto('relation')
      .values({
        system: slot('system'),
        entity: slot('entity'),
        field: slot('field'),
        value: slot('value'),
        external_id: slot('id'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const remove = prepare<Relation & { value: string; id: string }>(
    connection,
    kysely
      .deleteFrom('relation')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('field', '=', slot<string>('field'))
      .where('value', '=', slot<string>('value'))
      .where('external_id', '=', slot<string>('id')),
  );
  const referring = prepare<Relation & { value: string; limit: number }, { id: string }>(
    connection,
    kysely
      .selectFrom('relation')
      .select('external_id as id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('field', '=', slot<string>('field'))
      .where('value', '=', slot<string>('value'))
      .orderBy('external_id')
      .limit(slot<number>('limit')),
  );
  const page = prepare<{ system: string; entity: string; after: string; limit: number }, { id: string }>(
    connection,
    kysely
      .selectFrom('record')
      .select('external_id as id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '>', slot<string>('after'))
      .orderBy('external_id')
      .limit(slot<number>('limit')),
  );
  const clear = connection.prepare('delete from relation');

  return {
    add(relation: Relation, value: string, id: string): void {
      insert.run({ ...relation, value, id });
    },
    remove(relation: Relation, value: string, id: string): void {
      remove.run({ ...relation, value, id });
    },
    /** Ids of the objects that refer to this id, `limit` at most. */
    referring: ({ system, entity, field }: Relation, value: string, limit: number): string[] =>
      referring.all({ system, entity, field, value, limit }).map(({ id }) => id),
    /** Ids of the records of an entity in order, behind `after`. */
    recordsAfter: (kind: Pick<SystemObject, 'system' | 'entity'>, after: string, limit: number): string[] =>
      page.all({ system: kind.system, entity: kind.entity, after, limit }).map(({ id }) => id),
    clear(): void {
      clear.run();
    },
  };
}

/** The ids that the value of a reference names. */
export const referredIds = (value: Value | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];

/** Rows of one relation that are looked at. */
export const mostReferring = 5000;
