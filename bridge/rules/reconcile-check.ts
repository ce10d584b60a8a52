import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { type Role, roles } from '../entities/role.ts';
import type { RuleDraft } from './draft.ts';
import type { Policies } from './policies.ts';
import type { Report } from './problem.ts';
import {
  canBeSummed,
  dayFields,
  type Reconciliation,
  type TotalDimension,
  totalDimensions,
} from './reconcile.ts';
import type { ReconciliationDraft } from './reconcile-file.ts';

/** What the declarations are read together with. */
export interface Surroundings {
  readonly rules: readonly RuleDraft[];
  readonly policies: Policies;
  /** False when a rule could not be read that may bear them out. */
  readonly complete: boolean;
}

/** A way that a rule brings an entity, as far as that could be read. */
interface Way {
  readonly from: Role;
  readonly to: Role;
  readonly fields: readonly string[];
}

/** Completes the declarations by the rules that they are about, and reports what these do not bear out. */
export function completeReconciliations(
  drafts: readonly ReconciliationDraft[],
  surroundings: Surroundings,
  report: Report,
): Reconciliation[] {
  // What a rule that could not be read would have brought is not said to be missing.
  const say = surroundings.complete ? report : () => undefined;
  return drafts.flatMap((draft) => completeOne(draft, surroundings, say) ?? []);
}

function completeOne(
  draft: ReconciliationDraft,
  surroundings: Surroundings,
  report: Report,
): Reconciliation | undefined {
  const entity = draft.entity.value;
  const between = rolesOf(draft, surroundings, report);
  if (between === undefined) return undefined;
  const written = new Set(
    waysOf(entity, surroundings).flatMap(({ from, to, fields }) =>
      from === between[0] && to === between[1] ? fields : [],
    ),
  );
  for (const { value, place } of draft.totals ?? [])
    if (!written.has(value))
      report(
        place,
        `no rule brings ${value} of ${entity} from the ${between[0]} to the ${between[1]}, so its totals need not agree`,
        'leave it out, or let a rule bring it',
      );
  const applicable = dimensionsOf(entity);
  for (const { value, place } of draft.by ?? [])
    if (!applicable.includes(value))
      report(
        place,
        `${entity} belongs to no ${value}`,
        applicable.length === 0 ? 'leave it out' : `known: ${applicable.join(', ')}`,
      );
  return {
    id: draft.id.value,
    entity,
    between,
    reach: draft.reach,
    ...(draft.schedule === undefined ? {} : { schedule: draft.schedule }),
    differences: draft.differences,
    strangers: draft.strangers,
    owner: draft.owner,
    totals: draft.totals?.map(({ value }) => value) ?? usualTotals(entity, written),
    by: draft.by?.map(({ value }) => value) ?? applicable,
  };
}

/** Where objects come from stands first: the owner, where rules go both ways. */
function rolesOf(
  { entity, between }: ReconciliationDraft,
  surroundings: Surroundings,
  report: Report,
): readonly [Role, Role] | undefined {
  const ways = waysOf(entity.value, surroundings).map(({ from, to }) => [from, to] as const);
  const pairs = new Map(ways.map((way) => [roles.filter((role) => way.includes(role)).join(), way]));
  const wanted =
    between === undefined ? undefined : roles.filter((role) => between.value.includes(role)).join();
  if (between !== undefined && !pairs.has(wanted as string)) {
    report(
      between.place,
      `no rule brings ${entity.value} from one of these roles to the other`,
      pairs.size === 0
        ? 'leave this out, or add a rule'
        : `there are ${[...pairs.values()].map((way) => `[${way.join(', ')}]`).join(', ')}`,
    );
    return undefined;
  }
  if (between === undefined && pairs.size !== 1) {
    report(
      entity.place,
      pairs.size === 0
        ? `no rule brings ${entity.value} anywhere, so there is nothing to compare`
        : `rules bring ${entity.value} between several roles`,
      pairs.size === 0 ? 'leave this out, or add a rule' : 'say which with "between"',
    );
    return undefined;
  }
  const key = wanted ?? ([...pairs.keys()][0] as string);
  const found = ways.filter((way) => roles.filter((role) => way.includes(role)).join() === key);
  const owner = surroundings.policies.get(entity.value)?.owner?.value;
  return found.find(([from]) => from === owner) ?? found[0];
}

const waysOf = (entity: EntityName, { rules }: Surroundings): Way[] =>
  rules.flatMap(({ entity: of, from, to, fields }) =>
    of !== entity || from === undefined || to === undefined
      ? []
      : [{ from: from.value, to: to.value, fields: fields.map(({ value }) => value) }],
  );

const usualTotals = (entity: EntityName, written: ReadonlySet<string>): string[] =>
  dayFields[entity] === undefined
    ? []
    : Object.entries(entityOf(entity).fields).flatMap(([name, { kind }]) =>
        canBeSummed(name, kind) && written.has(name) ? [name] : [],
      );

function dimensionsOf(entity: EntityName): TotalDimension[] {
  const { fields } = entityOf(entity);
  return totalDimensions.filter((dimension) =>
    dimension === 'period'
      ? dayFields[entity] !== undefined
      : fields[dimension] !== undefined || (dimension === 'customer' && fields.project !== undefined),
  );
}
