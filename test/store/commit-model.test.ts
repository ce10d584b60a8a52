import Database from 'better-sqlite3';
import { expect } from 'vitest';
import type { Reading, Route } from '../../bridge/store/apply.ts';
import type { ClaimedDelivery, NewDelivery } from '../../bridge/store/delivery.ts';
import type { Settlement } from '../../bridge/store/settlement.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import type { Random } from '../engine/random.ts';
import { testSeeds } from '../engine/seeds.ts';
import { event, reading } from './samples.ts';
import { temporaryPath } from './temporary.ts';

// Operations that share a commit gather their rows, and know by heart what is not written yet. What they answer, and what is
// on disk in the end, is the same as when each has a commit of its own; also when one of them fails and all run again.

const rounds = 25;
const objects = 45;
const targets = ['hubspot', 'harvest'];
const entities = ['customer', 'project'] as const;

type Entity = (typeof entities)[number];
type Operation = (store: Store) => Promise<unknown>;

testSeeds(
  'histories are the same with shared commits and with one for each operation',
  12,
  async (random) => {
    let now = Date.UTC(2026, 0, 5, 8);
    const open = async (path: string) => ({
      path,
      store: await openStore(
        path,
        () => now,
        () => 0,
      ),
    });
    const alone = await open(temporaryPath());
    const shared = await open(temporaryPath());
    const source = createSource(random, () => now);
    for (let round = 0; round < rounds; round++) {
      const operations = Array.from({ length: 1 + random.below(7) }, () => source.operation());
      const one: unknown[] = [];
      for (const operation of operations) one.push(await answerOf(operation(alone.store)));
      const other = await Promise.all(operations.map((operation) => answerOf(operation(shared.store))));
      expect(other).toEqual(one);
      source.took(one);
      if (random.chance(0.1)) {
        // Whoever comes next knows only what is on disk.
        for (const each of [alone, shared]) {
          await each.store.close();
          Object.assign(each, await open(each.path));
        }
        source.forget();
      }
      now += random.chance(0.1) ? 100_000 : random.below(2_000);
      if (round % 5 === 4) expect(contents(shared.path)).toEqual(contents(alone.path));
    }
    await alone.store.close();
    await shared.store.close();
  },
);

/** What an operation came to, its failure too. */
const answerOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => ({ failed: String(error) }));

