import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { canonicalJson } from '../entities/state.ts';
import { isDatabaseFailure } from '../store/database.ts';
import { type ClaimedDelivery, type NewDelivery, sourceObject } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { SystemObject } from '../store/record.ts';
import type { ShadowNote } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import { referenceOf, type Terrain } from './landscape.ts';
import { givenBy, type Plan, planDelivery, referredObjects } from './plan.ts';

interface Means {
  readonly store: Store;
  readonly landscape: Terrain;
}

export const shadowNote = (note: ShadowNote): string =>
  JSON.stringify({ ...note, fields: JSON.parse(canonicalJson(note.fields)) });

/** How a delivery ends that nobody was called for. */
export const recorded = (action: ShadowNote['action'], externalId: string | undefined, fields: State) => ({
  outcome: 'shadowed' as const,
  shadow: shadowNote({ action, fields }),
  ...(externalId === undefined ? {} : { externalId }),
});

/**
 * Those of the objects that the target does not know and that only exist there in shadow: by the rules nothing brings
 * them there before the shadow ends, and what refers to them can not be brought either.
 *
 * @param objects none of them is linked in the target
 * @returns their references, `<system>:<entity>:<id>`
 */
export async function onlyInShadow(
  means: Means,
  target: string,
  objects: readonly SystemObject[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const known = objects.length === 0 ? [] : await means.store.shadowed(target, objects);
  for (const [index, object] of objects.entries())
    if (known[index] === true && (await staysInShadow(means, target, object, new Set())))
      found.add(referenceOf(object.system, object.entity, object.id));
  return found;
}

async function staysInShadow(
  { store, landscape }: Means,
  target: string,
  object: SystemObject,
  seen: Set<string>,
): Promise<boolean> {
  const reference = referenceOf(object.system, object.entity, object.id);
  if (seen.has(reference)) return false;
  seen.add(reference);
  const record = await store.record(object);
  const delivery = { id: '', target, source: object.system, entity: object.entity, sourceId: object.id };
  const context: DeliveryContext = {
    record,
    targetId: undefined,
    writtenFingerprint: undefined,
    earlier: [],
  };
  const plan = planDelivery({ ...delivery, lane: 0, rulesVersion: '', correlation: '' }, context, landscape);
  return refersToShadow({ store, landscape }, target, plan, delivery, seen);
}

/** True when the plan is in shadow itself, or refers to something that is. */
async function refersToShadow(
  means: Means,
  target: string,
  plan: Plan,
  delivery: Pick<NewDelivery, 'source'>,
  seen: Set<string>,
): Promise<boolean> {
  if (plan.kind !== 'write') return plan.kind !== 'nothing' && plan.shadow;
  if (plan.shadow) return true;
  const { fields, references } = givenBy(plan);
  const objects = referredObjects(delivery, fields, references);
  const ids = await means.store.idsIn(target, objects);
  const unknown = objects.filter((_, index) => ids[index] === undefined);
  const known = unknown.length === 0 ? [] : await means.store.shadowed(target, unknown);
  for (const [index, object] of unknown.entries())
    if (known[index] === true && (await staysInShadow(means, target, object, seen))) return true;
  return false;
}

const rowsPerLook = 200;

/**
 * Goes through everything that was only recorded and has what is in shadow no longer delivered now: rules may have been
 * taken out of shadow since the last start. Answers to which targets there is something to do; `undefined` at the end.
 */
export function createShadowPass(means: Means): () => Promise<ReadonlySet<string> | undefined> {
  const { store, landscape } = means;
  let after = '';

  async function mayGoNow(delivery: ClaimedDelivery): Promise<boolean> {
    const [context] = await store.context([delivery]);
    const plan = planDelivery(delivery, context as DeliveryContext, landscape);
    if (plan.kind === 'nothing') return false;
    return !(await refersToShadow(means, delivery.target, plan, delivery, new Set()));
  }

  return async function look() {
    const found = await store.shadowedAfter(after, rowsPerLook);
    const wanted: NewDelivery[] = [];
    let last = after;
    for (const delivery of found) {
      try {
        if (isPlayed(landscape, delivery) && (await mayGoNow(delivery)))
          wanted.push(again(delivery, landscape));
      } catch (error) {
        // Those before it go first; after that it does not hold up those behind it, when it is at fault itself.
        if (wanted.length > 0) break;
        if (!isDatabaseFailure(error)) after = delivery.id;
        throw error;
      }
      last = delivery.id;
    }
    await store.enqueue(wanted);
    after = last;
    return found.length === 0 ? undefined : new Set(wanted.map(({ target }) => target));
  };
}

/** Systems can be taken out of the rules. */
const isPlayed = (landscape: Terrain, { source, target }: NewDelivery): boolean =>
  landscape.systems.includes(source) && landscape.systems.includes(target);

function again(delivery: ClaimedDelivery, landscape: Terrain): NewDelivery {
  const { target, lane, correlation } = delivery;
  const { system: source, entity, id: sourceId } = sourceObject(delivery);
  const rulesVersion = landscape.rules.version;
  return { id: newId(), target, source, entity, sourceId, lane, rulesVersion, correlation };
}
