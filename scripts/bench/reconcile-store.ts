import type { Landscape } from '../../bridge/engine/landscape.ts';
import { createRoute } from '../../bridge/engine/route.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';

const projects = 200;
const workers = 60;
const perRound = 1000;

/** A store with `pairs` approved entries of the PSA of one month that are lines of the erp, both sides on record. */
export async function fillPairs(path: string, pairs: number, landscape: Landscape): Promise<void> {
  let now = Date.UTC(2026, 9, 1);
  const store = await openStore(path, () => now);
  const route = createRoute(landscape, () => now);

  async function take(
    system: string,
    entity: EntityName,
    states: readonly (readonly [string, State])[],
  ): Promise<void> {
    for (let first = 0; first < states.length; first += perRound) {
      now += 1000;
      const readings = states.slice(first, first + perRound).map(([id, state]) => ({
        system,
        entity,
        id,
        state,
        correlation: 'bench',
        echo: false,
      }));
      await store.apply({ readings, finished: [], failed: [], route });
      now += 1000;
      for (const target of landscape.systems) await settleAll(store, target);
    }
  }

  const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await take(
    'odoo',
    'customer',
    range(projects / 4).map((id) => [`${id}`, { name: `Customer ${id}`, is_company: true }]),
  );
  await take(
    'odoo',
    'project',
    range(projects).map((id) => [
      `${id}`,
      {
        name: `Project ${id}`,
        customer: `${Math.ceil(id / 4)}`,
        status: 'open',
        billable: true,
        legal_entity: id % 2 === 0 ? 'BE' : 'FR',
      },
    ]),
  );
  await take(
    'odoo',
    'task',
    range(projects).map((id) => [
      `${id}`,
      { name: 'Work', project: `${id}`, billable: true, status: 'open' },
    ]),
  );
  await take(
    'harvest',
    'worker',
    range(workers).map((id) => [`harvest-${id}`, { name: `Worker ${id}`, email: `w${id}@firm.test` }]),
  );
  // So that the PSA's projects are on record too.
  await take(
    'harvest',
    'project',
    range(projects).map((id) => [
      `harvest-${id}`,
      { name: `Project ${id}`, customer: `harvest-${Math.ceil(id / 4)}`, billable: true },
    ]),
  );
  for (let first = 1; first <= pairs; first += perRound) {
    const ids = range(Math.min(perRound, pairs - first + 1)).map((index) => first + index - 1);
    await take(
      'harvest',
      'timesheet',
      ids.map((id) => [`${id}`, entry(id, 'harvest-', `harvest-${(id % workers) + 1}`)]),
    );
    await take(
      'odoo',
      'timesheet',
      ids.map((id) => [`odoo-${id}`, entry(id, '', `odoo-harvest-${(id % workers) + 1}`)]),
    );
  }
  await store.close();
}

const entry = (id: number, prefix: string, worker: string): State => ({
  worker,
  project: `${prefix}${(id % projects) + 1}`,
  task: `${prefix}${(id % projects) + 1}`,
  day: `2026-10-${String((id % 31) + 1).padStart(2, '0')}`,
  hours: prefix === '' ? `${(id % 32) / 4 + 0.25}` : ((id % 32) / 4 + 0.25).toFixed(2),
  notes: `What was done on that day, entry ${id}`,
  billable: true,
  ...(prefix === '' ? {} : { approval: 'approved' }),
});

/** Every delivery makes an object whose id says where it is. */
async function settleAll(store: Store, target: string): Promise<void> {
  for (;;) {
    const claimed = await store.claim(target, [500, 500, 500], 60_000);
    if (claimed.length === 0) return;
    await store.settle(
      claimed.map((delivery) => ({
        delivery,
        outcome: 'created' as const,
        startedAt: '2026-10-01T00:00:00.000Z',
        durationMs: 0,
        externalId: `${target}-${delivery.sourceId}`,
      })),
    );
  }
}
