import type { SettledProposed } from '../../bridge/store/settlement.ts';
import type { Store } from '../../bridge/store/store.ts';
import { delivery, reading, settled } from './samples.ts';

/**
 * A customer `1` of Odoo waits for a person to say which of these customers of HubSpot it is. Answers the ids of the
 * proposals, in order.
 */
export async function proposed(
  store: Store,
  candidates: readonly (Pick<SettledProposed['candidates'][number], 'takenBy'> & { id: string })[],
): Promise<string[]> {
  const readings = [
    reading('1', { name: 'Acme GmbH' }),
    ...candidates.map(({ id }) => reading(id, { name: 'ACME' }, { system: 'hubspot' })),
  ];
  await store.apply({ readings, finished: [], failed: [], route: () => [delivery('1')] });
  const [claimed] = (await store.claim('hubspot', [1, 0, 0], 90_000)).filter(
    ({ sourceId }) => sourceId === '1',
  );
  if (claimed === undefined) throw new Error('The delivery was not claimed');
  const evidence = [{ field: 'name', left: 'Acme GmbH', right: 'ACME', similarity: 1, weight: 0.4 }];
  await store.settle([
    {
      ...settled(claimed),
      outcome: 'proposed',
      candidates: candidates.map(({ id, ...more }) => ({
        object: { system: 'hubspot', entity: 'customer', id },
        score: 0.95,
        evidence,
        ...more,
      })),
      cause: 'hubspot may have this customer already.',
    },
  ]);
  return (await store.openProposals()).map(({ id }) => id);
}
