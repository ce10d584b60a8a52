import type { Settlement } from '../store/settle.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector, WriteResult } from '../systems/system.ts';
import { blamesItem, settleFailedCall, settleFailedItem } from './failure.ts';
import type { Health } from './health.ts';
import type { Observe } from './observer.ts';
import type { Prepared } from './prepare.ts';

export interface WriteOptions {
  readonly connector: Connector;
  readonly health: Health;
  readonly observe: Observe;
  readonly now: () => number;
  readonly random: () => number;
}

/** Makes one call for a batch of one entity and one action, and says how each delivery in it ended. */
export function createWrite(options: WriteOptions) {
  const { connector, health, observe, now, random } = options;

  return async function write(batch: readonly Prepared[], signal: AbortSignal): Promise<Settlement[]> {
    const startedAtMs = now();
    let results: WriteResult[];
    try {
      results = await call(batch, signal);
    } catch (error) {
      const failure = asSystemError(error, connector.system);
      if (failure === undefined) throw error;
      if (batch.length > 1 && blamesItem(failure)) {
        // One of them is refused and takes the others with it: each goes alone.
        const alone: Settlement[] = [];
        for (const prepared of batch) alone.push(...(await write([prepared], signal)));
        return alone;
      }
      const items = batch.map(({ delivery, json }) => ({ delivery, json }));
      return settleFailedCall(failure, items, { now, random, health, observe, startedAtMs, begun: true });
    }
    health.succeeded();
    if (results.length !== batch.length) {
      throw new Error(`${connector.system} gave ${results.length} results for ${batch.length} changes`);
    }
    return batch.map((prepared, index) => settle(prepared, results[index] as WriteResult, startedAtMs));
  };

  function call(batch: readonly Prepared[], signal: AbortSignal): Promise<WriteResult[]> {
    const [first] = batch as [Prepared, ...Prepared[]];
    const { entity } = first.delivery;
    if (first.action === 'remove') {
      const changes = batch.map(({ reference, targetId }) => ({ reference, id: targetId as string }));
      return connector.remove(entity, changes, signal);
    }
    const changes = batch.map(({ reference, targetId, fields, delivery }) => ({
      reference,
      ...(targetId === undefined ? {} : { id: targetId }),
      fields,
      uncertain: delivery.uncertain,
    }));
    return connector.write(entity, changes, signal);
  }

  function settle(prepared: Prepared, result: WriteResult, startedAtMs: number): Settlement {
    const { delivery, action, json, fingerprint, targetId } = prepared;
    if (!result.ok) return settleFailedItem(result, { delivery, json }, { now, random, startedAtMs });
    const base = {
      delivery,
      startedAt: new Date(startedAtMs).toISOString(),
      durationMs: now() - startedAtMs,
    };
    if (action === 'remove') {
      return { ...base, outcome: 'removed', ...(targetId === undefined ? {} : { externalId: targetId }) };
    }
    return { ...base, outcome: result.result, externalId: result.id, written: { json, fingerprint } };
  }
}

/** An interrupted call is one whose answer is lost. */
function asSystemError(error: unknown, system: string): SystemError | undefined {
  if (error instanceof SystemError) return error;
  if (error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return new SystemError('ambiguous', `${system} did not answer in time`, { system, cause: error });
  }
  return undefined;
}
