import type { State, Value } from '../entities/field.ts';
import type { RecordChange } from '../store/apply.ts';
import type { ObjectHistory, PastChange } from '../store/simulation.ts';

/** One change with the states that it stands between. */
export interface ReplayedChange {
  readonly change: RecordChange;
  readonly at: string;
}

/** State of the object before the first of its changes: today's, with each change taken back. `null` when it was not there. */
export function stateBefore(history: ObjectHistory): State | null {
  const { record, changes } = history;
  const fields: Record<string, Value> = record === undefined || record.gone ? {} : { ...record.state };
  for (let index = changes.length - 1; index >= 0; index--) {
    for (const [name, { before }] of Object.entries((changes[index] as PastChange).differences)) {
      if (before === undefined) delete fields[name];
      else fields[name] = before;
    }
  }
  return present(fields);
}

/** The changes of an object, the oldest first, each as the rules saw it then. */
export function* replay(history: ObjectHistory, before: State | null): Iterable<ReplayedChange> {
  const { system, entity, id } = history;
  let state = before;
  for (const { differences, gone, correlation, at } of history.changes) {
    const after = gone ? null : stateAfter(state, differences);
    yield { at, change: { system, entity, id, before: state, after, differences, correlation } };
    state = after;
  }
}

function stateAfter(state: State | null, differences: PastChange['differences']): State {
  const fields: Record<string, Value> = { ...state };
  for (const name in differences) {
    const after = differences[name]?.after;
    if (after === undefined) delete fields[name];
    else fields[name] = after;
  }
  return fields;
}

/** An object that is there has fields. */
const present = (fields: State): State | null => (Object.keys(fields).length === 0 ? null : fields);
