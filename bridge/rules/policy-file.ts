import type { EntityName } from '../entities/catalogue.ts';
import { type Role, roles } from '../entities/role.ts';
import type { FieldSet } from './field-set.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { type ConflictPolicy, conflictPolicies } from './rule.ts';
import { fieldOf } from './value-file.ts';

/** What one file says about an entity over all its rules. */
export interface PolicyDraft {
  readonly entity: EntityName;
  readonly owner?: Placed<Role>;
  readonly owners: readonly OwnerDraft[];
  readonly conflict?: Placed<ConflictPolicy>;
}

export interface OwnerDraft {
  readonly field: Placed<string>;
  readonly role: Placed<Role>;
}

interface PolicyParts {
  readonly owner?: Piece;
  readonly owners?: Piece;
  readonly conflict?: Piece;
}

/** Reads `owner`, `owners: {<field>: <role>}` and `conflict`. */
export function readPolicy(reader: Reader, parts: PolicyParts, fields: FieldSet): PolicyDraft {
  const owner = parts.owner && reader.oneOf(parts.owner, '"owner"', roles);
  const conflict = parts.conflict && reader.oneOf(parts.conflict, '"conflict"', conflictPolicies);
  return {
    entity: fields.entity,
    owners: parts.owners === undefined ? [] : readOwners(reader, parts.owners, fields),
    ...(owner === undefined ? {} : { owner }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

function readOwners(reader: Reader, piece: Piece, fields: FieldSet): OwnerDraft[] {
  const twice = (field: string, line: number) =>
    [`"${field}" has two owners, the first in line ${line}`, 'leave one of them'] as const;
  return (reader.entries(piece, '"owners"', twice) ?? []).flatMap(({ key, value }) => {
    const field = fieldOf(reader, key.place, key.value, fields, '"owners" names');
    const role = reader.oneOf(value, `the owner of "${key.value}"`, roles);
    return field === undefined || role === undefined ? [] : [{ field: key, role }];
  });
}
