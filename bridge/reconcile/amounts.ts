import { referenceOf } from '../engine/landscape.ts';
import { entityOf } from '../entities/catalogue.ts';
import { decimalPattern, type State } from '../entities/field.ts';
import { dayFields } from '../rules/reconcile.ts';
import type { RunScope } from '../store/reconciliation-run.ts';
import type { SystemObject } from '../store/record.ts';
import { type Directory, referred, textOf } from './directory.ts';
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
  /** Whether the day of a state lies in the extent of the run. */
  inExtent(state: State): boolean;
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
  const asks = {
    project: fields.project !== undefined && by.some((dimension) => dimension !== 'period'),
    customer: by.includes('customer') && fields.customer !== undefined,
  };

  const projectOf = (system: string, state: State | undefined) =>
    referred(system, 'project', state, 'project');
  const customerOf = (system: string, state: State | undefined) =>
    referred(system, 'customer', state, 'customer');

  /** As the source calls it; by its own name where it has no counterpart there. */
  function inSource(object: SystemObject | undefined): string | undefined {
    if (object === undefined || object.system === source) return object?.id;
    return directory.idIn(source, object) ?? referenceOf(object.system, object.entity, object.id);
  }

  function groupOf(system: string, state: State, other: State | undefined): Group {
    const [project] = projectOf(system, state);
    const inSourceId = inSource(project);
    const sourceProject: SystemObject | undefined =
      project === undefined ||
      inSourceId === undefined ||
      (project.system !== source && inSourceId.includes(':'))
        ? undefined
        : { system: source, entity: 'project', id: inSourceId };
    return by.map((dimension) => {
      switch (dimension) {
        case 'period':
          return (day === undefined ? undefined : textOf(state, day)?.slice(0, 7)) ?? null;
        case 'project':
          return inSourceId ?? null;
        case 'customer': {
          const [own] = customerOf(system, state);
          if (own !== undefined) return inSource(own) ?? null;
          const known = sourceProject === undefined ? undefined : directory.entry(sourceProject).customer;
          if (known !== undefined) return known;
          const there = project === undefined ? undefined : directory.entry(project).customer;
          return there === undefined ? null : (inSource({ system, entity: 'customer', id: there }) ?? null);
        }
        default:
          return (
            textOf(state, dimension) ??
            textOf(other, dimension) ??
            legalEntityOf(project, sourceProject) ??
            null
          );
      }
    });
  }

  /** Of the project in either system: where both say it, the source counts. */
  function legalEntityOf(
    project: SystemObject | undefined,
    inSource: SystemObject | undefined,
  ): string | undefined {
    const known = inSource === undefined ? undefined : directory.entry(inSource).legalEntity;
    if (known !== undefined || project === undefined) return known;
    const id = project.system === target ? project.id : directory.idIn(target, project);
    return id === undefined
      ? undefined
      : directory.entry({ system: target, entity: 'project', id }).legalEntity;
  }

  function amountsOf(system: string, state: State, other: State | undefined): Amount[] {
    if (sums.length === 0) return none;
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

  return {
    async prepare(all) {
      if (sums.length === 0 || !(asks.project || asks.customer)) return;
      const here = all.flatMap((sides) => (asks.project ? projectOf(source, sides.here) : []));
      const there = all.flatMap((sides) => (asks.project ? projectOf(target, sides.there) : []));
      const customers = all.flatMap((sides) => (asks.customer ? customerOf(target, sides.there) : []));
      await directory.findIds(source, [...there, ...customers]);
      await directory.findIds(target, here);
      const counterparts = [
        ...there.flatMap((object) => projectIn(source, directory.idIn(source, object))),
        ...here.flatMap((object) => projectIn(target, directory.idIn(target, object))),
      ];
      await directory.findEntries([...here, ...there, ...counterparts]);
      await directory.findIds(
        source,
        there.flatMap((object): SystemObject[] => {
          const id = directory.entry(object).customer;
          return id === undefined ? [] : [{ system: target, entity: 'customer', id }];
        }),
      );
    },
    here: (state, sides) => amountsOf(source, state, sides.there),
    there: (state, sides) => amountsOf(target, state, sides.here),
    inExtent(state) {
      if (day === undefined || (scope.from === undefined && scope.to === undefined)) return true;
      const at = textOf(state, day);
      return at !== undefined && at >= from && at <= to;
    },
  };
}

const none: Amount[] = [];

const projectIn = (system: string, id: string | undefined): SystemObject[] =>
  id === undefined ? [] : [{ system, entity: 'project', id }];
