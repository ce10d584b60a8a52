import { Decimal } from 'decimal.js';
import { entityOf } from '../entities/catalogue.ts';
import { decimalPattern, type State, type Value } from '../entities/field.ts';
import { fingerprint, isList } from '../entities/state.ts';
import { type Direction, fieldsWritten } from './direction.ts';

/** Two objects that say no more than this are not the same for that. */
const leastTelling = 2;

/**
 * Makes one text of all that an object says in the fields that the rules bring: the same time of the same worker on the same
 * day for the same task is entered twice when these are equal. `undefined` for one that says too little.
 */
export function createLikeness(direction: Direction): (state: State) => string | undefined {
  const { fields } = entityOf(direction.entity);
  const names = fieldsWritten(direction).sort();

  return (state) => {
    const values = names.map((name) => plain(state[name]));
    const telling = names.filter(
      (name, index) =>
        values[index] !== null && fields[name]?.kind !== 'flag' && fields[name]?.kind !== 'code',
    );
    return telling.length < leastTelling ? undefined : fingerprint(JSON.stringify(values));
  };
}

function plain(value: Value | undefined): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (isList(value)) return [...value].sort();
  return typeof value === 'string' && decimalPattern.test(value) ? new Decimal(value).toFixed() : value;
}
