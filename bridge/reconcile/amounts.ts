import { referenceOf } from '../engine/landscape.ts';
import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { decimalPattern, type State } from '../entities/field.ts';
import { dayFields } from '../rules/reconcile.ts';
import type { RunScope } from '../store/reconciliation-run.ts';
import type { SystemObject } from '../store/record.ts';
import { type Directory, textOf } from './directory.ts';
import type { Amount, Group } from './sums.ts';

/** Both sides of an object, as far as they are known. */
export interface Sides {
  readonly here: State | undefined;
  readonly there: State | undefined;
}

/** Finds out how much an object has, and in which group it counts. */
export interface Amounts {
  /** Looks up what the groups of these are made of. */
  prepare(all: readonly Sides[]): Promise<void>;
  /** What the state of the source has. */
  here(state: State, sides: Sides): Amount[];
  /** What the state of the target has. */
  there(state: State, sides: Sides): Amount[];
  /** Whether both states count the same: then what one has, the other has too. */
  alike(left: State, right: State): boolean;
  /** Whether the day of a state lies in the extent of the run. */
  inExtent(state: State): boolean;
  /** Everything that groups are made of may have changed. */
  forget(): void;
}

/** What decides about the group of an object. */
interface Belonging {
  readonly period: string | undefined;
  readonly project: string | undefined;
  readonly customer: string | undefined;
  readonly legalEntity: string | undefined;
}

/**
 * Customers and projects are named by the ids of the source on both sides, so that groups are the same. Where an object does
 * not say to which customer or legal entity it belongs, its project does.
 */
export function createAmounts(scope: RunScope, directory: Directory): Amounts {
  const { source, target, entity, totals, by, from = '', to = '9999' } = scope;
  const { fields } = entityOf(entity);
  const day = dayFields[entity];
  const sums = totals.map((field) => ({ field, currencyField: fields[field]?.currency }));
  const hasProject = fields.project !== undefined;
  const hasCustomer = fields.customer !== undefined;
  const telling = [
    ...totals,
    ...sums.flatMap(({ currencyField }) => currencyField ?? []),
    ...['project', 'customer', 'legal_entity'].filter((field) => fields[field] !== undefined),
    ...(day === undefined ? [] : [day]),
  ];
  // Groups are few, and each is made once.
  const groups = new Map<string, Group>();

  const belonging = (state: State, other: State | undefined): Belonging => ({
    period: day === undefined ? undefined : textOf(state, day)?.slice(0, 7),
    project: hasProject ? textOf(state, 'project') : undefined,
    customer: hasCustomer ? textOf(state, 'customer') : undefined,
    legalEntity: textOf(state, 'legal_entity') ?? textOf(other, 'legal_entity'),
  });

  const nameOf = (system: string, { period, project, customer, legalEntity }: Belonging): string =>
    `${system}\n${period}\n${project}\n${customer}\n${legalEntity}`;

  /** As the source calls it; by its own name where it has no counterpart there. */
  function inSource(system: string, of: EntityName, id: string): string {
    if (system === source) return id;
    return directory.idIn(source, system, of, id) ?? referenceOf(system, of, id);
  }

  function groupOf(system: string, state: State, other: State | undefined): Group {
    const own = belonging(state, other);
    const name = nameOf(system, own);
    let group = groups.get(name);
    if (group === undefined) {
      group = makeGroup(system, own);
      groups.set(name, group);
    }
    return group;
  }

  function makeGroup(system: string, own: Belonging): Group {
    const { project } = own;
    const here =
      project === undefined || system === source
        ? project
        : directory.idIn(source, system, 'project', project);
    const there =
      project === undefined || system === target
        ? project
        : directory.idIn(target, system, 'project', project);
    const known = {
      here: here === undefined ? undefined : directory.entry(source, 'project', here),
      there: there === undefined ? undefined : directory.entry(target, 'project', there),
    };
    return by.map((dimension): string | null => {
      switch (dimension) {
        case 'period':
          return own.period ?? null;
        case 'project':
          return project === undefined ? null : inSource(system, 'project', project);
        case 'customer':
          if (own.customer !== undefined) return inSource(system, 'customer', own.customer);
          if (known.here?.customer !== undefined) return known.here.customer;
          return known.there?.customer === undefined
            ? null
            : inSource(target, 'customer', known.there.customer);
        default:
          return own.legalEntity ?? known.here?.legalEntity ?? known.there?.legalEntity ?? null;
      }
    });
  }

  function amountsOf(system: string, state: State, other: State | undefined): Amount[] {
    let group: Group | undefined;
    const amounts: Amount[] = [];
    for (const { field, currencyField } of sums) {
      const value = state[field];
      if (typeof value !== 'string' || !decimalPattern.test(value)) continue;
      group ??= groupOf(system, state, other);
      const currency =
        currencyField === undefined
          ? ''
          : (textOf(state, currencyField) ?? textOf(other, currencyField) ?? '');
      amounts.push({ group, field, currency, value });
    }
    return amounts;
  }

  const objectIn = (system: string, of: EntityName, id: string | undefined): SystemObject[] =>
    id === undefined ? [] : [{ system, entity: of, id }];

  return {
    async prepare(all) {
      if (sums.length === 0 || by.every((dimension) => dimension === 'period')) return;
      const here: SystemObject[] = [];
      const there: SystemObject[] = [];
      const customers: SystemObject[] = [];
      const note = (system: string, state: State | undefined, other: State | undefined) => {
        if (state === undefined) return;
        const own = belonging(state, other);
        if (groups.has(nameOf(system, own))) return;
        (system === source ? here : there).push(...objectIn(system, 'project', own.project));
        if (system === target) customers.push(...objectIn(system, 'customer', own.customer));
      };
      for (const sides of all) {
        note(source, sides.here, sides.there);
        note(target, sides.there, sides.here);
      }
      if (here.length + there.length + customers.length === 0) return;
      await directory.findIds(source, [...there, ...customers]);
      await directory.findIds(target, here);
      const counterparts = [
        ...there.flatMap(({ id }) =>
          objectIn(source, 'project', directory.idIn(source, target, 'project', id)),
        ),
        ...here.flatMap(({ id }) =>
          objectIn(target, 'project', directory.idIn(target, source, 'project', id)),
        ),
      ];
      const projects = [...here, ...there, ...counterparts];
      await directory.findEntries(projects);
      await directory.findIds(
        source,
        projects.flatMap(({ system, id }) =>
          system === source
            ? []
            : objectIn(target, 'customer', directory.entry(target, 'project', id).customer),
        ),
      );
    },
    here: (state, sides) => amountsOf(source, state, sides.there),
    there: (state, sides) => amountsOf(target, state, sides.here),
    alike(left, right) {
      for (const field of telling) if (left[field] !== right[field]) return false;
      return true;
    },
    inExtent(state) {
      if (day === undefined || (scope.from === undefined && scope.to === undefined)) return true;
      const at = textOf(state, day);
      return at !== undefined && at >= from && at <= to;
    },
    forget() {
      groups.clear();
    },
  };
}
