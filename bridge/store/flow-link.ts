import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** Objects of one kind that are linked to others. */
export function flowLinkReader({ connection, kysely }: OpenDatabase) {
  const after = prepare<
    { system: string; entity: EntityName; after: string; limit: number },
    { id: string; linkedAt: string }
  >(
    connection,
    kysely
      .selectFrom('link')
      .select(['external_id as id', 'linked_at as linkedAt'])
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '>', slot<string>('after'))
      .orderBy('external_id')
      .limit(slot<number>('limit')),
  );

  return {
    /** In the order of their ids, behind one. `linkedAt`: UTC ISO. */
    after: (kind: { readonly system: string; readonly entity: EntityName }, id: string, limit: number) =>
      after.all({ ...kind, after: id, limit }),
  };
}
