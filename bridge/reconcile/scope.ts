import type { Terrain } from '../engine/landscape.ts';
import { type DifferencePolicy, dayFields, type Reconciliation } from '../rules/reconcile.ts';
import type { RecordExtent } from '../store/reconciliation-pair.ts';
import type { RunScope } from '../store/reconciliation-run.ts';

/** What somebody asks for; all that is not said is as the declaration says. */
export interface Order {
  /** Id of the declaration. */
  readonly declaration: string;
  /** Days, both included. */
  readonly from?: string;
  readonly to?: string;
  /** Only what is on record is compared; nobody is asked. */
  readonly known?: boolean;
  readonly policy?: DifferencePolicy;
  /** Who wants it. */
  readonly by: string;
}

/** An order cannot be followed; the message is for whoever gave it. */
export class OrderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OrderError';
  }
}

/** @throws OrderError */
export function scopeOf(order: Order, terrain: Terrain, nowMs: number): RunScope {
  const declaration = declarationOf(order.declaration, terrain);
  const { entity, between } = declaration;
  const [source, target] = between.map((role) => terrain.systemIn(role));
  if (source === undefined || target === undefined)
    throw new OrderError(`No system has the role ${source === undefined ? between[0] : between[1]}.`);
  const asked = order.from !== undefined || order.to !== undefined;
  if (asked && dayFields[entity] === undefined)
    throw new OrderError(`${entity} has no day of its own, so no days can be chosen: leave them out.`);
  const days = asked ? order : reached(declaration, nowMs);
  return {
    entity,
    source,
    target,
    roles: between,
    ...(days.from === undefined ? {} : { from: days.from }),
    ...(days.to === undefined ? {} : { to: days.to }),
    known: order.known === true,
    policy: order.policy ?? declaration.differences,
    strangers: declaration.strangers,
    owner: declaration.owner,
    totals: declaration.totals,
    by: declaration.by,
  };
}

/** The records of one side that a run is about. */
export function extentOf(system: string, { scope }: { readonly scope: RunScope }): RecordExtent {
  const { entity, from, to } = scope;
  const day = dayFields[entity];
  return {
    system,
    entity,
    ...(day === undefined || (from === undefined && to === undefined) ? {} : { day }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function declarationOf(id: string, { rules }: Terrain): Reconciliation {
  const declaration = rules.reconciliations.find((each) => each.id === id);
  if (declaration !== undefined) return declaration;
  const names = rules.reconciliations.map((each) => each.id);
  throw new OrderError(
    names.length === 0
      ? 'The rules declare nothing to reconcile: add reconcile.yaml, see docs/rules.md.'
      : `There is no reconciliation "${id}"; there are ${names.join(', ')}.`,
  );
}

/** The days that a declaration looks back to, by UTC. */
function reached({ reach }: Reconciliation, nowMs: number): { from?: string; to?: string } {
  if (reach.kind === 'all') return {};
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return reach.kind === 'days'
    ? { from: dayOf(year, month, day - reach.count + 1), to: dayOf(year, month, day) }
    : { from: dayOf(year, month - reach.count + 1, 1), to: dayOf(year, month + 1, 0) };
}

const dayOf = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
