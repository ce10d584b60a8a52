import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { Role } from '../entities/role.ts';
import type { OpenDatabase } from './database.ts';
import type { ReconciliationTable } from './reconciliation-tables.ts';
import { prepare, slot } from './statement.ts';

export const runStates = ['running', 'stopped', 'done', 'failed'] as const;
export type RunState = (typeof runStates)[number];

/** What a run does, one after the other. */
export const runPhases = ['reading', 'comparing', 'duplicates', 'acting', 'over'] as const;
export type RunPhase = (typeof runPhases)[number];

/** Everything that decides what a run looks at and does; it stays as it was when the run began. */
export interface RunScope {
  readonly entity: EntityName;
  /** The system whose objects are brought, and the one that they are brought to. */
  readonly source: string;
  readonly target: string;
  readonly roles: readonly [Role, Role];
  /** First and last day, both included; absent: all. */
  readonly from?: string;
  readonly to?: string;
  /** Only what is on record is compared; nobody is asked. */
  readonly known: boolean;
  readonly policy: 'repair' | 'raise' | 'report';
  readonly strangers: 'ignore' | 'raise';
  readonly owner: string;
  readonly totals: readonly string[];
  readonly by: readonly string[];
}

/** How far a run is. */
export interface RunProgress {
  readonly phase: RunPhase;
  /** Where the phase goes on; only the phase itself knows what it means. */
  readonly position: Readonly<Record<string, string | number>>;
  readonly done: number;
  readonly estimated?: number;
  /** How many of each, by name: objects listed, pairs compared, findings by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface ReconciliationRun extends RunProgress {
  readonly id: string;
  /** Id of its declaration. */
  readonly declaration: string;
  readonly scope: RunScope;
  readonly state: RunState;
  readonly note?: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly movedAt: string;
  readonly endedAt?: string;
}

export type NewRun = Pick<ReconciliationRun, 'id' | 'declaration' | 'scope' | 'startedBy' | 'phase'>;

type Row = ReconciliationTable;

const columns = [
  'id',
  'declaration',
  'scope',
  'state',
  'phase',
  'position',
  'done',
  'estimated',
  'counts',
  'note',
  'started_by',
  'started_at',
  'moved_at',
  'ended_at',
] as const;

/** Runs of reconciliations. One per declaration can be running. */
export function runTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely
      .insertInto('reconciliation')
      .values({
        id: slot('id'),
        declaration: slot('declaration'),
        scope: slot('scope'),
        state: slot('state'),
        phase: slot('phase'),
        position: slot('position'),
        done: slot('done'),
        counts: slot('counts'),
        started_by: slot('startedBy'),
        started_at: slot('at'),
        moved_at: slot('at'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const get = prepare<{ id: string }, Row>(
    connection,
    kysely.selectFrom('reconciliation').select(columns).where('id', '=', slot<string>('id')),
  );
  const page = prepare<{ limit: number }, Row>(
    connection,
    kysely.selectFrom('reconciliation').select(columns).orderBy('id', 'desc').limit(slot<number>('limit')),
  );
  const runningOf = prepare<{ declaration: string }, Row>(
    connection,
    kysely
      .selectFrom('reconciliation')
      .select(columns)
      .where('declaration', '=', slot<string>('declaration'))
      .where('state', '=', sql.lit('running')),
  );
  const move = prepare<object>(
    connection,
    kysely
      .updateTable('reconciliation')
      .set({
        phase: slot<string>('phase'),
        position: slot<string>('position'),
        done: slot<number>('done'),
        estimated: slot<number | null>('estimated'),
        counts: slot<string>('counts'),
        moved_at: slot<string>('at'),
      })
      .where('id', '=', slot<string>('id')),
  );
  const change = prepare<object>(
    connection,
    kysely
      .updateTable('reconciliation')
      .set({
        state: slot<string>('state'),
        note: slot<string | null>('note'),
        ended_at: slot<string | null>('endedAt'),
        moved_at: slot<string>('at'),
      })
      .where('id', '=', slot<string>('id')),
  );

  const one = (row: Row | undefined) => (row === undefined ? undefined : fromRow(row));

  return {
    /** False when another run of the same declaration is running. */
    insert: (run: NewRun, at: string): boolean =>
      insert.run({
        id: run.id,
        declaration: run.declaration,
        scope: JSON.stringify(run.scope),
        state: 'running',
        phase: run.phase,
        position: '{}',
        done: 0,
        counts: '{}',
        startedBy: run.startedBy,
        at,
      }).changes === 1,
    get: (id: string) => one(get.get({ id })),
    /** The newest first. */
    newest: (limit: number): ReconciliationRun[] => page.all({ limit }).map(fromRow),
    runningOf: (declaration: string) => one(runningOf.get({ declaration })),
    move(id: string, progress: RunProgress, at: string): void {
      const { phase, position, done, estimated = null, counts } = progress;
      move.run({
        id,
        phase,
        position: JSON.stringify(position),
        done,
        estimated,
        counts: JSON.stringify(counts),
        at,
      });
    },
    change(id: string, state: RunState, note: string | undefined, at: string): void {
      const endedAt = state === 'done' || state === 'failed' ? at : null;
      change.run({ id, state, note: note ?? null, endedAt, at });
    },
  };
}

function fromRow(row: Row): ReconciliationRun {
  return {
    id: row.id,
    declaration: row.declaration,
    scope: JSON.parse(row.scope),
    state: row.state as RunState,
    phase: row.phase as RunPhase,
    position: JSON.parse(row.position),
    done: row.done,
    ...(row.estimated === null ? {} : { estimated: row.estimated }),
    counts: JSON.parse(row.counts),
    ...(row.note === null ? {} : { note: row.note }),
    startedBy: row.started_by,
    startedAt: row.started_at,
    movedAt: row.moved_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}
