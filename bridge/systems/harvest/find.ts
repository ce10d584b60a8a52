import type { EntityName } from '../../entities/catalogue.ts';
import type { State } from '../../entities/field.ts';
import type { HarvestApi, ListPath } from './api.ts';
import { customerState, projectState, workerState } from './mapping.ts';
import { lists } from './objects.ts';

interface Searched {
  readonly list: ListPath;
  // Each list has objects of its own type; the state function knows it.
  readonly state: (item: never) => State;
  readonly fields: readonly string[];
}

const searched: Readonly<Partial<Record<EntityName, Searched>>> = {
  customer: { list: lists.clients, state: customerState, fields: ['name'] },
  project: { list: lists.projects, state: projectState, fields: ['code', 'name'] },
  worker: { list: lists.users, state: workerState, fields: ['email', 'name'] },
};

/** Canonical fields by which objects of an entity can be found. */
export const findable = (entity: EntityName): readonly string[] => searched[entity]?.fields ?? [];

/** Ids of the objects whose field equals each value. Harvest has no search: the whole list is read. */
export async function find(
  api: HarvestApi,
  entity: EntityName,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[][]> {
  const where = searched[entity];
  if (where === undefined || !where.fields.includes(field))
    throw new TypeError(`Harvest cannot find ${entity} by ${field}`);
  const items = await api.all<{ id: number }>(where.list, {}, signal);
  const found = new Map<string, string[]>(values.map((value) => [value, []]));
  for (const item of items) {
    const value = where.state(item as never)[field];
    if (typeof value === 'string') found.get(value)?.push(String(item.id));
  }
  return values.map((value) => found.get(value) ?? []);
}
