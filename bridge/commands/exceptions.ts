import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import { readNeedsPerson } from '../store/needs-person.ts';
import { type Concern, concernLines, concernsOf } from './concern.ts';
import { rulesIfAny } from './owner.ts';

/** More are not printed at once. */
const mostExceptions = 1000;

interface Filter {
  readonly owner?: string;
  readonly flow?: string;
}

/** Prints what needs a person, one root cause each; 1 when there is something. */
export async function exceptions(options: { json: boolean } & Filter): Promise<number> {
  const { json, ...filter } = options;
  const now = Date.now();
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const needs = await readNeedsPerson(database, { now, limit: Number.MAX_SAFE_INTEGER });
  await database.kysely.destroy();
  const all = concernsOf(needs, rulesIfAny());
  const asked = all.filter((concern) => isAsked(concern, filter));
  const found = asked.slice(0, mostExceptions);
  if (json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log(nothingText(filter, all));
  else console.log(found.map((concern) => concernLines(concern, now).join('\n')).join('\n\n'));
  if (!json && asked.length > found.length)
    console.log(
      `\nThese are the oldest ${mostExceptions} of ${asked.length}; --owner and --flow show fewer.`,
    );
  return found.length > 0 ? 1 : 0;
}

const isAsked = (concern: Concern, { owner, flow }: Filter): boolean =>
  (owner === undefined || concern.owner === owner) && (flow === undefined || concern.flow === flow);

/** Who asks for one owner or flow, and perhaps misspells it, has to see that there is something of others. */
function nothingText({ owner, flow }: Filter, others: readonly Concern[]): string {
  if (others.length === 0) return 'Nothing needs a person.';
  const asked = [
    ...(owner === undefined ? [] : [`of the owner "${owner}"`]),
    ...(flow === undefined ? [] : [`of the flow "${flow}"`]),
  ].join(' and ');
  const owners = [...new Set(others.map((concern) => concern.owner))].sort().join(', ');
  const flows = [...new Set(others.flatMap((concern) => concern.flow ?? []))].sort().join(', ');
  return [
    `Nothing ${asked} needs a person. There is something of:`,
    `  owners: ${owners}`,
    ...(flows === '' ? [] : [`  flows: ${flows}`]),
  ].join('\n');
}
