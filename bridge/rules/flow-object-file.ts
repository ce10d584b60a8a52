import { type EntityName, entityNames } from '../entities/catalogue.ts';
import { type Role, roles } from '../entities/role.ts';
import { withArticle } from './article.ts';
import type { FieldSet } from './field-set.ts';
import { type FlowObject, gone, subject, today } from './flow.ts';
import type { FlowObjectDraft, FlowWay } from './flow-draft.ts';
import { flowObjectKeys, flowSubjectKeys } from './flow-keys.ts';
import type { Placed } from './problem.ts';
import type { Entry, Piece, Reader } from './reader.ts';
import { suggest } from './suggest.ts';

export type FieldSets = ReadonlyMap<EntityName | undefined, FieldSet>;

/** The subject as it was read. */
export interface ReadSubject {
  readonly draft: FlowObjectDraft;
  readonly knownIn: Placed<Role> | undefined;
}

/** Reads `subject: {entity, from, known_in?}`. `root` is the whole flow, where there is no subject. */
export function readSubject(
  reader: Reader,
  piece: Piece | undefined,
  root: Piece,
  fieldSets: FieldSets,
): ReadSubject {
  const parts = piece && reader.keys(piece, '"subject"', flowSubjectKeys);
  const entity = parts?.entity && reader.oneOf(parts.entity, '"entity" of "subject"', entityNames)?.value;
  const from = parts?.from && reader.oneOf(parts.from, '"from" of "subject"', roles);
  const knownIn = parts?.known_in && reader.oneOf(parts.known_in, '"known_in" of "subject"', roles);
  if (knownIn !== undefined && knownIn.value === from?.value)
    reader.report(
      knownIn.place,
      `the ${from.value} tells of it, so it is always known there`,
      'leave it out',
    );
  const { place } = piece ?? root;
  return {
    draft: {
      name: { value: subject, place },
      entity,
      role: from,
      fields: fieldSets.get(entity),
      several: false,
    },
    knownIn,
  };
}

