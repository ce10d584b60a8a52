import type { OdooClient } from './client.ts';

interface Known {
  readonly until: number;
  readonly there: boolean;
}

/** So long until an app that was installed meanwhile is noticed. */
const lifetimeMilliseconds = 600_000;

const knownByClient = new WeakMap<OdooClient, Map<string, Known>>();

/** Whether a model has a field that comes with an app which not every firm has installed. Asked for once in ten minutes. */
export async function hasField(
  client: OdooClient,
  model: string,
  field: string,
  signal: AbortSignal,
): Promise<boolean> {
  const known = knownByClient.get(client) ?? new Map<string, Known>();
  knownByClient.set(client, known);
  const key = `${model}.${field}`;
  const before = known.get(key);
  if (before !== undefined && performance.now() < before.until) return before.there;
  const answer = await client.call(
    model,
    'fields_get',
    { allfields: [field], attributes: ['type'] },
    { signal, action: `ask for the fields of ${model}`, repeatable: true },
  );
  const there = typeof answer === 'object' && answer !== null && field in answer;
  known.set(key, { until: performance.now() + lifetimeMilliseconds, there });
  return there;
}
