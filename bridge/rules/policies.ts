import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { isAccountingOutcome } from '../entities/entity.ts';
import type { Role } from '../entities/role.ts';
import type { ExtensionDraft } from './field-set.ts';
import type { PolicyDraft } from './policy-file.ts';
import { type Placed, placeText, type Report } from './problem.ts';
import type { EntityPolicy } from './rule.ts';

/** What all files together say about an entity, with places. */
export interface JoinedPolicy {
  readonly owner?: Placed<Role>;
  readonly owners: ReadonlyMap<string, Placed<Role>>;
  readonly conflict?: Placed<EntityPolicy['conflict']>;
}

export type Policies = ReadonlyMap<EntityName, JoinedPolicy>;

/** Joins what the files say, and reports what they say twice. */
export function joinPolicies(drafts: readonly PolicyDraft[], report: Report): Policies {
  const joined = new Map<EntityName, JoinedPolicy>();
  for (const draft of drafts) {
    const { entity } = draft;
    const known = joined.get(entity);
    const owners = new Map(known?.owners);
    for (const { field, role } of draft.owners) {
      const earlier = owners.get(field.value);
      if (earlier === undefined) owners.set(field.value, role);
      else
        report(
          field.place,
          `"${field.value}" has two owners, see ${placeText(earlier.place)}`,
          'leave one of them',
        );
      if (isAccountingOutcome(entityOf(entity), field.value) && role.value !== 'erp')
        report(role.place, `"${field.value}" is an accounting outcome, which the erp owns`, 'leave it out');
    }
    const owner = once(known?.owner, draft.owner, `${entity} has two owners`, report);
    const conflict = once(known?.conflict, draft.conflict, `"conflict" of ${entity} is said twice`, report);
    if (draft.owner !== undefined && draft.owner.value !== 'erp' && entityOf(entity).accounting)
      report(
        draft.owner.place,
        `${entity} is an accounting outcome, which the erp owns`,
        'write "owner: erp"',
      );
    joined.set(entity, {
      owners,
      ...(owner === undefined ? {} : { owner }),
      ...(conflict === undefined ? {} : { conflict }),
    });
  }
  return joined;
}

function once<Value>(
  earlier: Placed<Value> | undefined,
  later: Placed<Value> | undefined,
  message: string,
  report: Report,
): Placed<Value> | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  report(later.place, `${message}, see ${placeText(earlier.place)}`, 'leave one of them');
  return earlier;
}

/** Policies as they will be used: of every entity that a file is about. */
export function policiesOf(
  policies: Policies,
  extensions: readonly ExtensionDraft[],
): Readonly<Partial<Record<EntityName, EntityPolicy>>> {
  const result: Partial<Record<EntityName, EntityPolicy>> = {};
  for (const [entity, { owner, owners, conflict }] of policies) {
    const own = extensions.filter(({ value }) => value.entity === entity);
    result[entity] = {
      ...(owner === undefined ? {} : { owner: owner.value }),
      owners: Object.fromEntries([...owners].map(([field, role]) => [field, role.value])),
      extensions: Object.fromEntries(own.map(({ value }) => [value.field, value])),
      conflict: conflict?.value ?? 'restore',
    };
  }
  return result;
}
