import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { Stretch } from './reconciliation-pair.ts';
import { prepare, slot } from './statement.ts';

/** Objects of one system that have the same exact key. */
export interface SameKey {
  readonly field: string;
  readonly value: string;
  readonly system: string;
  readonly ids: readonly string[];
}

interface Row {
  value: string;
  system: string;
  id: string;
}

interface Place {
  entity: string;
  field: string;
  value: string;
  system: string;
  id: string;
}

const rowsPerStretch = 1000;

/** Finds objects of one system that share an exact match key, walking along the keys. Reads only. */
export function sameKeyTable({ connection, kysely }: OpenDatabase) {
  const next = prepare<Place, Row>(
    connection,
    kysely
      .selectFrom('match_key')
      .select(['value', 'system', 'external_id as id'])
      .where('entity', '=', slot<string>('entity'))
      .where('field', '=', slot<string>('field'))
      .where('value', 'is not', null)
      .where(sql<boolean>`(value, system, external_id) > (@value, @system, @id)`)
      .orderBy('value')
      .orderBy('system')
      .orderBy('external_id')
      .limit(sql.lit(rowsPerStretch))
      .$castTo<Row>(),
  );

  return {
    /** @param after what the stretch before answered as `next`; empty for the first one */
    sameKeys(entity: EntityName, field: string, systems: readonly string[], after: string): Stretch<SameKey> {
      const [value, system, id] =
        after === '' ? ['', '', ''] : (JSON.parse(after) as [string, string, string]);
      const rows = next.all({ entity, field, value, system, id });
      const groups = groupsOf(rows);
      const ended = rows.length < rowsPerStretch;
      const last = groups.at(-1);
      // The last one may go on in the next stretch, so that begins with it, unless it is all that there is.
      const whole = ended || groups.length === 1 ? groups : groups.slice(0, -1);
      const items = whole
        .filter((group) => group.ids.length > 1 && systems.includes(group.system))
        .map((group) => ({ field, ...group }));
      if (ended || last === undefined) return { items };
      const end = whole.at(-1) as (typeof groups)[number];
      return { items, next: JSON.stringify([end.value, end.system, end.ids.at(-1)]) };
    },
  };
}

function groupsOf(rows: readonly Row[]): { value: string; system: string; ids: string[] }[] {
  const groups: { value: string; system: string; ids: string[] }[] = [];
  for (const { value, system, id } of rows) {
    const last = groups.at(-1);
    if (last !== undefined && last.value === value && last.system === system) last.ids.push(id);
    else groups.push({ value, system, ids: [id] });
  }
  return groups;
}
