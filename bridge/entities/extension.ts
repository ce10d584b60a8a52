import type { EntityName } from './catalogue.ts';
import type { FieldKind } from './field.ts';
import type { Role } from './role.ts';

/** Every extension field is called so, and no canonical field ever is: the two can never collide. */
export const extensionPrefix = 'x_';

/** Kinds that a field of the firm's own can have. */
export const extensionKinds = ['text', 'code', 'flag', 'decimal', 'day'] as const satisfies FieldKind[];
export type ExtensionKind = (typeof extensionKinds)[number];

/** A field that this firm added to an entity. */
export interface Extension {
  readonly entity: EntityName;
  /** Canonical name, with the prefix. */
  readonly field: string;
  readonly kind: ExtensionKind;
  /** What the field means to people, with unit. */
  readonly meaning: string;
  /** For codes: the allowed values. */
  readonly values?: readonly string[];
  /** The field's own name in the system with each role; roles that do not have it are absent. */
  readonly names: Readonly<Partial<Record<Role, string>>>;
}
