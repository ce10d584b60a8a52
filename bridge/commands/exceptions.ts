import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import {
  type ExceptionFilter,
  mostExceptions,
  readExceptions,
  type ShownException,
} from '../store/flow-report.ts';
import { age } from './age.ts';
import { oneLine } from './words.ts';

/** Prints what needs a person, one root cause each; 1 when there is something. */
export async function exceptions(options: { json: boolean; owner?: string; flow?: string }): Promise<number> {
  const { json, ...filter } = options;
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const found = await readExceptions(database, filter);
  const others = found.length > 0 ? [] : await readExceptions(database);
  await database.kysely.destroy();
  const now = Date.now();
  if (json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log(nothingText(filter, others));
  else console.log(found.map((exception) => exceptionLines(exception, now).join('\n')).join('\n\n'));
  if (!json && found.length === mostExceptions)
    console.log(
      `\nThese are the oldest ${mostExceptions}; --owner and --flow show fewer, status counts them.`,
    );
  return found.length > 0 ? 1 : 0;
}

/** Who asks for one owner or flow, and perhaps misspells it, has to see that there is something of others. */
function nothingText({ owner, flow }: ExceptionFilter, others: readonly ShownException[]): string {
  if (others.length === 0) return 'Nothing needs a person.';
  const asked = [
    ...(owner === undefined ? [] : [`of the owner "${owner}"`]),
    ...(flow === undefined ? [] : [`of the flow "${flow}"`]),
  ].join(' and ');
  const owners = [...new Set(others.map((exception) => exception.owner))].sort().join(', ');
  const flows = [...new Set(others.flatMap((exception) => exception.flow ?? []))].sort().join(', ');
  return [
    `Nothing ${asked} needs a person. There is something of:`,
    `  owners: ${owners}`,
    ...(flows === '' ? [] : [`  flows: ${flows}`]),
  ].join('\n');
}

const longestName = 60;

/** One exception for people: who, since when, which record, what, why, what to do, how many hang on it. */
export function exceptionLines(exception: ShownException, now: number): string[] {
  const { owner, person, object, name, title, cause, remedy, openedAt, instances, flow, step } = exception;
  const who = person === undefined ? owner : `${owner}, ${person}`;
  const id = `${object.id} of ${object.system}`;
  const which = name === undefined ? id : `"${oneLine(name, longestName)}" (${id})`;
  const hang = instances > 1 ? `, ${instances} hang on it` : '';
  const where = flow === undefined ? exception.source : `${flow}, step ${step}`;
  return [
    `${who}: ${oneLine(title)}`,
    `  ${object.entity} ${which}, since ${age(openedAt, now)}${hang} (${where})`,
    `  Cause: ${oneLine(cause)}`,
    `  What to do: ${oneLine(remedy)}`,
    `  bridge trace ${object.system}:${object.entity}:${object.id}`,
  ];
}
