import { isScalar } from 'yaml';
import { type EntityName, entityNames, entityOf } from '../entities/catalogue.ts';
import { type Role, roles } from '../entities/role.ts';
import { nameAdvice, namePattern } from './name.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import {
  canBeSummed,
  type DifferencePolicy,
  dayFields,
  differencePolicies,
  type Reach,
  type StrangerPolicy,
  strangerPolicies,
  type TotalDimension,
  totalDimensions,
} from './reconcile.ts';
import { reconcileFileKeys, reconciliationKeys } from './reconcile-keys.ts';
import { readCron } from './timing-file.ts';

/** A reconciliation as far as it could be read; what is not said is found once all rules are known. */
export interface ReconciliationDraft {
  readonly id: Placed<string>;
  readonly entity: Placed<EntityName>;
  readonly between?: Placed<readonly [Role, Role]>;
  readonly reach: Reach;
  /** `undefined`: never by itself. */
  readonly schedule: string | undefined;
  readonly differences: DifferencePolicy;
  readonly strangers: StrangerPolicy;
  readonly owner: string;
  readonly totals?: readonly Placed<string>[];
  readonly by?: readonly Placed<TotalDimension>[];
}

/** When nobody has said anything: at night, when little else goes on. */
const usualSchedule = '30 2 * * *';
const usualMonths = 2;
const usualOwner = 'operations';
/** What `bridge reconcile` takes in place of an id. */
export const commandWords: readonly string[] = ['list', 'show', 'stop', 'resume', 'help'];
export const mostMonths = 60;
export const mostDays = 1830;

/** Reads `reconcile.yaml`: `{reconcile: [{id, entity, …}]}`. */
export function readReconciliations(reader: Reader): ReconciliationDraft[] {
  if (reader.root === undefined) return [];
  const { reconcile } = reader.keys(reader.root, 'the file', reconcileFileKeys) ?? {};
  if (reconcile === undefined) return [];
  const drafts: ReconciliationDraft[] = [];
  for (const piece of reader.list(reconcile, '"reconcile"') ?? []) {
    const draft = readReconciliation(reader, piece);
    if (draft === undefined) continue;
    const earlier = drafts.find(({ id }) => id.value === draft.id.value);
    if (earlier === undefined) drafts.push(draft);
    else
      reader.report(
        draft.id.place,
        `the id "${draft.id.value}" is taken, first in line ${earlier.id.place.line}`,
        'choose another id',
      );
  }
  return drafts;
}

function readReconciliation(reader: Reader, piece: Piece): ReconciliationDraft | undefined {
  const parts = reader.keys(piece, 'a reconciliation', reconciliationKeys);
  if (parts === undefined) return undefined;
  const id = parts.id && reader.text(parts.id, '"id"');
  if (id !== undefined && !namePattern.test(id.value))
    reader.report(id.place, `a reconciliation cannot be called "${id.value}"`, nameAdvice);
  if (id !== undefined && commandWords.includes(id.value))
    reader.report(
      id.place,
      `a reconciliation cannot be called "${id.value}": that is a command`,
      'choose another id',
    );
  const entity = parts.entity && reader.oneOf(parts.entity, '"entity"', entityNames);
  const between = parts.between && readRoles(reader, parts.between);
  const reach = entity && readReach(reader, entity.value, parts.months, parts.days);
  const schedule = readSchedule(reader, parts.schedule);
  const differences =
    parts.differences && reader.oneOf(parts.differences, '"differences"', differencePolicies);
  const strangers = parts.strangers && reader.oneOf(parts.strangers, '"strangers"', strangerPolicies);
  const owner = parts.owner && reader.text(parts.owner, '"owner"');
  const totals = parts.totals && entity && readTotals(reader, parts.totals, entity.value);
  const by = parts.by && readDimensions(reader, parts.by);
  if (id === undefined || entity === undefined || reach === undefined) return undefined;
  return {
    id,
    entity,
    reach,
    schedule,
    differences: differences?.value ?? 'repair',
    strangers: strangers?.value ?? 'ignore',
    owner: owner?.value ?? usualOwner,
    ...(between === undefined ? {} : { between }),
    ...(totals === undefined ? {} : { totals }),
    ...(by === undefined ? {} : { by }),
  };
}

