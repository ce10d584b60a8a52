import type { FieldKind } from '../entities/field.ts';
import type { ReadableObject } from './expression-check.ts';
import type { ExpressionScope } from './expression-file.ts';
import type { FieldSet, KnownField } from './field-set.ts';
import { gone, today } from './flow.ts';
import type { FlowMention, FlowObjectDraft } from './flow-draft.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { suggest } from './suggest.ts';
import type { TableDraft } from './table-file.ts';
import { fieldOf } from './value-file.ts';

/** What the conditions and inputs of a flow can speak of. */
export interface FlowScope {
  /** Its subject, and the objects that were named so far. */
  readonly objects: ReadonlyMap<string, FlowObjectDraft>;
  readonly tables: readonly TableDraft[];
  /** False when a file could not be read that may have more tables or fields. */
  readonly complete: boolean;
  /** Takes down what is read. */
  readonly mentions: FlowMention[];
}

/** What an expression about `own` can read. Only of `own` there may be several: it is then read one by one. */
export function expressionScope(scope: FlowScope, own: FlowObjectDraft): ExpressionScope {
  const objects = new Map<string, ReadableObject>();
  for (const [name, object] of scope.objects)
    if (object.fields !== undefined)
      objects.set(name, {
        owner: object.fields.entity,
        fields: object.fields.kinds,
        fieldOf: object.fields.get,
        several: object.several && object !== own,
      });
  const variables: Readonly<Record<string, FieldKind>> = { [today]: 'day', [gone]: 'flag' };
  return {
    variables,
    objects,
    maybe: (name, field) => scope.objects.get(name)?.fields?.maybe(field) ?? scope.objects.has(name),
  };
}

/** Takes down the fields that an expression or a condition about `own` reads. */
export function mention(scope: FlowScope, own: FlowObjectDraft, reads: readonly Placed<string>[]): void {
  for (const { value, place } of reads) {
    const dot = value.indexOf('.');
    const object = dot < 0 ? own : scope.objects.get(value.slice(0, dot));
    if (object === undefined || (dot < 0 && (value === today || value === gone))) continue;
    scope.mentions.push({ object, field: { value: value.slice(dot + 1), place } });
  }
}

/** The field at the end of a path: `subject.due_on`, or `due_on` for the step's own object. */
export interface FlowPath extends Placed<string> {
  readonly object: FlowObjectDraft;
  readonly field: string;
  readonly known: KnownField;
}

/** Reads the path of a field of `own` or of another object, of which there is one. */
export function readPath(
  reader: Reader,
  piece: Piece,
  what: string,
  scope: FlowScope,
  own: FlowObjectDraft,
): FlowPath | undefined {
  const path = reader.text(piece, what);
  if (path === undefined) return undefined;
  const [name, field] = split(path.value);
  const object = name === undefined ? own : scope.objects.get(name);
  if (object === undefined) {
    const message = `${what} names "${path.value}", and there is no object "${name}"`;
    reader.report(path.place, message, suggest(name ?? '', [...scope.objects.keys()]));
    return undefined;
  }
  if (object.several && object !== own) {
    reader.report(path.place, `${what} names "${path.value}", and there may be several of "${name}"`);
    return undefined;
  }
  const fields: FieldSet | undefined = object.fields;
  if (fields === undefined) return undefined;
  const place = name === undefined ? path.place : reader.within(piece, name.length + 1);
  const known = fieldOf(reader, place, field, fields, `${what} names`);
  if (known === undefined) return undefined;
  scope.mentions.push({ object, field: { value: field, place } });
  return { ...path, object, field, known };
}

function split(path: string): readonly [string | undefined, string] {
  const dot = path.indexOf('.');
  return dot < 0 ? [undefined, path] : [path.slice(0, dot), path.slice(dot + 1)];
}
