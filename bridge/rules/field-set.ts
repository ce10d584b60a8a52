import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { type Extension, extensionPrefix } from '../entities/extension.ts';
import type { FieldKind } from '../entities/field.ts';
import type { Placed } from './problem.ts';

/** A field of an entity as rules see it: a canonical one, or one of the firm's own. */
export interface KnownField {
  readonly kind: FieldKind;
  /** For codes: the allowed values. */
  readonly values?: readonly string[];
  /** For references: the entity that the id belongs to. */
  readonly entity?: string;
  readonly extension?: ExtensionDraft;
}

/** An extension field together with the places of the names that systems have for it. */
export interface ExtensionDraft extends Placed<Extension> {
  readonly names: Readonly<Partial<Record<string, Placed<string>>>>;
}

/** The fields of an entity, by name. */
export interface FieldSet {
  readonly entity: EntityName;
  readonly names: readonly string[];
  get(name: string): KnownField | undefined;
  /** True for a name that might be an extension field of a file that could not be read. */
  maybe(name: string): boolean;
  /** Kinds by name. */
  readonly kinds: Readonly<Record<string, FieldKind>>;
}

/**
 * The fields of an entity with those that the firm added to it.
 *
 * @param complete false when a file could not be read that may have more of them
 */
export function fieldSetOf(
  entity: EntityName,
  extensions: readonly ExtensionDraft[],
  complete: boolean,
): FieldSet {
  const fields = new Map<string, KnownField>(Object.entries(entityOf(entity).fields));
  for (const extension of extensions) {
    const { field, kind, values } = extension.value;
    fields.set(field, { kind, extension, ...(values === undefined ? {} : { values }) });
  }
  return {
    entity,
    names: [...fields.keys()],
    get: (name) => fields.get(name),
    maybe: (name) => !complete && !fields.has(name) && name.startsWith(extensionPrefix),
    kinds: Object.fromEntries([...fields].map(([name, { kind }]) => [name, kind])),
  };
}
