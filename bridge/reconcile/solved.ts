import { dayFields } from '../rules/reconcile.ts';
import type { StoredException } from '../store/exception.ts';
import type { RunScope } from '../store/reconciliation-run.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Direction } from './direction.ts';
import { textOf } from './directory.ts';
import { declarationOfKey, keyOf, kindOfKey, openExceptions } from './exception.ts';
import { isDifference } from './judge.ts';
import { lookClosely } from './look.ts';
import { breathe, type Means } from './means.ts';
import type { Track } from './track.ts';

/**
 * What an earlier run raised needs nobody any more when this one looked at it and did not find it. What lies outside of its
 * extent is looked at here.
 */
export async function closeSolved(
  track: Track,
  directions: readonly Direction[],
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { store } = means;
  const { declaration, scope } = track;
  // One that was overtaken by another while it stood still knows less than that.
  if (!(await isNewest(track, store))) return;
  for await (const open of openExceptions(declaration, store)) {
    const objects = open.map(({ object }) => object);
    const [found, records] = [await store.foundOf(track.id, objects), await store.records(objects)];
    const closed: string[] = [];
    for (const [index, exception] of open.entries()) {
      const { key, object } = exception;
      if (found[index]?.some((kind) => keyOf(declaration, kind, object) === key) === true) continue;
      if (isInExtent(records[index], scope) || (await isSolved(exception, scope, directions, means)))
        closed.push(key);
    }
    await track.save(track.position, { closed });
    await breathe(signal);
  }
}

async function isNewest({ id, declaration }: Track, store: Pick<Store, 'reconciliations'>): Promise<boolean> {
  const runs = await store.reconciliations(50);
  return runs.find((run) => run.declaration === declaration)?.id === id;
}

/** What a run of all that there is did not find is not there. */
function isInExtent(record: StoredRecord | undefined, { entity, from = '', to = '9999' }: RunScope): boolean {
  const field = dayFields[entity];
  const day = field === undefined ? undefined : textOf(record?.state, field);
  return day === undefined || (day >= from && day <= to);
}

async function isSolved(
  { key, object }: StoredException,
  scope: RunScope,
  directions: readonly Direction[],
  means: Means,
): Promise<boolean> {
  const { source, target, entity } = scope;
  // The declaration is about something else by now.
  if (object.entity !== entity || ![source, target].includes(object.system)) return true;
  const kind = kindOfKey(key);
  if (kind === 'duplicate') return !(await standsAlone(object, scope, means.store));
  if (kind === 'missing-here' && (await isStranger(object, scope, means.store))) return false;
  const direction = directions.find((each) => each.source === object.system);
  if (direction === undefined) return true;
  const pair = await means.store.pairOf(object, direction.target);
  return !isDifference((await lookClosely(direction, pair, means)).judgement);
}

type Among = Pick<RunScope, 'source' | 'target'>;

/** Whether something that one system has twice, or alone, still is so: it is there, and was not linked meanwhile. */
export async function standsAlone(
  object: SystemObject,
  among: Among,
  store: Pick<Store, 'records' | 'idsIn'>,
): Promise<boolean> {
  if (object.system === among.target) return isStranger(object, among, store);
  const [record] = await store.records([object]);
  return record !== undefined && !record.gone;
}

async function isStranger(
  object: SystemObject,
  { source, target }: Among,
  store: Pick<Store, 'records' | 'idsIn'>,
): Promise<boolean> {
  const [[record], [linked]] = [await store.records([object]), await store.idsIn(source, [object])];
  return object.system === target && record !== undefined && !record.gone && linked === undefined;
}

/** Nobody will look at what a declaration that is not there any more has raised. */
export async function closeOrphans(
  declared: readonly { readonly id: string }[],
  store: Pick<Store, 'raisedAfter' | 'closeRaised'>,
): Promise<void> {
  const ids = new Set(declared.map(({ id }) => id));
  for (let after = ''; ; ) {
    const open = await store.raisedAfter('', after, 200);
    const orphans = open.filter(({ key }) => !ids.has(declarationOfKey(key)));
    if (orphans.length > 0) await store.closeRaised(orphans.map(({ key }) => key));
    if (open.length === 0) return;
    after = open.at(-1)?.key as string;
  }
}
