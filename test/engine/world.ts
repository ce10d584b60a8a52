import { copyFileSync } from 'node:fs';
import { expect, onTestFinished, vi } from 'vitest';
import { createEngine, type Engine } from '../../bridge/engine/engine.ts';
import { createEventLane } from '../../bridge/engine/event-lane.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import type { EngineEvent } from '../../bridge/engine/observer.ts';
import type { BusinessEventName } from '../../bridge/entities/business-event-name.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import { actionTargets } from '../../bridge/flows/action-target.ts';
import { createFlows, type Flows } from '../../bridge/flows/flows.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import { type OpenDatabase, openDatabaseForReading } from '../../bridge/store/database.ts';
import type { NewEvent } from '../../bridge/store/event.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import type { ActionCapability } from '../../bridge/systems/system.ts';
import { temporaryPath } from '../store/temporary.ts';
import { MemorySystem } from './memory-system.ts';
import { shippedLikeRules } from './rules.ts';

/** The engine between three systems in memory, on a real database file, with time that only tests move. */
export interface World {
  path: string;
  readonly odoo: MemorySystem;
  readonly hubspot: MemorySystem;
  readonly harvest: MemorySystem;
  /** Who is told of business events, by name. */
  readonly subscribers: Readonly<Record<string, MemorySystem>>;
  /** Everything the engine told, over all its starts. */
  readonly observed: EngineEvent[];
  store: Store;
  /** The store below; a test that replaces one of its functions breaks it for the engine. */
  broken: { -readonly [Name in keyof Store]: Store[Name] };
  engine: Engine;
  flows: Flows;
  /** Something changed in a system: an event with a new id, or with the one given. */
  tell(
    system: MemorySystem,
    entity: EntityName,
    id: string,
    more?: Partial<NewEvent>,
  ): Promise<{ accepted: number; duplicates: number }>;
  /** Lets everything happen that needs no time to pass. */
  calm(): Promise<void>;
  /** Lets time pass, with everything that happens meanwhile. */
  pass(milliseconds: number): Promise<void>;
  /** The bridge ends as by `kill -9`, and starts again on the same file. */
  crash(): Promise<void>;
  /** Starts again on the same file after the engine was stopped, with other rules where some are given. */
  restart(changed?: Partial<RuleSet>): Promise<void>;
  /** Rows of the database, as another process sees them. */
  rows<Row>(sql: string, ...parameters: unknown[]): Row[];
  delivery(sourceId: string): { state: string; tries: number; error: string | null; cause: string | null };
  outcomes(): string[];
  /** Told of everything that the engine takes for a bug; unless a test expects some, only the system's own are. */
  onFailure: (error: unknown) => void;
  /** Done by itself at the end of the test; earlier where a test has many worlds. */
  close(): Promise<void>;
}

/** A commit waits a little for others to join it, in real time; one that a test holds up is not waited for. */
const longestCommitMs = 50;

const entities = {
  customer: {},
  opportunity: {},
  project: {},
  worker: {},
  timesheet: {},
  task: {},
  invoice: {},
  contract: {},
  quote: {},
  milestone: {},
  assignment: {},
};

export interface WorldOptions {
  readonly rules?: readonly Rule[];
  readonly policies?: RuleSet['entities'];
  /** Systems in shadow. */
  readonly shadow?: readonly string[];
  /** The events that each subscriber asks for, by its name. */
  readonly subscribers?: Readonly<Record<string, readonly BusinessEventName[]>>;
  readonly flows?: readonly Flow[];
  /** What Odoo can be asked to do. */
  readonly actions?: Readonly<Record<string, ActionCapability>>;
  /** A database that another world has left. */
  readonly path?: string;
  readonly batch?: number;
  /** Numbers from 0 up to 1. */
  readonly random?: () => number;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  // Time stands still unless a test moves it; what needs no time runs as ever.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 0, 5, 8) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let path = options.path ?? temporaryPath();
  const more = options.batch === undefined ? {} : { batch: options.batch };
  const odoo = new MemorySystem({ name: 'odoo', entities, ...more });
  const hubspot = new MemorySystem({ name: 'hubspot', entities, ...more });
  const harvest = new MemorySystem({ name: 'harvest', entities, ...more });
  odoo.actions = { ...options.actions };
  const systems = [odoo, hubspot, harvest];
  const wanted = Object.entries(options.subscribers ?? {});
  const subscribers = Object.fromEntries(
    wanted.map(([name]) => [name, new MemorySystem({ name, entities: {} })]),
  );
  const connectors = [...systems, ...Object.values(subscribers)];
  const rules: RuleSet = {
    version: 'test',
    systems: declarations(options.shadow),
    rules: options.rules ?? shippedLikeRules,
    entities: options.policies ?? {},
    tables: {},
    flows: options.flows ?? [],
    reconciliations: [],
    subscribers: wanted.map(([name, events]) => ({ name, events })),
  };
  let besides = actionTargets(rules, systems);
  const every = () => [...connectors, ...besides.map(({ connector }) => connector)];
  let landscape = createLandscape(rules, every());
  const observed: EngineEvent[] = [];
  let activity = 0;
  let storeCalls = 0;
  let reader: OpenDatabase | undefined;
  let nextEvent = 1;
  let closed = false;
  const unexpected: unknown[] = [];

