import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { bodyOf } from './batch.ts';
import { invalid } from './errors.ts';
import { answerOf, knownNames, objectType } from './objects.ts';
import type { HubspotState, StoredObject } from './state.ts';

export interface SearchLimits {
  /** Results that one query can reach, over all its pages. */
  readonly results: number;
  readonly page: number;
}

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

interface Sort {
  readonly propertyName: string;
  readonly direction: string;
}

const required = ['filterGroups', 'sorts', 'properties', 'limit', 'after'];

export function addSearchRoutes(
  app: Hono<SandboxEnvironment>,
  state: HubspotState,
  limits: SearchLimits,
): void {
  app.post('/crm/v3/objects/:type/search', async (c) => {
    const type = objectType(c.req.param('type'));
    const body = await bodyOf(c);
    const absent = required.filter((name) => body[name] === undefined);
    if (absent.length > 0) throw invalid(`Some required fields were not set: [${absent.join(', ')}]`);
    const limit = Number(body.limit);
    const after = Number(body.after === '' ? 0 : body.after);
    if (!Number.isInteger(limit) || limit < 1 || limit > limits.page)
      throw invalid(`Invalid limit ${limit}: it must be between 1 and ${limits.page}`);
    if (!Number.isInteger(after) || after < 0) throw invalid(`Invalid after ${body.after}`);
    if (after + limit > limits.results)
      throw invalid(`A search can reach ${limits.results} results at most (after ${after}, limit ${limit})`);
    const names = knownNames(state, type, body.properties as string[]);
    const groups = filterGroups(body.filterGroups);
    for (const filter of groups.flat())
      if (state.properties[type].get(filter.propertyName) === undefined)
        throw invalid(`There was a problem with the request: unknown property ${filter.propertyName}`);
    const found = state
      .indexed(type)
      .filter(
        (object) =>
          groups.length === 0 || groups.some((group) => group.every((filter) => holds(object, filter))),
      )
      .sort(bySorts(body.sorts));
    const results = found.slice(after, after + limit).map((object) => answerOf(object, names));
    const next = after + limit < found.length ? { paging: { next: { after: String(after + limit) } } } : {};
    return c.json({ total: found.length, results, ...next });
  });
}

function filterGroups(value: unknown): Filter[][] {
  if (!Array.isArray(value)) throw invalid('filterGroups must be a list');
  if (value.length > 5) throw invalid(`Too many filterGroups: ${value.length}, 5 at most`);
  const groups = value.map((group: { filters?: Filter[] }) => group.filters ?? []);
  if (groups.some((group) => group.length > 6)) throw invalid('Too many filters in a group, 6 at most');
  if (groups.flat().length > 18) throw invalid('Too many filters, 18 at most');
  return groups;
}

function holds(object: StoredObject, filter: Filter): boolean {
  const value = object.properties[filter.propertyName] ?? '';
  switch (filter.operator) {
    case 'EQ':
      return same(value, needed(filter));
    case 'IN':
      // HubSpot wants the values of text properties in lower case here.
      return (filter.values ?? []).some((wanted) => value.toLowerCase() === wanted);
    case 'GT':
      return comparable(value) > comparable(needed(filter));
    case 'GTE':
      return comparable(value) >= comparable(needed(filter));
    case 'LT':
      return comparable(value) < comparable(needed(filter));
    case 'LTE':
      return comparable(value) <= comparable(needed(filter));
    case 'HAS_PROPERTY':
      return value !== '';
    case 'NOT_HAS_PROPERTY':
      return value === '';
    default:
      throw invalid(`Invalid operator ${filter.operator}`);
  }
}

function needed(filter: Filter): string {
  if (typeof filter.value !== 'string') throw invalid(`operator ${filter.operator} requires a value`);
  return filter.value;
}

const same = (value: string, wanted: string): boolean =>
  value.toLowerCase() === wanted.toLowerCase() || (value !== '' && comparable(value) === comparable(wanted));

/** Numbers and instants (ISO or milliseconds) compare as numbers. */
function comparable(value: string): number {
  const number = Number(value);
  return value !== '' && Number.isFinite(number) ? number : Date.parse(value);
}

function bySorts(value: unknown): (left: StoredObject, right: StoredObject) => number {
  if (!Array.isArray(value)) throw invalid('sorts must be a list');
  if (value.length > 1) throw invalid('Only one sort is allowed');
  const [sort] = value as (Sort | string)[];
  if (sort === undefined) return (left, right) => Number(left.id) - Number(right.id);
  const name = typeof sort === 'string' ? sort.replace(/^-/, '') : sort.propertyName;
  const descending = typeof sort === 'string' ? sort.startsWith('-') : sort.direction === 'DESCENDING';
  const order = (object: StoredObject): number => comparable(object.properties[name] ?? '');
  return (left, right) => (order(left) - order(right)) * (descending ? -1 : 1);
}
