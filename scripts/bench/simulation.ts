import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createTerrain, type Terrain } from '../../bridge/engine/landscape.ts';
import { planDelivery } from '../../bridge/engine/plan.ts';
import { createRoute } from '../../bridge/engine/route.ts';
import { simulate } from '../../bridge/engine/simulate.ts';
import { loadRules } from '../../bridge/rules/load.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import type { RecordChange, RouteContext } from '../../bridge/store/apply.ts';
import { openPast } from '../../bridge/store/simulation.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { firmChanges } from './history.ts';
import { median, share, table, times, whole } from './statistics.ts';

const rounds = 3;
const changes = 100_000;
const connectors = [{ name: 'odoo' }, { name: 'hubspot' }, { name: 'harvest' }];

/** The rules that are shipped: routing and mapping, and a simulation of changed ones over a store of 100,000 changes. */
export async function measureRules(print: (line: string) => void): Promise<void> {
  const rules = loadRules('sync-rules', connectors);
  const terrain = createTerrain(rules);
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const path = join(folder, 'bridge.sqlite');
  await fillStore(path, terrain);
  const texts = [...firmChanges(changes)].map((change) => JSON.stringify(change));

  const rates = { parse: [], route: [], read: [], simulate: [] } as Record<string, number[]>;
  let simulated = { deliveries: 0, different: 0 };
  for (let round = 0; round <= rounds; round++) {
    const results = {
      parse: rate(() => parseAll(texts)),
      route: rate(() => routeAll(texts, terrain)),
      read: rate(() => readAll(path)),
      simulate: rate(() => {
        simulated = simulateAll(path, rules);
      }),
    };
    if (round > 0) for (const [name, result] of Object.entries(results)) rates[name]?.push(result);
  }
  const [parse, route, read, simulation] = Object.values(rates).map(median) as [
    number,
    number,
    number,
    number,
  ];
  print(`The rules that are shipped, over ${whole(changes)} changes`);
  print(
    table([
      ['changes/s, median', '', 'of the one above'],
      ['parse changes from JSON, nothing else', whole(parse), ''],
      ['parse, route and map them', whole(route), share(route / parse)],
      ['read and parse the rows of a store, nothing else', whole(read), ''],
      ['simulate changed rules over them', whole(simulation), share(simulation / read)],
    ]),
  );
  print(
    `  of the aims: routing and mapping ${times(route / 10_000)} of 10,000/s, simulation ${times(simulation / 5000)} of 5,000/s`,
  );
  print(
    `  the simulation made ${whole(simulated.deliveries)} deliveries and found ${whole(simulated.different)} objects different`,
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Changes a second. */
function rate(work: () => void): number {
  const begin = performance.now();
  work();
  return changes / ((performance.now() - begin) / 1000);
}

function parseAll(texts: readonly string[]): void {
  let fields = 0;
  for (const text of texts) fields += Object.keys((JSON.parse(text) as RecordChange).differences).length;
  if (fields === 0) throw new Error('There was nothing to parse');
}

const linkedEverywhere: RouteContext = {
  linkedIn: () => true,
  neededIn: () => false,
  onTheWayTo: () => false,
  failedIn: () => false,
};

/** What the engine does with each change between reading it and calling somebody, without the store. */
function routeAll(texts: readonly string[], terrain: Terrain): void {
  const route = createRoute(terrain);
  let written = 0;
  for (const text of texts) {
    const change = JSON.parse(text) as RecordChange;
    for (const delivery of route(change, linkedEverywhere)) {
      const { system, entity, id, after } = change;
      const record = { system, entity, id, state: after ?? {}, gone: false, fingerprint: '', readAt: '' };
      const context = { record, targetId: 'known', writtenFingerprint: undefined, earlier: [] };
      if (planDelivery(delivery, context, terrain).kind === 'write') written++;
    }
  }
  if (written === 0) throw new Error('The rules brought nothing anywhere');
}

function readAll(path: string): void {
  const connection = new Database(path, { readonly: true });
  const rows = connection.prepare<[], { before: string | null; after: string }>(
    'select * from change order by system, entity, external_id, seq',
  );
  let fields = 0;
  for (const { before, after } of rows.iterate()) {
    JSON.parse(before ?? 'null');
    fields += Object.keys(JSON.parse(after)).length;
  }
  connection.close();
  if (fields === 0) throw new Error('There was nothing to read');
}

function simulateAll(path: string, present: RuleSet): { deliveries: number; different: number } {
  const past = openPast(path);
  const changed: RuleSet = {
    ...present,
    version: 'changed',
    // One rule loses a field, another brings more objects.
    rules: present.rules.map((rule) =>
      rule.entity === 'customer' && rule.fields.length > 1
        ? { ...rule, fields: rule.fields.slice(1) }
        : rule.entity === 'project'
          ? { ...rule, when: {} }
          : rule,
    ),
  };
  const since = '2026-01-01T00:00:00.000Z';
  const { deliveries, different } = simulate({
    past,
    rules: { present, changed },
    since,
    onDifference: () => {},
  });
  past.close();
  return { deliveries: deliveries.changed, different };
}

/** What a bridge has in its store after these changes, with every object brought to its targets. */
async function fillStore(path: string, terrain: Terrain): Promise<void> {
  let now = Date.UTC(2026, 0, 5);
  const store = await openStore(path, () => now);
  const route = createRoute(terrain, () => now);
  const all = [...firmChanges(changes)];
  for (let first = 0; first < all.length; first += 1000) {
    now += 60_000;
    const readings = all.slice(first, first + 1000).map(({ system, entity, id, after, correlation }) => ({
      system,
      entity,
      id,
      state: after,
      correlation,
      echo: false,
    }));
    await store.apply({ readings, finished: [], failed: [], route });
    now += 1000;
    for (const target of terrain.systems) await settleAll(store, target);
  }
  await store.close();
}

async function settleAll(store: Store, target: string): Promise<void> {
  for (;;) {
    const claimed = await store.claim(target, [500, 500, 500], 60_000);
    if (claimed.length === 0) return;
    await store.settle(
      claimed.map((delivery) => ({
        delivery,
        outcome: 'created' as const,
        startedAt: '2026-01-05T00:00:00.000Z',
        durationMs: 0,
        externalId: `${target}-${delivery.sourceId}`,
      })),
    );
  }
}
