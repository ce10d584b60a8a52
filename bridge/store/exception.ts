import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import { newId } from '../entities/id.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

export type ExceptionSource = 'flow' | 'reconciliation';

/** Something that needs a person, by its root cause. */
export interface NewException {
  readonly source: ExceptionSource;
  /** Names the root cause; unique among the open ones of a source. */
  readonly key: string;
  readonly flow?: string;
  readonly step?: string;
  /** The object at fault. */
  readonly object: SystemObject;
  /** A team of the firm, as it calls it. */
  readonly owner: string;
  /** E-mail address of the person, where it is known. */
  readonly person?: string;
  /** What could not be done, in a plain sentence. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export interface StoredException extends NewException {
  readonly seq: number;
  readonly id: string;
  readonly openedAt: string;
  readonly closedAt: string | undefined;
  /** How many hang on it. */
  readonly instances: number;
}

export interface ExceptionRow {
  seq: number;
  id: string;
  key: string;
  source: string;
  flow: string | null;
  step: string | null;
  system: string;
  entity: string;
  external_id: string;
  owner: string;
  person: string | null;
  title: string;
  cause: string;
  remedy: string;
  opened_at: string;
  closed_at: string | null;
  instances: number;
}

export function exceptionTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely.insertInto('exception').values({
      id: slot('id'),
      key: slot('key'),
      source: slot('source'),
      flow: slot('flow'),
      step: slot('step'),
      system: slot('system'),
      entity: slot('entity'),
      external_id: slot('externalId'),
      owner: slot('owner'),
      person: slot('person'),
      title: slot('title'),
      cause: slot('cause'),
      remedy: slot('remedy'),
      opened_at: slot('at'),
      instances: slot('instances'),
    }),
  );
  const open = prepare<{ source: string; key: string }, ExceptionRow>(
    connection,
    kysely
      .selectFrom('exception')
      .selectAll()
      .where('source', '=', slot<string>('source'))
      .where('key', '=', slot<string>('key'))
      .where('closed_at', 'is', null),
  );
  const update = prepare<object>(
    connection,
    kysely
      .updateTable('exception')
      .set({
        owner: slot<string>('owner'),
        person: slot<string | null>('person'),
        title: slot<string>('title'),
        cause: slot<string>('cause'),
        remedy: slot<string>('remedy'),
      })
      .where('seq', '=', slot<number>('seq')),
  );
  const add = prepare<{ seq: number; count: number }, { instances: number }>(
    connection,
    kysely
      .updateTable('exception')
      .set({ instances: sql<number>`instances + @count` })
      .where('seq', '=', slot<number>('seq'))
      .returning('instances'),
  );
  const close = prepare<{ seq: number; at: string }>(
    connection,
    kysely
      .updateTable('exception')
      .set({ closed_at: slot<string>('at') })
      .where('seq', '=', slot<number>('seq'))
      .where('closed_at', 'is', null),
  );

  return {
    /** Opens an exception, or says again what the open one with the same key says. Answers its number. */
    raise(exception: NewException, instances: number, at: string): number {
      const values = {
        owner: exception.owner,
        person: exception.person ?? null,
        title: exception.title,
        cause: exception.cause,
        remedy: exception.remedy,
      };
      const { source, key, object } = exception;
      const known = open.get({ source, key });
      if (known !== undefined) {
        const names = Object.keys(values) as (keyof typeof values)[];
        if (names.some((name) => known[name] !== values[name])) update.run({ ...values, seq: known.seq });
        return known.seq;
      }
      const { lastInsertRowid } = insert.run({
        ...values,
        id: newId(),
        key,
        source,
        flow: exception.flow ?? null,
        step: exception.step ?? null,
        system: object.system,
        entity: object.entity,
        externalId: object.id,
        at,
        instances,
      });
      return Number(lastInsertRowid);
    },
    /** One more hangs on it. */
    hang(seq: number): void {
      add.get({ seq, count: 1 });
    },
    /** One less hangs on it; with the last one it is closed. */
    release(seq: number, at: string): void {
      const row = add.get({ seq, count: -1 });
      if (row !== undefined && row.instances <= 0) close.run({ seq, at });
    },
    /** What was wrong is right again. True when it was open. */
    close(source: ExceptionSource, key: string, at: string): boolean {
      const known = open.get({ source, key });
      return known !== undefined && close.run({ seq: known.seq, at }).changes > 0;
    },
    open(source: ExceptionSource, key: string): StoredException | undefined {
      const row = open.get({ source, key });
      return row === undefined ? undefined : exceptionOf(row);
    },
  };
}

export const exceptionOf = (row: ExceptionRow): StoredException => ({
  seq: row.seq,
  id: row.id,
  key: row.key,
  source: row.source as ExceptionSource,
  ...(row.flow === null ? {} : { flow: row.flow }),
  ...(row.step === null ? {} : { step: row.step }),
  object: { system: row.system, entity: row.entity as EntityName, id: row.external_id },
  owner: row.owner,
  ...(row.person === null ? {} : { person: row.person }),
  title: row.title,
  cause: row.cause,
  remedy: row.remedy,
  openedAt: row.opened_at,
  closedAt: row.closed_at ?? undefined,
  instances: row.instances,
});
