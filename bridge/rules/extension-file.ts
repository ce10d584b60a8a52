import type { EntityName } from '../entities/catalogue.ts';
import { type ExtensionKind, extensionKinds, extensionPrefix } from '../entities/extension.ts';
import { type Role, roles } from '../entities/role.ts';
import type { ExtensionDraft } from './field-set.ts';
import { extensionKeys } from './keys.ts';
import type { Placed } from './problem.ts';
import type { Entry, Piece, Reader } from './reader.ts';

const namePattern = /^x_[a-z0-9]+(_[a-z0-9]+)*$/;

/** Reads `extensions: {x_<name>: {kind, meaning, values?, erp?, crm?, psa?}}` of an entity. */
export function readExtensions(reader: Reader, piece: Piece, entity: EntityName): ExtensionDraft[] {
  return (reader.entries(piece, '"extensions"') ?? []).flatMap((entry) => {
    const extension = readExtension(reader, entry, entity);
    return extension === undefined ? [] : [extension];
  });
}

function readExtension(
  reader: Reader,
  { key, value }: Entry,
  entity: EntityName,
): ExtensionDraft | undefined {
  const what = `extension "${key.value}"`;
  if (!namePattern.test(key.value)) {
    const lowerCase = key.value.toLowerCase();
    const prefixed = `${extensionPrefix}${lowerCase}`;
    const advice =
      namePattern.test(prefixed) && !lowerCase.startsWith(extensionPrefix)
        ? `write "${prefixed}"`
        : `begin with "${extensionPrefix}", then lower case words and digits joined by "_"`;
    reader.report(key.place, `an extension field cannot be called "${key.value}"`, advice);
    return undefined;
  }
  const parts = reader.keys(value, what, extensionKeys);
  if (parts === undefined) return undefined;
  const kind = parts.kind && reader.oneOf(parts.kind, `"kind" of ${what}`, extensionKinds)?.value;
  const meaning = parts.meaning && reader.text(parts.meaning, `"meaning" of ${what}`)?.value;
  const values = readAllowed(reader, parts.values, kind, what, value);
  const names: Partial<Record<Role, Placed<string>>> = {};
  for (const role of roles) {
    const name = parts[role] && reader.text(parts[role], `"${role}" of ${what}`);
    if (name !== undefined) names[role] = name;
  }
  if (roles.every((role) => parts[role] === undefined))
    reader.report(value.place, `${what} is in no system`, `name it where it is: ${roles.join(', ')}`);
  if (kind === undefined || meaning === undefined) return undefined;
  return {
    place: key.place,
    names,
    value: {
      entity,
      field: key.value,
      kind,
      meaning,
      ...(values === undefined ? {} : { values }),
      names: Object.fromEntries(Object.entries(names).map(([role, name]) => [role, name.value])),
    },
  };
}

/** A code needs to say what it can be; what is not a code has nothing to say. */
function readAllowed(
  reader: Reader,
  piece: Piece | undefined,
  kind: ExtensionKind | undefined,
  what: string,
  extension: Piece,
): readonly string[] | undefined {
  if (piece === undefined) {
    if (kind === 'code') reader.report(extension.place, `${what} is a code and lacks "values"`);
    return undefined;
  }
  const values: string[] = [];
  for (const item of reader.list(piece, `"values" of ${what}`) ?? []) {
    const value = reader.text(item, `a value of ${what}`);
    if (value === undefined) continue;
    if (values.includes(value.value)) reader.report(value.place, `${what} lists "${value.value}" twice`);
    values.push(value.value);
  }
  if (kind === undefined || kind === 'code') return values;
  reader.report(piece.place, `${what} is of kind ${kind}, which has no list of values`, 'write "kind: code"');
  return undefined;
}
