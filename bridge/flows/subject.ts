import type { State } from '../entities/field.ts';
import { type Flow, gone as goneName } from '../rules/flow.ts';
import type { StoredRecord } from '../store/record.ts';

/**
 * The state of a subject as its flow sees it: its last one, where the flow also runs for subjects that are gone.
 * `undefined` where it is not there.
 */
export function subjectState({ condition }: Flow, record: StoredRecord | undefined): State | undefined {
  if (record?.gone !== true) return record?.state;
  const readsGone = condition.where !== undefined && Object.hasOwn(condition.where.fields, goneName);
  return readsGone ? { ...record.state, [goneName]: true } : undefined;
}