function readRoles(reader: Reader, piece: Piece): Placed<readonly [Role, Role]> | undefined {
  const items = reader.list(piece, '"between"');
  if (items === undefined) return undefined;
  const found = items.map((item) => reader.oneOf(item, 'a role of "between"', roles));
  const [first, second] = found;
  if (found.some((role) => role === undefined)) return undefined;
  if (found.length === 2 && first !== undefined && second !== undefined && first.value !== second.value)
    return { value: [first.value, second.value], place: piece.place };
  reader.report(piece.place, '"between" must name two different roles', 'write [psa, erp]');
  return undefined;
}

function readReach(
  reader: Reader,
  entity: EntityName,
  months: Piece | undefined,
  days: Piece | undefined,
): Reach | undefined {
  const said = months ?? days;
  if (said === undefined)
    return dayFields[entity] === undefined ? { kind: 'all' } : { kind: 'months', count: usualMonths };
  if (months !== undefined && days !== undefined) {
    reader.report(days.place, '"days" stands beside "months"', 'leave one of them');
    return undefined;
  }
  if (dayFields[entity] === undefined) {
    reader.report(said.place, `${entity} has no day of its own, so all of them are compared`, 'leave it out');
    return undefined;
  }
  const kind = months === undefined ? 'days' : 'months';
  const most = kind === 'days' ? mostDays : mostMonths;
  const value: unknown = isScalar(said.value) ? said.value.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most)
    return { kind, count: value };
  reader.report(said.place, `"${kind}" must be a whole number from 1 to ${most}`);
  return undefined;
}

function readSchedule(reader: Reader, piece: Piece | undefined): string | undefined {
  if (piece === undefined) return usualSchedule;
  const value: unknown = isScalar(piece.value) ? piece.value.value : undefined;
  if (value === 'never') return undefined;
  if (value !== false && String(value).toLowerCase() !== 'never')
    return readCron(reader, piece, '"schedule"')?.value;
  reader.report(piece.place, `"schedule" is no cron expression: ${value}`, 'write never');
  return undefined;
}

function readTotals(reader: Reader, piece: Piece, entity: EntityName): Placed<string>[] {
  const { fields } = entityOf(entity);
  const decimals = Object.keys(fields).filter((field) => canBeSummed(field, fields[field]?.kind));
  return unique(reader, piece, '"totals"', (item) => {
    const name = reader.text(item, 'a field of "totals"');
    if (name === undefined) return undefined;
    if (decimals.includes(name.value)) return name;
    reader.report(
      name.place,
      `"totals" names ${name.value}, which is no hours or amount of ${entity}`,
      decimals.length === 0 ? 'leave it out' : `known: ${decimals.join(', ')}`,
    );
    return undefined;
  });
}

const readDimensions = (reader: Reader, piece: Piece): Placed<TotalDimension>[] =>
  unique(reader, piece, '"by"', (item) => reader.oneOf(item, 'a part of "by"', totalDimensions));

/** The items of a list that could be read; one that stands twice is reported. */
function unique<Name extends string>(
  reader: Reader,
  piece: Piece,
  what: string,
  read: (item: Piece) => Placed<Name> | undefined,
): Placed<Name>[] {
  const found: Placed<Name>[] = [];
  for (const item of reader.list(piece, what) ?? []) {
    const name = read(item);
    if (name === undefined) continue;
    if (found.some(({ value }) => value === name.value))
      reader.report(name.place, `${what} lists ${name.value} twice`, 'leave one of them');
    found.push(name);
  }
  return found;
}
