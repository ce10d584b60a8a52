import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { Value } from '../entities/field.ts';
import type { OpenDatabase } from './database.ts';
import type { ReconciliationFindingTable } from './reconciliation-tables.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/**
 * - `missing-there`: by the rules it should be in the other system, and is not;
 * - `missing-here`: it is in the other system, and gone or unknown where it comes from;
 * - `unwanted`: it is in the other system, and by the rules it should not be there any more;
 * - `different`: both have it, and fields that the rules bring differ;
 * - `stale`: what the bridge knew of it was out of date until this run;
 * - `duplicate`: one system has it twice.
 */
export const findingKinds = [
  'missing-there',
  'missing-here',
  'unwanted',
  'different',
  'stale',
  'duplicate',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/**
 * What was done about it: `open` still has to be looked at, `taken-in` goes on by the rules like any change, `repaired` is
 * brought again, `raised` is for a person, `reported` is only told, `solved` was no difference any more when its turn came.
 */
export type FindingAction = 'open' | 'taken-in' | 'repaired' | 'raised' | 'reported' | 'solved';

/** How a field differs; a side that does not say anything of it is absent. */
export interface FieldDifference {
  readonly ours?: Value;
  readonly theirs?: Value;
}

/** What a finding changes in a total: what is here and not there counts positive. */
export interface Effect {
  /** Values of the dimensions of the run, in their order. */
  readonly group: readonly (string | null)[];
  readonly field: string;
  /** Empty for what is no money. */
  readonly currency: string;
  /** Decimal. */
  readonly amount: string;
}

export interface NewFinding {
  readonly kind: FindingKind;
  /** The object that it is about: where it is to be brought from, as far as that is known. */
  readonly object: SystemObject;
  /** The other one: its counterpart, or the one that is the same in the same system. */
  readonly other?: { readonly system: string; readonly id: string };
  readonly fields: Readonly<Record<string, FieldDifference>>;
  readonly effects: readonly Effect[];
  /** For people. */
  readonly cause?: string;
  readonly action: FindingAction;
}

export interface Finding extends NewFinding {
  readonly seq: number;
  readonly foundAt: string;
}

type Row = Omit<ReconciliationFindingTable, 'seq'> & { seq: number };

export function findingTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely.insertInto('reconciliation_finding').values({
      run: slot('run'),
      kind: slot('kind'),
      system: slot('system'),
      entity: slot('entity'),
      external_id: slot('id'),
      other_system: slot('otherSystem'),
      other_id: slot('otherId'),
      fields: slot('fields'),
      effects: slot('effects'),
      cause: slot('cause'),
      action: slot('action'),
      found_at: slot('at'),
    }),
  );
  const columns = [
    'seq',
    'run',
    'kind',
    'system',
    'entity',
    'external_id',
    'other_system',
    'other_id',
    'fields',
    'effects',
    'cause',
    'action',
    'found_at',
  ] as const;
  const after = prepare<{ run: string; after: number; limit: number }, Row>(
    connection,
    kysely
      .selectFrom('reconciliation_finding')
      .select(columns)
      .where('seq', '>', slot<number>('after'))
      .where('run', '=', slot<string>('run'))
      .orderBy('seq')
      .limit(slot<number>('limit')),
  );
  const ofObject = prepare<{ run: string; system: string; id: string }, { kind: string; entity: string }>(
    connection,
    kysely
      .selectFrom('reconciliation_finding')
      .select(['kind', 'entity'])
      .where('run', '=', slot<string>('run'))
      .where('system', '=', slot<string>('system'))
      .where('external_id', '=', slot<string>('id')),
  );
  const amend = prepare<object>(
    connection,
    kysely
      .updateTable('reconciliation_finding')
      .set({ effects: slot<string>('effects'), cause: sql<string | null>`coalesce(@cause, cause)` })
      .where('run', '=', slot<string>('run'))
      .where('system', '=', slot<string>('system'))
      .where('external_id', '=', slot<string>('id'))
      .where('entity', '=', slot<string>('entity'))
      .where('kind', '=', slot<string>('kind')),
  );
  const settle = prepare<{ seq: number; action: string; cause: string | null }>(
    connection,
    kysely
      .updateTable('reconciliation_finding')
      .set({ action: slot<string>('action'), cause: sql<string | null>`coalesce(@cause, cause)` })
      .where('seq', '=', slot<number>('seq')),
  );

  return {
    insert(run: string, finding: NewFinding, at: string): void {
      const { kind, object, other, fields, effects, cause, action } = finding;
      insert.run({
        run,
        kind,
        system: object.system,
        entity: object.entity,
        id: object.id,
        otherSystem: other?.system ?? null,
        otherId: other?.id ?? null,
        fields: JSON.stringify(fields),
        effects: JSON.stringify(effects),
        cause: cause ?? null,
        action,
        at,
      });
    },
    /** Keeps what it means for the totals, and why it is so. */
    amend(run: string, { kind, object, effects, cause }: NewFinding): void {
      const { system, entity, id } = object;
      amend.run({ run, system, entity, id, kind, effects: JSON.stringify(effects), cause: cause ?? null });
    },
    /** In the order in which they were found, from behind `seq`. */
    after: (run: string, seq: number, limit: number): Finding[] =>
      after.all({ run, after: seq, limit }).map(fromRow),
    /** The kinds of findings that a run has of an object. */
    kindsOf: (run: string, { system, entity, id }: SystemObject): FindingKind[] =>
      ofObject
        .all({ run, system, id })
        .flatMap((row) => (row.entity === entity ? [row.kind as FindingKind] : [])),
    settle(seq: number, action: FindingAction, cause?: string): void {
      settle.run({ seq, action, cause: cause ?? null });
    },
  };
}

const fromRow = (row: Row): Finding => ({
  seq: row.seq,
  kind: row.kind as FindingKind,
  object: { system: row.system, entity: row.entity as EntityName, id: row.external_id },
  ...(row.other_system === null || row.other_id === null
    ? {}
    : { other: { system: row.other_system, id: row.other_id } }),
  fields: JSON.parse(row.fields),
  effects: JSON.parse(row.effects),
  ...(row.cause === null ? {} : { cause: row.cause }),
  action: row.action as FindingAction,
  foundAt: row.found_at,
});
