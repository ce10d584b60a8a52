import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import type { StoredException } from '../store/exception.ts';
import { readExceptions } from '../store/flow-report.ts';
import { age } from './age.ts';

/** Prints what needs a person, one root cause each; 1 when there is something. */
export async function exceptions(options: { json: boolean; owner?: string; flow?: string }): Promise<number> {
  const { json, ...filter } = options;
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const found = await readExceptions(database, filter);
  await database.kysely.destroy();
  const now = Date.now();
  if (json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log('Nothing needs a person.');
  else console.log(found.map((exception) => exceptionLines(exception, now).join('\n')).join('\n\n'));
  return found.length > 0 ? 1 : 0;
}

/** One exception for people: who, since when, which record, what, why, what to do, how many hang on it. */
export function exceptionLines(exception: StoredException, now: number): string[] {
  const { owner, person, object, title, cause, remedy, openedAt, instances, flow, step } = exception;
  const who = person === undefined ? owner : `${owner}, ${person}`;
  const hang = instances > 1 ? `, ${instances} hang on it` : '';
  const where = flow === undefined ? exception.source : `${flow}, step ${step}`;
  return [
    `${who}: ${title}`,
    `  ${object.entity} ${object.id} of ${object.system}, since ${age(openedAt, now)}${hang} (${where})`,
    `  Cause: ${cause}`,
    `  What to do: ${remedy}`,
    `  bridge trace ${object.system}:${object.entity}:${object.id}`,
  ];
}
