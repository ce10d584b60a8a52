import { type EntityName, entityNames } from '../entities/catalogue.ts';
import type { RuleDraft } from './draft.ts';
import { readExtensions } from './extension-file.ts';
import type { ExtensionDraft, FieldSet } from './field-set.ts';
import { entityFileKeys, tablesFileKeys } from './keys.ts';
import { type PolicyDraft, readPolicy } from './policy-file.ts';
import type { Piece, Reader } from './reader.ts';
import { readRule, unreadable } from './rule-file.ts';
import { readTables, type TableDraft } from './table-file.ts';

/** What the rules of all files can speak of is read first; the rules themselves come after it. */
export interface Outline {
  readonly reader: Reader;
  readonly entity: EntityName | undefined;
  readonly extensions: readonly ExtensionDraft[];
  readonly tables: readonly TableDraft[];
  /** The rest, as it was found; absent in a file of tables. */
  readonly parts: Partial<Record<keyof typeof entityFileKeys, Piece>> | undefined;
  /** False for a file with rules that could not be read: nobody knows what is among them. */
  readonly readable: boolean;
}

/**
 * Reads what a file adds to the language of rules. A file is about one entity,
 * `{entity, owner?, owners?, conflict?, extensions?, tables?, rules}`, or has nothing but `tables`.
 */
export function readOutline(reader: Reader): Outline {
  const nothing = { reader, entity: undefined, extensions: [], tables: [], parts: undefined };
  if (reader.root === undefined) return { ...nothing, readable: false };
  if (holdsOnlyTables(reader)) {
    const { tables } = reader.keys(reader.root, 'the file', tablesFileKeys) ?? {};
    return { ...nothing, tables: tables === undefined ? [] : readTables(reader, tables), readable: true };
  }
  if (reportForeign(reader, reader.root)) return { ...nothing, readable: false };
  const parts = reader.keys(reader.root, 'the file', entityFileKeys);
  if (parts === undefined) return { ...nothing, readable: false };
  const entity = parts.entity && reader.oneOf(parts.entity, '"entity"', entityNames)?.value;
  const extensions =
    parts.extensions === undefined || entity === undefined
      ? []
      : readExtensions(reader, parts.extensions, entity);
  const tables = parts.tables === undefined ? [] : readTables(reader, parts.tables);
  return { reader, entity, extensions, tables, parts, readable: true };
}

function holdsOnlyTables({ root, holds }: Reader): boolean {
  return root !== undefined && holds(root, 'tables') && !holds(root, 'entity') && !holds(root, 'rules');
}

/** What has a file of its own. */
const files: Readonly<Record<string, string>> = {
  systems: 'systems.yaml',
  subscribers: 'subscribers.yaml',
  reconcile: 'reconcile.yaml',
};

/** True for a file that says what only another file can say, and says nothing else: that is reported. */
function reportForeign(reader: Reader, root: Piece): boolean {
  if (reader.holds(root, 'entity') || reader.holds(root, 'rules')) return false;
  const foreign = Object.entries(files).filter(([key]) => reader.holds(root, key));
  for (const [key, file] of foreign)
    reader.report(root.place, `"${key}" is not read in this file`, `call the file ${file}, or move it there`);
  return foreign.length > 0;
}

/** The rules of a file, and what it says about its entity over all of them. */
export function readEntityRules(
  { reader, entity, parts, readable }: Outline,
  fields: FieldSet | undefined,
  tables: readonly TableDraft[],
  complete: boolean,
): { readonly rules: readonly RuleDraft[]; readonly policy: PolicyDraft | undefined } {
  if (parts === undefined) return { rules: readable ? [] : [unreadable], policy: undefined };
  const policy = entity === undefined || fields === undefined ? undefined : readPolicy(reader, parts, fields);
  const pieces = parts.rules && reader.list(parts.rules, '"rules"');
  if (pieces === undefined) return { rules: [unreadable], policy };
  const words = fields === undefined ? undefined : { fields, tables, complete };
  return { rules: pieces.map((piece) => readRule(reader, piece, words)), policy };
}