/** Operations as engine, polls and people have them come, each again and again with the same ids. */
function createSource(random: Random, now: () => number) {
  // Where nothing was ever in doubt or waited, the store looks for neither, and gathers more.
  const inTrouble = random.chance(0.4);
  let number = 0;
  let held: ClaimedDelivery[] = [];
  const id = () => `${random.below(objects)}`;
  const many = <Item>(most: number, make: () => Item) =>
    Array.from({ length: 1 + random.below(most) }, () => make());

  function delivery(entity: Entity, sourceId: string, target: string): NewDelivery {
    const dueMs = random.chance(0.2) ? { dueMs: now() + random.below(3_000) } : {};
    return {
      id: `d${String(++number).padStart(9, '0')}`,
      target,
      source: 'odoo',
      entity,
      sourceId,
      lane: random.chance(0.8) ? 1 : 0,
      rulesVersion: 'test',
      correlation: `odoo:${number}`,
      ...dueMs,
    };
  }

  function settlement(claimed: ClaimedDelivery): Settlement {
    const base = { delivery: claimed, startedAt: new Date(now()).toISOString(), durationMs: random.below(3) };
    const entity = claimed.entity as Entity;
    switch (inTrouble ? random.below(12) : random.pick([0, 3, 6, 6, 6, 6, 6])) {
      case 0:
        return {
          ...base,
          outcome: 'retry',
          dueMs: now() + random.below(4_000),
          error: 'unavailable',
          cause: 'down',
          uncertain: inTrouble && random.chance(0.3),
          countTry: random.chance(0.5),
          fieldsJson: '{"name":"sent"}',
        };
      case 1:
        return {
          ...base,
          outcome: 'dead',
          error: inTrouble && random.chance(0.3) ? 'ambiguous' : 'invalid',
          cause: 'refused',
        };
      case 2: {
        const object = { system: 'odoo', entity: 'customer', id: id() } as const;
        const read = event(`need-${++number}`, { objectId: object.id });
        const brings = random.chance(0.5) && entity !== 'customer';
        return {
          ...base,
          outcome: 'waiting',
          cause: 'waits',
          needs: [
            {
              object,
              read,
              obstacle: () => undefined,
              ...(brings ? { deliver: delivery('customer', object.id, claimed.target) } : {}),
            },
          ],
        };
      }
      case 3:
        return { ...base, outcome: 'skipped' };
      case 4:
        return { ...base, outcome: 'removed', externalId: externalId(claimed) };
      case 5:
        return { ...base, outcome: 'shadowed', shadow: '{"action":"update","fields":{}}' };
      default: {
        const followUp = random.chance(0.3)
          ? { followUp: delivery(entity, claimed.sourceId, random.chance(0.8) ? claimed.target : 'hubspot') }
          : {};
        return {
          ...base,
          outcome: 'updated',
          // Now and then one that another object is linked to already.
          externalId: random.chance(0.9) ? externalId(claimed) : `x${id()}`,
          written: { json: `{"name":"${number}"}`, fingerprint: `f${number}` },
          ...followUp,
        };
      }
    }
  }

  function apply(): Operation {
    const readings = many(30, (): Reading => {
      const entity = random.pick(entities);
      const state = random.chance(0.1) ? null : { name: `name ${random.below(4)}` };
      return reading(id(), state, { entity, correlation: `odoo:${++number}`, echo: random.chance(0.3) });
    });
    const failing = random.chance(0.1) ? random.pick(readings) : undefined;
    const planned = new Map(
      readings.map((one) => [
        one.correlation,
        targets.flatMap((target) =>
          random.chance(0.7) ? [delivery(one.entity as Entity, one.id, target)] : [],
        ),
      ]),
    );
    const route: Route = (change, context) => {
      if (change.correlation === failing?.correlation) throw new TypeError('no route');
      const wanted = planned.get(change.correlation) ?? [];
      return wanted.filter(
        ({ target, lane }) => lane === 1 || context.onTheWayTo(target) || context.linkedIn(target),
      );
    };
    const finished = many(5, () => 1 + random.below(40));
    return (store) => store.apply({ readings, finished, failed: [], route });
  }

  return {
    /** What was claimed is settled by a later operation. */
    took(answers: readonly unknown[]): void {
      held.push(...answers.flatMap((answer) => (Array.isArray(answer) ? (answer as ClaimedDelivery[]) : [])));
    },
    forget(): void {
      // Some of what an earlier process held still comes with an answer.
      held = held.filter(() => random.chance(0.3));
    },
    operation(): Operation {
      switch (random.below(9)) {
        case 0:
        case 1:
          return apply();
        case 2: {
          const wanted = many(40, () => delivery(random.pick(entities), id(), random.pick(targets)));
          return (store) => store.enqueue(wanted);
        }
        case 3:
        case 4: {
          const target = random.pick(targets);
          const shares = [random.below(20), 1 + random.below(60), null];
          return (store) => store.claim(target, shares, 90_000);
        }
        case 5: {
          const events = many(40, () =>
            event(`e${random.below(300)}`, { lane: random.below(2), objectId: id() }),
          );
          return (store) => store.appendEvents(events);
        }
        case 6: {
          const which = random.chance(0.1) ? 'all' : 'expired';
          return (store) => (inTrouble ? store.releaseLeases(which) : store.wakeUnmet(targets));
        }
        default: {
          const some = held.filter(() => random.chance(0.6));
          held = held.filter((one) => !some.includes(one));
          const settlements = some.map(settlement);
          return async (store) =>
            [...(await store.settle(settlements))].sort().map((target) => ({ woken: target }));
        }
      }
    },
  };
}

const externalId = ({ entity, sourceId }: ClaimedDelivery): string =>
  `${entity === 'customer' ? 'c' : 'p'}${sourceId}`;

const tables = ['event', 'record', 'change', 'delivery', 'attempt', 'need'];

/** Everything that is on disk, with one name for each business object, whose ids are made up anew each time. */
function contents(path: string): Record<string, unknown[]> {
  const database = new Database(path, { readonly: true });
  try {
    const all = (sql: string) => database.prepare(sql).all();
    const links = `select link.*, (select min(system || entity || external_id) from link as one
      where one.object_id = link.object_id) as object_id from link`;
    return {
      ...Object.fromEntries(tables.map((table) => [table, all(`select * from ${table}`)])),
      link: all(links),
      lease: all('select lease.id, target, until_ms, value from lease, json_each(deliveries) order by 1, 4'),
    };
  } finally {
    database.close();
  }
}
