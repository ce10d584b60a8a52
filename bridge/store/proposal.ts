import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import { newId } from '../entities/id.ts';
import type { Evidence } from '../matching/score.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import type { ProposalTable } from './schema.ts';
import { prepare, slot } from './statement.ts';

/**
 * `open` until a person decides: `accepted` (they are linked) or `rejected` (never proposed again). `obsolete`: one of them
 * is linked otherwise or gone, or they are not alike any more; proposed anew when they are.
 */
export type ProposalState = 'open' | 'accepted' | 'rejected' | 'obsolete';

/** Two objects that may be the same; a person decides. */
export interface Proposal {
  readonly id: string;
  readonly entity: EntityName;
  /** The object that a counterpart is looked for. */
  readonly source: string;
  readonly sourceId: string;
  readonly target: string;
  readonly targetId: string;
  /** 0 to 1. */
  readonly score: number;
  readonly evidence: readonly Evidence[];
  /** Id in the source's system of the object that the target is linked to already; `null` for none. */
  readonly takenBy: string | null;
  readonly state: ProposalState;
  readonly reason: string | null;
  /** Instant. */
  readonly proposedAt: string;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
}

/** Something that may be the same as an object. */
export interface Candidate {
  readonly object: SystemObject;
  readonly score: number;
  readonly evidence: readonly Evidence[];
  readonly takenBy?: string;
}

type Row = ProposalTable;

/** Columns of a pair, with the sides as they are named in the statement. */
interface Pair {
  entity: string;
  source: string;
  sourceId: string;
  target: string;
  targetId: string;
}

