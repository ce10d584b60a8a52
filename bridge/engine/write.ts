import { initialTrespasses, trespasses } from '../rules/ownership.ts';
import { eventSource } from '../store/business-event.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Connector, WriteResult } from '../systems/system.ts';
import { asSystemError, blamesItem, settleFailedCall, settleFailedItem } from './failure.ts';
import type { Health } from './health.ts';
import type { Terrain } from './landscape.ts';
import type { Observe } from './observer.ts';
import type { Prepared } from './prepare.ts';

export interface WriteOptions {
  readonly landscape: Terrain;
  readonly connector: Connector;
  readonly health: Health;
  readonly observe: Observe;
  readonly now: () => number;
  readonly random: () => number;
}

/** Makes one call for a batch of one entity and one action, and says how each delivery in it ended. */
export function createWrite(options: WriteOptions) {
  const { connector, health, observe, now, random } = options;

  /** Whatever the rules and the plan came to, nobody writes what another role owns. */
  return async function writeOwned(batch: readonly Prepared[], signal: AbortSignal): Promise<Settlement[]> {
    const startedAtMs = now();
    const denied: Settlement[] = [];
    const allowed: Prepared[] = [];
    for (const prepared of batch) {
      const message = denialOf(prepared, options.landscape);
      if (message === undefined) allowed.push(prepared);
      else {
        const item = { delivery: prepared.delivery, json: undefined };
        denied.push(settleFailedItem({ error: 'denied', message }, item, { now, random, startedAtMs }));
      }
    }
    if (denied.length === 0) return write(batch, signal);
    return allowed.length === 0 ? denied : [...denied, ...(await write(allowed, signal))];
  };

  async function write(batch: readonly Prepared[], signal: AbortSignal): Promise<Settlement[]> {
    const startedAtMs = now();
    let results: WriteResult[];
    const items = batch.map(failedItem);
    try {
      results = await call(batch, signal);
    } catch (error) {
      const failure = asSystemError(error, connector.system, 'ambiguous');
      if (failure === undefined) {
        // A bug: nobody knows how far the call came. After some tries each goes alone, and the one at fault is found.
        observe({ kind: 'failed', where: `writing to ${connector.system}`, error });
        const broken = { error: 'ambiguous', message: `The bridge failed at this: ${error}` } as const;
        return items.map((item) => settleFailedItem(broken, item, { now, random, startedAtMs }));
      }
      if (batch.length > 1 && blamesItem(failure)) {
        // One of them is refused and takes the others with it: each goes alone.
        const alone: Settlement[] = [];
        for (const prepared of batch) alone.push(...(await write([prepared], signal)));
        return alone;
      }
      return settleFailedCall(failure, items, { now, random, health, observe, startedAtMs, begun: true });
    }
    health.succeeded();
    return batch.map((prepared, index) => settle(prepared, results[index] as WriteResult, startedAtMs));
  }

  async function call(batch: readonly Prepared[], signal: AbortSignal): Promise<WriteResult[]> {
    const results = await send(batch, signal);
    if (results.length === batch.length) return results;
    throw new Error(`${connector.system} gave ${results.length} results for ${batch.length} changes`);
  }

  function send(batch: readonly Prepared[], signal: AbortSignal): Promise<WriteResult[]> {
    const [first] = batch as [Prepared, ...Prepared[]];
    const { entity } = first.delivery;
    if (first.action === 'remove') {
      const changes = batch.map(({ reference, targetId }) => ({ reference, id: targetId as string }));
      return connector.remove(entity, changes, signal);
    }
    const changes = batch.map(({ reference, targetId, fields, initial, earlier, delivery }) => ({
      reference,
      ...(targetId === undefined ? {} : { id: targetId }),
      ...(initial === undefined
        ? { fields }
        : { fields: { ...initial, ...fields }, initial: Object.keys(initial) }),
      uncertain: delivery.uncertain,
      ...(earlier.length === 0 ? {} : { earlier }),
    }));
    return connector.write(entity, changes, signal);
  }

  function settle(prepared: Prepared, result: WriteResult, startedAtMs: number): Settlement {
    const { delivery, action, json, fingerprint, targetId, followUp, restored, shadow } = prepared;
    if (!result.ok) return settleFailedItem(result, failedItem(prepared), { now, random, startedAtMs });
    const base = {
      delivery,
      startedAt: new Date(startedAtMs).toISOString(),
      durationMs: now() - startedAtMs,
    };
    if (action === 'remove') {
      return { ...base, outcome: 'removed', ...(targetId === undefined ? {} : { externalId: targetId }) };
    }
    return {
      ...base,
      outcome: result.result,
      externalId: result.id,
      written: { json, fingerprint },
      ...(followUp === undefined ? {} : { followUp }),
      ...(restored === undefined ? {} : { restored }),
      ...(shadow === undefined ? {} : { shadow }),
    };
  }
}

const failedItem = ({ delivery, json, action, targetId }: Prepared) => ({
  delivery,
  json,
  targetId: action === 'write' ? targetId : undefined,
});

/** Why a change must not be made, for people; `undefined` when it may. */
function denialOf({ action, delivery, fields, initial }: Prepared, landscape: Terrain): string | undefined {
  // A business event is told, which sets nothing.
  if (action === 'remove' || delivery.source === eventSource) return undefined;
  const { source, target, entity } = delivery;
  const from = landscape.roleOf(source);
  const way = { entity, from, to: landscape.roleOf(target), fields: Object.keys(fields) };
  const found =
    initial === undefined
      ? trespasses(landscape.rules, way)
      : [
          ...trespasses(landscape.rules, way),
          ...initialTrespasses(landscape.rules, { ...way, fields: Object.keys(initial) }),
        ];
  if (found.length === 0) return undefined;
  const names = found.map(({ field, owner }) =>
    owner === undefined ? field : `${field} (owned by the ${owner})`,
  );
  return `Nothing was written: ${source}, the ${from}, must not set ${names.join(', ')} of ${entity} in ${target}. Take ${found.length === 1 ? 'it' : 'them'} out of the rules, or change the owner there.`;
}