/** Names of objects stand in expressions, so they cannot be words that the language keeps for itself. */
export const objectNamePattern = /^[a-z][a-z0-9_]*$/;
const reserved = [
  ...[subject, today, gone, 'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for'],
  ...['function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
];

/** An object as it was read, and as it will be used. */
export interface ReadObject {
  readonly draft: FlowObjectDraft;
  /** `undefined` when a part of it could not be read. */
  readonly object: FlowObject | undefined;
}

/** Reads one of `objects: {<name>: {entity, of, in, field? | back?, optional?}}`. */
export function readObject(
  reader: Reader,
  { key, value }: Entry,
  before: ReadonlyMap<string, FlowObjectDraft>,
  fieldSets: FieldSets,
): ReadObject {
  const what = `object "${key.value}"`;
  if (!objectNamePattern.test(key.value) || reserved.includes(key.value))
    reader.report(
      key.place,
      `an object cannot be called "${key.value}"`,
      'use another name, of lower case letters, digits and "_", which begins with a letter',
    );
  const parts = reader.keys(value, what, flowObjectKeys);
  const entity = parts?.entity && reader.oneOf(parts.entity, `"entity" of ${what}`, entityNames)?.value;
  const role = parts?.in && reader.oneOf(parts.in, `"in" of ${what}`, roles);
  const of = parts?.of && readOf(reader, parts.of, key.value, before);
  const optional = parts?.optional && reader.flag(parts.optional, `"optional" of ${what}`)?.value;
  const draft = { name: key, entity, role, fields: fieldSets.get(entity) };
  if (parts?.field !== undefined && parts.back !== undefined) {
    const message = `${what} is found in two ways`;
    reader.report(parts.back.place, message, 'leave one of "field" and "back"');
    return { draft: { ...draft, several: false }, object: undefined };
  }
  const link = { reader, what, draft, of };
  const by =
    parts?.back !== undefined
      ? readBack(link, parts.back)
      : parts?.field !== undefined
        ? readField(link, parts.field)
        : readSame(link, value);
  const several = by?.several ?? false;
  const kind = parts?.back !== undefined ? 'back' : parts?.field !== undefined ? 'field' : 'same';
  const way: FlowWay | undefined = of && { of: of.draft, kind, place: of.place };
  return {
    draft: {
      ...draft,
      several: several || of?.draft.several === true,
      ...(way === undefined ? {} : { way }),
    },
    object:
      entity === undefined || role === undefined || of === undefined || by === undefined
        ? undefined
        : {
            name: key.value,
            entity,
            in: role.value,
            of: of.draft.name.value,
            by: by.by,
            ...(optional === true ? { optional } : {}),
          },
  };
}

interface Origin extends Pick<Placed<string>, 'place'> {
  readonly draft: FlowObjectDraft;
}

function readOf(
  reader: Reader,
  piece: Piece,
  name: string,
  before: ReadonlyMap<string, FlowObjectDraft>,
): Origin | undefined {
  const of = reader.text(piece, `"of" of object "${name}"`);
  const draft = of && before.get(of.value);
  if (of === undefined || draft !== undefined) return of && draft && { draft, place: of.place };
  const message = `"${of.value}" is no object that is named before "${name}"`;
  reader.report(of.place, message, suggest(of.value, [...before.keys()]));
  return undefined;
}

interface Link {
  readonly reader: Reader;
  readonly what: string;
  readonly draft: Omit<FlowObjectDraft, 'several'>;
  readonly of: Origin | undefined;
}

type By = { readonly by: FlowObject['by']; readonly several: boolean } | undefined;

/** The same business object, in another system. */
function readSame({ reader, what, draft: { entity, role }, of }: Link, piece: Piece): By {
  const from = of?.draft;
  if (from?.entity === undefined || entity === undefined) return undefined;
  if (from.entity !== entity) {
    const message = `nothing says how ${what} is found from "${from.name.value}", which is ${withArticle(from.entity)}`;
    const advice = `add "field", a field of ${from.entity} that refers to it, or "back", a field of ${entity} that refers back`;
    reader.report(piece.place, message, advice);
    return undefined;
  }
  if (role !== undefined && from.role?.value === role.value) {
    const message = `${what} is "${from.name.value}" itself`;
    reader.report(role.place, message, 'name another role, or say by which field it is found');
    return undefined;
  }
  return { by: { kind: 'same' }, several: false };
}

/** A field of what it is found from refers to it. */
function readField(link: Link, piece: Piece): By {
  const from = link.of?.draft;
  return readReference(link, piece, 'field', from?.fields, link.draft.entity);
}

/** A field of its own refers to what it is found from. */
function readBack(link: Link, piece: Piece): By {
  const by = readReference(link, piece, 'back', link.draft.fields, link.of?.draft.entity);
  return by && { ...by, several: true };
}

function readReference(
  { reader, what }: Link,
  piece: Piece,
  kind: 'field' | 'back',
  fields: FieldSet | undefined,
  entity: EntityName | undefined,
): By {
  const name = reader.text(piece, `"${kind}" of ${what}`);
  if (name === undefined || fields === undefined || entity === undefined) return undefined;
  const field = fields.get(name.value);
  if (field?.entity === entity)
    return { by: { kind, field: name.value }, several: field.kind === 'references' };
  const fitting = fields.names.filter((candidate) => fields.get(candidate)?.entity === entity);
  const problem =
    field === undefined
      ? `which is no field of ${fields.entity}`
      : field.entity === undefined
        ? `which refers to nothing: it is ${withArticle(field.kind)}`
        : `which refers to ${withArticle(field.entity)}, not to ${withArticle(entity)}`;
  const advice =
    fitting.length === 0 ? `${fields.entity} has no field that refers to ${withArticle(entity)}` : undefined;
  reader.report(
    name.place,
    `"${kind}" of ${what} names "${name.value}", ${problem}`,
    advice ?? suggest(name.value, fitting),
  );
  return undefined;
}
