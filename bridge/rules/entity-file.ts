import { isSeq } from 'yaml';
import { type EntityName, entityNames, entityOf } from '../entities/catalogue.ts';
import { type Role, roles } from '../entities/role.ts';
import { readConditions } from './conditions.ts';
import type { Place, Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { type Conditions, type Lane, lanes, type Rule } from './rule.ts';
import { suggest } from './suggest.ts';

/** A rule as far as it could be read. What is `undefined` was reported. */
export interface RuleDraft {
  readonly place: Place;
  readonly entity: EntityName | undefined;
  readonly id: Placed<string> | undefined;
  readonly from: Placed<Role> | undefined;
  readonly to: Placed<Role> | undefined;
  readonly fields: readonly Placed<string>[];
  readonly when: Conditions;
  readonly otherwise: Placed<Rule['otherwise']>;
  readonly match: readonly Placed<string>[];
  readonly create: Placed<Rule['create']>;
  readonly lane: Lane;
}

const requiredKeys = ['id', 'from', 'to', 'fields'] as const;
const optionalKeys = ['when', 'otherwise', 'match', 'create', 'lane'] as const;
type RuleParts = Partial<Record<(typeof requiredKeys)[number] | (typeof optionalKeys)[number], Piece>>;

const idPattern = /^[a-z0-9]+([-_.][a-z0-9]+)*$/;

const nowhere: Place = { file: '', line: 0, column: 0 };

/** Stands for rules that could not be read at all, so that nothing is said to be missing which may be among them. */
const unreadable: RuleDraft = {
  place: nowhere,
  entity: undefined,
  id: undefined,
  from: undefined,
  to: undefined,
  fields: [],
  when: {},
  otherwise: { value: 'keep', place: nowhere },
  match: [],
  create: { value: 'always', place: nowhere },
  lane: 'operations',
};

/** Reads the rules of one entity: `{entity, rules: [{id, from, to, fields, …}]}`. */
export function readEntityRules(reader: Reader): RuleDraft[] {
  if (reader.root === undefined) return [unreadable];
  const parts = reader.keys(reader.root, 'the file', ['entity', 'rules'], []);
  if (parts?.rules === undefined) return [unreadable];
  const entity = parts.entity && reader.oneOf(parts.entity, '"entity"', entityNames)?.value;
  const pieces = reader.list(parts.rules, '"rules"');
  if (pieces === undefined) return [unreadable];
  return pieces.map((piece) => {
    const keys = reader.keys<keyof RuleParts>(piece, 'the rule', requiredKeys, optionalKeys);
    return keys === undefined ? unreadable : readRule(reader, piece.place, entity, keys);
  });
}

function readRule(reader: Reader, place: Place, entity: EntityName | undefined, parts: RuleParts): RuleDraft {
  const choice = <Known extends string>(key: keyof RuleParts, known: readonly Known[], usual: Known) => {
    const piece = parts[key];
    return (
      (piece && reader.oneOf(piece, `"${key}"`, known)) ?? { value: usual, place: piece?.place ?? place }
    );
  };
  const draft: RuleDraft = {
    place,
    entity,
    id: parts.id && readId(reader, parts.id),
    from: parts.from && reader.oneOf(parts.from, '"from"', roles),
    to: parts.to && reader.oneOf(parts.to, '"to"', roles),
    fields: parts.fields === undefined ? [] : readFields(reader, parts.fields, '"fields"', entity),
    when:
      parts.when === undefined || entity === undefined
        ? {}
        : readConditions(reader, parts.when, entityOf(entity)),
    otherwise: choice('otherwise', ['keep', 'remove'], 'keep'),
    match: parts.match === undefined ? [] : readMatch(reader, parts.match, entity),
    create: choice('create', ['always', 'needed', 'never'], 'always'),
    lane: choice('lane', lanes, 'operations').value,
  };
  if (draft.from !== undefined && draft.from.value === draft.to?.value) {
    const advice = 'name two different roles in "from" and "to"';
    reader.report(draft.to.place, `the rule goes from ${draft.from.value} to itself`, advice);
  }
  checkPurpose(reader, draft, parts);
  return draft;
}

/** A rule that carries nothing must at least find what is there already. */
function checkPurpose(reader: Reader, draft: RuleDraft, parts: RuleParts): void {
  if (!isEmptyList(parts.fields)) return;
  const { place } = parts.fields;
  if (draft.create.value !== 'never')
    reader.report(
      place,
      'a rule without fields would create empty objects',
      'list fields, or write "create: never"',
    );
  else if (parts.match === undefined || isEmptyList(parts.match))
    reader.report(place, 'a rule without "fields" and "match" does nothing', 'list one of them');
}

/** Written as an empty list; not one whose items were all refused. */
const isEmptyList = (piece: Piece | undefined): piece is Piece =>
  isSeq(piece?.value) && piece.value.items.length === 0;

function readId(reader: Reader, piece: Piece): Placed<string> | undefined {
  const id = reader.text(piece, '"id"');
  if (id === undefined || idPattern.test(id.value)) return id;
  const advice = 'use lower case words and digits joined by "-", such as "customer-to-crm"';
  reader.report(id.place, `a rule cannot have the id "${id.value}"`, advice);
  return undefined;
}

function readFields(
  reader: Reader,
  piece: Piece,
  what: string,
  entity: EntityName | undefined,
): Placed<string>[] {
  const known = entity === undefined ? undefined : Object.keys(entityOf(entity).fields);
  const fields: Placed<string>[] = [];
  for (const item of reader.list(piece, what) ?? []) {
    const field = reader.text(item, `an item of ${what}`);
    if (field === undefined) continue;
    if (known !== undefined && !known.includes(field.value)) {
      const message = `${what} names "${field.value}", which is no field of ${entity}`;
      reader.report(field.place, message, suggest(field.value, known));
    } else if (fields.some((other) => other.value === field.value)) {
      reader.report(field.place, `${what} lists "${field.value}" twice`);
    } else {
      fields.push(field);
    }
  }
  return fields;
}

function readMatch(reader: Reader, piece: Piece, entity: EntityName | undefined): Placed<string>[] {
  const fields = readFields(reader, piece, '"match"', entity);
  if (entity === undefined) return fields;
  const all = entityOf(entity).fields;
  const texts = Object.keys(all).filter((name) => all[name]?.kind === 'text');
  return fields.filter((field) => {
    if (texts.includes(field.value)) return true;
    const message = `"${field.value}" cannot find an object: only a text can tell one from another`;
    reader.report(field.place, message, suggest(field.value, texts));
    return false;
  });
}