  const start = async () => {
    // Where time stands still no commit waits for company, so that a seed always leads to the same.
    const broken = { ...(await openStore(path, Date.now, () => 0)) };
    const store = watched(broken, (change) => {
      activity++;
      storeCalls += change;
    });
    const observe = (event: EngineEvent) => {
      activity++;
      observed.push(event);
      if (event.kind === 'failed') world.onFailure(event.error);
    };
    const flows = createFlows({
      store,
      landscape,
      observe,
      onDeliveries: (targets) => engine.wakeDeliveries(targets),
      onReads: (system) => engine.wake(system),
    });
    const engine = createEngine({
      store,
      landscape,
      random: options.random ?? (() => 0.5),
      observe,
      besides,
      onChanged: flows.changed,
      onSettled: flows.settled,
    });
    await engine.start();
    flows.start();
    return { store, broken, engine, flows };
  };

  async function calm(): Promise<void> {
    const total = () => activity + connectors.reduce((sum, system) => sum + system.activity, 0);
    // Every step of the engine crosses at most a few turns of the event loop between two things that are counted.
    let lastAt = performance.now();
    for (let quietTurns = 0, last = total(); quietTurns < 12; quietTurns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (total() !== last) {
        last = total();
        lastAt = performance.now();
        quietTurns = 0;
      } else if (storeCalls > 0 && performance.now() - lastAt < longestCommitMs) quietTurns = 0;
    }
  }

  const world: World = {
    onFailure(error) {
      if (!(error instanceof TypeError)) unexpected.push(error);
    },
    path,
    odoo,
    hubspot,
    harvest,
    subscribers,
    observed,
    ...(await start()),
    tell: async (system, entity, id, change = {}) => {
      const number = nextEvent++;
      // No two changes are made in the same millisecond.
      vi.advanceTimersByTime(1);
      const counts = await world.store.appendEvents([
        {
          id: `event-${number}`,
          system: system.system,
          type: `${system.system}.${entity}`,
          objectId: id,
          operation: 'write',
          fields: [],
          correlation: `${system.system}:${number}`,
          occurredAt: new Date().toISOString(),
          echo: false,
          lane: createEventLane(landscape)(system.system, `${system.system}.${entity}`),
          ...change,
        },
      ]);
      world.engine.wake(system.system);
      return counts;
    },
    calm,
    async pass(milliseconds) {
      await calm();
      for (let elapsed = 0; elapsed < milliseconds; ) {
        const step = Math.ceil(Math.min(milliseconds - elapsed, stepAfter(elapsed)));
        vi.advanceTimersByTime(step);
        elapsed += step;
        await calm();
      }
    },
    async crash() {
      const { store, engine, flows } = world;
      const stopped = Promise.all([engine.stop(0), flows.stop()]);
      vi.advanceTimersByTime(1);
      // What is in the files at this moment is all that a killed process leaves. Calls under way may still arrive.
      world.path = temporaryPath();
      for (const suffix of ['', '-wal']) copyFileSync(path + suffix, world.path + suffix);
      path = world.path;
      reader?.connection.close();
      reader = undefined;
      await stopped;
      await store.close();
      Object.assign(world, await start());
    },
    async restart(changed = {}) {
      await world.flows.stop();
      await world.store.close();
      const next = { ...landscape.rules, ...changed };
      besides = actionTargets(next, systems);
      landscape = createLandscape(next, every());
      Object.assign(world, await start());
    },
    async close() {
      if (closed) return;
      closed = true;
      const stopped = Promise.all([world.engine.stop(0), world.flows.stop()]);
      vi.advanceTimersByTime(1);
      await stopped;
      await world.store.close();
      reader?.connection.close();
      expect(unexpected).toEqual([]);
    },
    rows: (sql, ...parameters) => {
      reader ??= openDatabaseForReading(path);
      return reader.connection.prepare(sql).all(...parameters) as never[];
    },
    delivery(sourceId) {
      const [row] = world.rows<ReturnType<World['delivery']>>(
        `select case when seq in (select value from lease, json_each(lease.deliveries)) then 'leased' else state end as state,
          tries, error, cause from delivery where source_id = ? order by created_at desc, id desc`,
        sourceId,
      );
      if (row === undefined) throw new Error(`There is no delivery of ${sourceId}`);
      return row;
    },
    outcomes: () => observed.flatMap((event) => (event.kind === 'attempted' ? [event.outcome] : [])),
  };
  onTestFinished(world.close);
  return world;
}

/** The three systems as rules declare them. */
export function declarations(shadow: readonly string[] = []): RuleSet['systems'] {
  const roleOf = { odoo: 'erp', hubspot: 'crm', harvest: 'psa' } as const;
  return Object.entries(roleOf).map(([name, role]) => ({
    name,
    connector: 'memory',
    role,
    poll: {},
    options: {},
    shadow: shadow.includes(name),
  }));
}

/** Small steps at first, so that what comes soon comes in its turn; larger ones the longer it takes. */
const stepAfter = (elapsed: number): number => Math.max(500, Math.min(elapsed / 6, 600_000));

/** Counts what is asked of the store and what it answers. */
function watched(store: Store, touch: (change: 1 | -1) => void): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const method = target[name] as (...parameters: unknown[]) => Promise<unknown>;
      return async (...parameters: unknown[]) => {
        touch(1);
        try {
          return await method.apply(target, parameters);
        } finally {
          touch(-1);
        }
      };
    },
  });
}
