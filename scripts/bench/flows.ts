import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createFlows } from '../../bridge/flows/flows.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import type { Reading } from '../../bridge/store/apply.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import type { Connector } from '../../bridge/systems/system.ts';
import { table, times, whole } from './statistics.ts';

const entries = 20_000;
const projects = 50;
const aim = 3000;

const words = { owner: 'finance', says: 'It is not billed.', remedy: 'Bill it.' };

/** Approved time whose project has to be open in another system, and that waits to be billed. */
const flow: Flow = {
  id: 'time-to-bill',
  title: 'Approved time is billed',
  entity: 'timesheet',
  from: 'psa',
  condition: { when: { approval: 'approved' } },
  objects: [
    { name: 'project', entity: 'project', in: 'erp', of: 'subject', by: { kind: 'field', field: 'project' } },
  ],
  steps: [
    {
      kind: 'require',
      id: 'day',
      on: 'subject',
      condition: { when: { day: '2026-01-05' } },
      quantity: 'all',
      ...words,
    },
    {
      kind: 'require',
      id: 'open',
      on: 'project',
      condition: { when: { status: 'active' } },
      quantity: 'all',
      ...words,
    },
    {
      kind: 'await',
      id: 'closed',
      on: 'project',
      condition: { when: { status: 'closed' } },
      quantity: 'all',
      within: 86_400_000,
      ...words,
    },
  ],
};

const rules: RuleSet = {
  version: 'bench',
  systems: [
    { name: 'odoo', connector: 'none', role: 'erp', poll: {}, options: {}, shadow: false },
    { name: 'harvest', connector: 'none', role: 'psa', poll: {}, options: {}, shadow: false },
  ],
  rules: [],
  entities: {},
  tables: {},
  subscribers: [],
  flows: [flow],
  reconciliations: [],
};

/** Instances a second that begin, that are looked at after a start, and that go on when what they share changes. */
export async function measureFlows(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const path = join(folder, 'bridge.sqlite');
  await (await openStore(path)).close();
  linkProjects(path);
  const store = await openStore(path);
  let mostBytes = 0;
  const memory = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage().rss);
  }, 20);
  const before = process.memoryUsage().rss;

  const first = follow(store);
  await first.idle();
  await change(store, projectReadings('active'));
  await change(store, timeReadings());
  const began = await timed(async () => {
    first.flows.changed();
    await until(store, ({ running }) => running === entries);
    await first.idle();
  });
  await first.flows.stop();

  const second = follow(store);
  const looked = await timed(second.idle);
  await change(store, projectReadings('closed'));
  const wentOn = await timed(async () => {
    second.flows.changed();
    await until(store, ({ done }) => done === entries);
  });
  await second.flows.stop();
  clearInterval(memory);
  await store.close();
  rmSync(folder, { recursive: true, force: true });

  print(`Flows: ${whole(entries)} instances over ${projects} projects that they share`);
  print(
    table([
      ['instances a second', '', 'of CPU time', 'of the aim'],
      row('begin, and go on as far as they can', began),
      row('are looked at after a start', looked),
      row('go on when their project changes', wentOn),
    ]),
  );
  print(`  memory grew by ${whole((mostBytes - before) / 2 ** 20)} MiB at most`);
}

function follow(store: Store) {
  let turns = 0;
  const watched: Store = {
    ...store,
    flowTurn(turn) {
      turns++;
      return store.flowTurn(turn);
    },
  };
  const connectors = rules.systems.map(({ name }) => ({ system: name }) as Connector);
  const flows = createFlows({
    store: watched,
    landscape: createLandscape(rules, connectors),
    observe(event) {
      if (event.kind === 'failed') throw event.error;
    },
    onDeliveries: () => {},
    onReads: () => {},
  });
  flows.start();
  /** Resolves when it has done nothing for a moment, which is not counted. */
  async function idle(): Promise<void> {
    for (let last = -1; last !== turns; ) {
      last = turns;
      await wait(quietMs);
    }
  }
  return { flows, idle };
}

const quietMs = 30;

async function until(
  store: Store,
  isThere: (count: { running: number; done: number }) => boolean,
): Promise<void> {
  for (;;) {
    const [count] = await store.flowCounts('');
    if (count !== undefined && isThere(count)) return;
    await wait(50);
  }
}

interface Taken {
  readonly seconds: number;
  /** Of this process; on a machine with other work a second passes with less of it. */
  readonly cpuSeconds: number;
}

async function timed(work: () => Promise<void>): Promise<Taken> {
  const begin = performance.now();
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - begin) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const row = (what: string, { seconds, cpuSeconds }: Taken): string[] => [
  what,
  whole(entries / seconds),
  whole(entries / cpuSeconds),
  times(entries / seconds / aim),
];

async function change(store: Store, readings: readonly Reading[]): Promise<void> {
  const page = 500;
  for (let start = 0; start < readings.length; start += page)
    await store.apply({
      readings: readings.slice(start, start + page),
      finished: [],
      failed: [],
      route: () => [],
    });
}

const projectReadings = (status: string): Reading[] =>
  Array.from({ length: projects }, (_, index) => ({
    system: 'odoo',
    entity: 'project',
    id: `p${index}`,
    state: { name: `Project ${index}`, status },
    correlation: 'bench',
    echo: false,
  }));

const timeReadings = (): Reading[] =>
  Array.from({ length: entries }, (_, index) => ({
    system: 'harvest',
    entity: 'timesheet',
    id: `t${index}`,
    state: { project: `h${index % projects}`, day: '2026-01-05', hours: '2', approval: 'approved' },
    correlation: `bench:${index}`,
    echo: false,
  }));

/** As deliveries would have done it. */
function linkProjects(path: string): void {
  const database = new Database(path);
  const insert = database.prepare(
    'insert into link (system, entity, external_id, object_id, linked_at) values (?, ?, ?, ?, ?)',
  );
  for (let index = 0; index < projects; index++) {
    insert.run('odoo', 'project', `p${index}`, `object-${index}`, '2026-01-05T08:00:00.000Z');
    insert.run('harvest', 'project', `h${index}`, `object-${index}`, '2026-01-05T08:00:00.000Z');
  }
  database.close();
}
