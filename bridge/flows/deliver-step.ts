import type { Terrain } from '../engine/landscape.ts';
import { obstacleOf } from '../engine/need.ts';
import { rulesBetween } from '../engine/plan.ts';
import { MappingError } from '../rules/mapping.ts';
import { activeRule, standingRule } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { DeliveryStand } from '../store/flow-delivery.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { named } from './find.ts';
import { askAgainMs, type Outcome } from './outcome.ts';

export interface DeliverWorld {
  record(object: SystemObject): StoredRecord | undefined;
  idIn(object: SystemObject, system: string): string | undefined;
  readonly deliveries: {
    stand(object: SystemObject, target: string): DeliveryStand | undefined;
    neededBy(delivery: number): SystemObject[];
  };
}

export interface DeliverCircumstances {
  /** Something that the step looks at has changed. */
  readonly fresh: boolean;
  /** It was brought there once. */
  readonly wasThere: boolean;
  /** The step brings whatever there is: those that the rules leave where they are do not hold up the others. */
  readonly oneOfSeveral: boolean;
}

/** What waits longer for a link or a counterpart is unlikely to get it without help. */
const patienceMs = 60 * 60_000;

/**
 * How bringing an object to a system stands.
 *
 * @param asked when its record was read at the time that it was last asked for
 * @returns `ask`: it has to be brought now
 */
export function judgeDelivery(
  object: SystemObject,
  target: string,
  asked: string | undefined,
  { fresh, wasThere, oneOfSeveral }: DeliverCircumstances,
  world: DeliverWorld,
  terrain: Terrain,
  nowMs: number,
): Outcome | 'ask' {
  if (object.system === target) return { kind: 'done' };
  const stand = world.deliveries.stand(object, target);
  // What it died of may be right by now: that its turn came, that something changed, or that time has passed, says so.
  if (stand?.state === 'dead' && (asked === undefined || fresh || nowMs >= againAt(stand))) return 'ask';
  if (stand !== undefined && stand.state !== 'shadowed') return underWay(object, target, stand, world, nowMs);
  const linked = world.idIn(object, target) !== undefined;
  if (stand !== undefined && !linked)
    return waiting(object, `Bringing ${named(object)} to ${target} is only recorded, because of shadow.`);
  const record = world.record(object);
  const rules = rulesBetween({ source: object.system, target, entity: object.entity }, terrain);
  if (record !== undefined && !record.gone && rules.some((rule) => brings(rule, record)))
    return linked ? { kind: 'done' } : askOnce(object, target, asked, record);
  if (record !== undefined && rules.some((rule) => takesBack(rule, record))) {
    if (linked) return askOnce(object, target, asked, record);
    // What never was there is not taken back, it is missing.
    if (asked !== undefined || wasThere) return { kind: 'done' };
  }
  if (linked) return { kind: 'done' };
  if (oneOfSeveral && record?.gone === false) return { kind: 'done' };
  const obstacle = obstacleOf(object, record, target, rules);
  return { kind: 'stuck', at: object, text: obstacle ?? `${named(object)} is not in ${target}.` };
}

const againAt = ({ createdAt }: DeliveryStand): number => Date.parse(createdAt) + askAgainMs;

function underWay(
  object: SystemObject,
  target: string,
  stand: DeliveryStand,
  world: DeliverWorld,
  nowMs: number,
): Outcome {
  const { seq, state, error, cause, createdAt } = stand;
  const text = cause ?? `${named(object)} is on its way to ${target}.`;
  const stuck = (at: SystemObject): Outcome => ({ kind: 'stuck', at, text, delivery: seq });
  if (state === 'dead') return { kind: 'stuck', at: object, text, delivery: seq, lookMs: againAt(stand) };
  if (state === 'waiting' && error === 'proposed') return stuck(object);
  const needsHelp = state === 'waiting' || error === 'unmatched';
  if (!needsHelp) return waiting(object, text);
  const patientUntil = Date.parse(createdAt) + patienceMs;
  if (error !== 'unmet' && nowMs < patientUntil) return { ...waiting(object, text), lookMs: patientUntil };
  // Many wait for one: that one is the cause.
  const missing = world.deliveries.neededBy(seq).find((need) => world.idIn(need, target) === undefined);
  return stuck(missing ?? object);
}

const waiting = (at: SystemObject, text: string): Outcome & { kind: 'waiting' | 'stuck' } => ({
  kind: 'waiting',
  at,
  text,
});

/** Asked again only when it has changed since: what did not work for it then will not work now. */
function askOnce(
  object: SystemObject,
  target: string,
  asked: string | undefined,
  { readAt }: StoredRecord,
): Outcome | 'ask' {
  if (asked !== readAt) return 'ask';
  const text = `${named(object)} was sent to ${target}, but the rules left it as it is there.`;
  return { kind: 'stuck', at: object, text };
}

function brings(rule: Rule, { state }: StoredRecord): boolean {
  try {
    return activeRule(rule, state) !== undefined;
  } catch (error) {
    // The delivery meets the same, where a person is told of it.
    if (error instanceof MappingError) return true;
    throw error;
  }
}

function takesBack(rule: Rule, { state, gone }: StoredRecord): boolean {
  try {
    const { deleted, otherwise } = standingRule(rule, state);
    return (gone ? deleted : otherwise) === 'remove';
  } catch (error) {
    if (error instanceof MappingError) return false;
    throw error;
  }
}