export function proposalTable({ connection, kysely }: OpenDatabase) {
  const byId = prepare<{ id: string }, Row>(
    connection,
    kysely.selectFrom('proposal').selectAll().where('id', '=', slot<string>('id')),
  );
  const byPair = prepare<Pair, Row>(
    connection,
    kysely
      .selectFrom('proposal')
      .selectAll()
      .where('entity', '=', slot<string>('entity'))
      .where('source', '=', slot<string>('source'))
      .where('source_id', '=', slot<string>('sourceId'))
      .where('target', '=', slot<string>('target'))
      .where('target_id', '=', slot<string>('targetId')),
  );
  const openBySource = prepare<SystemObject, Row>(
    connection,
    kysely
      .selectFrom('proposal')
      .selectAll()
      .where('entity', '=', slot<string>('entity'))
      .where('source', '=', slot<string>('system'))
      .where('source_id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('open')),
  );
  const openByTarget = prepare<SystemObject, Row>(
    connection,
    kysely
      .selectFrom('proposal')
      .selectAll()
      .where('entity', '=', slot<string>('entity'))
      .where('target', '=', slot<string>('system'))
      .where('target_id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('open')),
  );
  const insert = prepare<object>(
    connection,
    kysely.insertInto('proposal').values({
      id: slot('id'),
      entity: slot('entity'),
      source: slot('source'),
      source_id: slot('sourceId'),
      target: slot('target'),
      target_id: slot('targetId'),
      score: slot('score'),
      evidence: slot('evidence'),
      taken_by: slot('takenBy'),
      state: sql.lit('open'),
      proposed_at: slot('at'),
    }),
  );
  const reopen = prepare<object>(
    connection,
    kysely
      .updateTable('proposal')
      .set({
        state: sql.lit('open'),
        score: slot<number>('score'),
        evidence: slot<string>('evidence'),
        taken_by: slot<string | null>('takenBy'),
        // While it stays open it stands where it stood.
        proposed_at: sql<string>`case when state = 'open' then proposed_at else @at end`,
        decided_at: sql.lit(null),
        decided_by: sql.lit(null),
        reason: sql.lit(null),
      })
      .where('id', '=', slot<string>('id')),
  );
  const close = prepare<object>(
    connection,
    kysely
      .updateTable('proposal')
      .set({
        state: slot<string>('state'),
        decided_at: slot<string>('at'),
        decided_by: slot<string | null>('by'),
        reason: slot<string | null>('reason'),
      })
      .where('id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('open')),
  );
  const wake = prepare<object>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: sql.lit('pending'),
        due_ms: slot<number>('nowMs'),
        error: sql.lit(null),
        cause: sql.lit(null),
      })
      .where('target', '=', slot<string>('target'))
      .where('source', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('source_id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('waiting'))
      .where('error', '=', sql.lit('proposed')),
  );
  const open = prepare<object, Row>(
    connection,
    kysely.selectFrom('proposal').selectAll().where('state', '=', sql.lit('open')).orderBy('proposed_at'),
  );

  // Mostly there are none of these, and then nothing has to be looked for with each change.
  const some = (state: ProposalState) =>
    connection.prepare(`select 1 from proposal where state = '${state}' limit 1`).get() !== undefined;
  let anyOpen = some('open');
  let anyRejected = some('rejected');

  /** The proposal of two objects, whichever of them it was made for. */
  function ofPair(left: SystemObject, right: SystemObject): Row | undefined {
    const pair = (source: SystemObject, target: SystemObject): Pair => ({
      entity: source.entity,
      source: source.system,
      sourceId: source.id,
      target: target.system,
      targetId: target.id,
    });
    return byPair.get(pair(left, right)) ?? byPair.get(pair(right, left));
  }

  return {
    get(id: string): Proposal | undefined {
      const row = byId.get({ id });
      return row === undefined ? undefined : fromRow(row);
    },
    /** All that are open, the oldest first. */
    open: (): Proposal[] => open.all({}).map(fromRow),
    /** Open ones between an object and objects of a system, or of any; whichever side they were made for. */
    openOf(object: SystemObject, system?: string): Proposal[] {
      if (!anyOpen) return [];
      const { entity, id } = object;
      const sides = { system: object.system, entity, id };
      const bySource = openBySource.all(sides).filter((row) => system === undefined || row.target === system);
      const byTarget = openByTarget.all(sides).filter((row) => system === undefined || row.source === system);
      return [...bySource, ...byTarget].map(fromRow);
    },
    anyOpen: () => anyOpen,
    isRejected: (left: SystemObject, right: SystemObject): boolean =>
      anyRejected && ofPair(left, right)?.state === 'rejected',
    /** Opens the proposal of two objects, or renews it. Does nothing to one that was rejected. */
    put(source: SystemObject, { object: target, score, evidence, takenBy }: Candidate, at: string): void {
      const known = ofPair(source, target);
      if (known?.state === 'rejected') return;
      anyOpen = true;
      const values = { score, evidence: JSON.stringify(evidence), takenBy: takenBy ?? null, at };
      if (known !== undefined) reopen.run({ id: known.id, ...values });
      else
        insert.run({
          id: newId(),
          entity: source.entity,
          source: source.system,
          sourceId: source.id,
          target: target.system,
          targetId: target.id,
          ...values,
        });
    },
    close(
      id: string,
      state: Exclude<ProposalState, 'open'>,
      change: { at: string; by?: string | undefined; reason?: string | undefined },
    ): void {
      anyRejected ||= state === 'rejected';
      close.run({ id, state, at: change.at, by: change.by ?? null, reason: change.reason ?? null });
    },
    /** The delivery of an object that waits for a decision goes on. True when there was one. */
    wake: ({ system, entity, id }: SystemObject, target: string, nowMs: number): boolean =>
      wake.run({ system, entity, id, target, nowMs }).changes > 0,
  };
}

const fromRow = (row: Row): Proposal => ({
  id: row.id,
  entity: row.entity as EntityName,
  source: row.source,
  sourceId: row.source_id,
  target: row.target,
  targetId: row.target_id,
  score: row.score,
  evidence: JSON.parse(row.evidence),
  takenBy: row.taken_by,
  state: row.state as ProposalState,
  reason: row.reason,
  proposedAt: row.proposed_at,
  decidedAt: row.decided_at,
  decidedBy: row.decided_by,
});

/** The two objects of a proposal. */
export const sidesOf = ({ entity, source, sourceId, target, targetId }: Proposal) => ({
  source: { system: source, entity, id: sourceId } satisfies SystemObject,
  target: { system: target, entity, id: targetId } satisfies SystemObject,
});

/** The proposals that are open, the oldest first. Reads only; may stand beside a running bridge. */
export async function readOpenProposals(
  { kysely }: OpenDatabase,
  most: number = Number.MAX_SAFE_INTEGER,
): Promise<Proposal[]> {
  const rows = await kysely
    .selectFrom('proposal')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('proposed_at')
    .limit(most)
    .execute();
  return rows.map(fromRow);
}
