import { Decimal } from 'decimal.js';
import { expect } from 'vitest';
import { type EntityName, entityOf } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import { SystemError } from '../../bridge/systems/error.ts';
import type { PollPage, Snapshot, WriteDone, WriteResult } from '../../bridge/systems/system.ts';

export const never = new AbortController().signal;

/** The result of a change that worked. */
export function doneOf(result: WriteResult | undefined): WriteDone {
  if (result?.ok !== true) throw new Error(`the write failed: ${JSON.stringify(result)}`);
  return result;
}

/** How a call failed, whether it threw or said so in its only result. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly retryAfterMilliseconds: number | undefined;
  readonly mayBeDone: boolean;
  readonly error: unknown;
}

export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const { kind, message, retryAfterMilliseconds, mayBeDone } = error;
    return { kind, message, retryAfterMilliseconds, mayBeDone, error };
  }
  const result = (Array.isArray(answer) ? answer[0] : answer) as WriteResult;
  if (result?.ok !== false) throw new Error(`expected a failure, got ${JSON.stringify(answer)}`);
  const { error: kind, message, retryAfterMilliseconds, mayBeDone = kind === 'ambiguous' } = result;
  return { kind, message, retryAfterMilliseconds, mayBeDone, error: result };
}

/** The state has these values; decimals may be written differently. */
export function expectFields(entity: EntityName, state: State | null | undefined, fields: State): void {
  expect(state).toBeTruthy();
  for (const [name, value] of Object.entries(fields)) {
    const found = state?.[name];
    if (entityOf(entity).fields[name]?.kind === 'decimal' && typeof value === 'string')
      expect(new Decimal(String(found)).toString(), name).toBe(new Decimal(value).toString());
    else expect(found, name).toEqual(value);
  }
}

export interface Polled {
  readonly snapshots: readonly Snapshot[];
  readonly cursor: string;
}

/** All pages of a poll. */
export async function drain(pages: AsyncIterable<PollPage>): Promise<Polled> {
  const snapshots: Snapshot[] = [];
  let cursor: string | undefined;
  for await (const page of pages) {
    snapshots.push(...(page.snapshots ?? []));
    cursor = page.cursor ?? cursor;
  }
  if (cursor === undefined) throw new Error('the poll gave no page, so there is no cursor to store');
  return { snapshots, cursor };
}
