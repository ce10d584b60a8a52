import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import type { Extent, Snapshot } from '../system.ts';
import type { Domain, OdooClient } from './client.ts';
import { entityInOdoo } from './entities.ts';
import type { OdooEntity, ReadOptions } from './entity.ts';
import { readKnown } from './read.ts';

const pageSize = 500;

/**
 * All objects of an entity, by rising id. Each page starts behind the id that the one before ended with, so what comes and
 * goes meanwhile neither shifts nor repeats anything.
 */
export async function* listRecords(
  client: OdooClient,
  entity: EntityName,
  extent: Extent,
  options: ReadOptions,
): AsyncGenerator<readonly Snapshot[]> {
  const inOdoo = entityInOdoo(entity);
  for (let after = 0; ; ) {
    const ids = await idsAfter(client, entity, inOdoo, extent, after, options.signal);
    const last = ids.at(-1);
    if (last === undefined) return;
    const records = await readKnown(client, entity, ids, options);
    yield records.map(({ id, state }) => ({ entity, id: String(id), state }));
    if (ids.length < pageSize) return;
    after = last;
  }
}

async function idsAfter(
  client: OdooClient,
  entity: EntityName,
  { model, scope, day }: OdooEntity,
  extent: Extent,
  after: number,
  signal: AbortSignal,
): Promise<number[]> {
  const action = `list ${entity} after ${after}`;
  const answer = await client.call(
    model,
    'search',
    { domain: [['id', '>', after], ...scope, ...daysIn(day, extent)], order: 'id', limit: pageSize },
    { signal, action, repeatable: true, context: { active_test: false } },
  );
  if (Array.isArray(answer) && answer.every((id) => typeof id === 'number')) return answer;
  const { system } = client;
  throw new SystemError('invalid', `Odoo answered something that is no list of ids of ${model}`, {
    system,
    action,
  });
}

/** Records without a day, such as draft invoices, belong to every extent. */
function daysIn(day: string | undefined, { from, to }: Extent): Domain {
  if (day === undefined) return [];
  return [
    ...(from === undefined ? [] : ['|', [day, '=', false], [day, '>=', from]]),
    ...(to === undefined ? [] : ['|', [day, '=', false], [day, '<=', to]]),
  ];
}
