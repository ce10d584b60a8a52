import { sql } from 'kysely';
import type { Connection, OpenDatabase } from './database.ts';
import type { ClaimedDelivery, ObjectOfDelivery } from './delivery.ts';
import { type ClaimedRow, claimedColumns, claimedFrom } from './delivery-row.ts';
import { gather } from './gathered.ts';
import { prepare, slot } from './statement.ts';

/** One claim: a single row names all its deliveries, so that a delivery itself is only written when its try has ended. */
interface Claim {
  readonly id: number;
  readonly target: string;
  /** Whose tries have not ended, by their numbers. */
  readonly open: Map<number, ClaimedDelivery>;
}

interface Held {
  readonly delivery: ClaimedDelivery;
  readonly claim: Claim;
}

type Leases = ReturnType<typeof leaseTable>;

const byConnection = new WeakMap<Connection, Leases>();

/** What is under way, as whoever writes to the database knows it. */
export function leasesOf(database: OpenDatabase): Leases {
  const { connection } = database;
  let leases = byConnection.get(connection);
  if (leases === undefined) {
    leases = leaseTable(database);
    byConnection.set(connection, leases);
  }
  return leases;
}

/** Numbers of the deliveries that are under way, for those who look in from outside. */
export const namedByLeases = sql<number>`(select value from lease, json_each(lease.deliveries))`;

/**
 * Which deliveries are under way. The table is for whoever comes after a crash and for those who look in from outside; this
 * process knows by heart what it holds itself.
 */
function leaseTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<{ target: string; untilMs: number; deliveries: string }>(
    connection,
    kysely.insertInto('lease').values({
      target: slot('target'),
      until_ms: slot('untilMs'),
      deliveries: slot('deliveries'),
    }),
  );
  const update = prepare<{ id: number; deliveries: string }>(
    connection,
    kysely
      .updateTable('lease')
      .set({ deliveries: slot<string>('deliveries') })
      .where('id', '=', slot<number>('id')),
    { ahead: true },
  );
  const remove = prepare<{ id: number }>(
    connection,
    kysely.deleteFrom('lease').where('id', '=', slot<number>('id')),
    { ahead: true },
  );

  const mark = prepare<{ seq: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('leased') })
      .where('seq', '=', slot<number>('seq'))
      .where('state', '=', sql.lit('pending')),
  );

  const bySeq = new Map<number, Held>();
  const byObject = new Map<string, Held>();
  const counts = new Map<string, number>();
  const touched = new Set<Claim>();
  /** What this transaction changed in memory, for the case that it is undone. */
  const undo: (() => void)[] = [];

  const keyOf = ({ target, source, entity, sourceId }: ObjectOfDelivery): string =>
    `${target} ${source} ${entity} ${sourceId}`;

  function keep(held: Held): void {
    const { delivery, claim } = held;
    claim.open.set(delivery.seq, delivery);
    bySeq.set(delivery.seq, held);
    byObject.set(keyOf(delivery), held);
    counts.set(delivery.target, countOf(delivery.target) + 1);
  }

  function drop({ delivery, claim }: Held): void {
    claim.open.delete(delivery.seq);
    bySeq.delete(delivery.seq);
    byObject.delete(keyOf(delivery));
    counts.set(delivery.target, countOf(delivery.target) - 1);
  }

  const countOf = (target: string): number => counts.get(target) ?? 0;

  function keepAll(id: number, target: string, deliveries: readonly ClaimedDelivery[]): void {
    const claim: Claim = { id, target, open: new Map() };
    for (const delivery of deliveries) keep({ delivery, claim });
  }

  const json = (numbers: Iterable<number>): string => `[${[...numbers].join()}]`;

  function write(): void {
    for (const { id, open } of touched)
      if (open.size === 0) remove.run({ id });
      else update.run({ id, deliveries: json(open.keys()) });
    touched.clear();
  }

  gather(connection, {
    table: 'lease',
    write,
    committed: () => {
      undo.length = 0;
    },
    forget() {
      touched.clear();
      for (const step of undo.reverse()) step();
      undo.length = 0;
    },
  });

  /** What a process that is gone had under way. */
  function load(): void {
    const claims = connection
      .prepare<[], { id: number; target: string; until_ms: number }>('select id, target, until_ms from lease')
      .all();
    const claimed = prepare<{ id: number; untilMs: number }, ClaimedRow>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(claimedColumns)
        .where(
          'seq',
          'in',
          sql<number>`(select value from lease, json_each(lease.deliveries) where lease.id = @id)`,
        ),
    );
    for (const { id, target, until_ms: untilMs } of claims)
      keepAll(
        id,
        target,
        claimed.all({ id, untilMs }).map((row) => claimedFrom(row, untilMs)),
      );
  }
  load();

  return {
    /** From now on these are under way. */
    take(target: string, deliveries: readonly ClaimedDelivery[], untilMs: number): void {
      const numbers = json(deliveries.map(({ seq }) => seq));
      const { lastInsertRowid } = insert.run({ target, untilMs, deliveries: numbers });
      keepAll(Number(lastInsertRowid), target, deliveries);
      undo.push(() => {
        for (const { seq } of deliveries) {
          const held = bySeq.get(seq);
          if (held !== undefined) drop(held);
        }
      });
    },
    /** The try has ended. */
    end({ seq }: ClaimedDelivery): void {
      const held = bySeq.get(seq);
      if (held === undefined) return;
      drop(held);
      touched.add(held.claim);
      undo.push(() => keep(held));
    },
    /** The delivery that is bringing an object to its target. */
    bringing: (object: ObjectOfDelivery): ClaimedDelivery | undefined =>
      byObject.size === 0 ? undefined : byObject.get(keyOf(object))?.delivery,
    has: (seq: number): boolean => bySeq.has(seq),
    /** Another delivery of the object is about to be added: the one under way gives up its place among what is open. */
    makeRoom(object: ObjectOfDelivery): void {
      const held = byObject.size === 0 ? undefined : byObject.get(keyOf(object));
      if (held !== undefined) mark.run(held.delivery);
    },
    /** The state of a delivery as it stands in its row, or that it is under way. */
    stateOf: <State extends string>(seq: number, state: State): State | 'leased' =>
      state === 'pending' && bySeq.has(seq) ? 'leased' : state,
    /** True while this very try is under way. */
    holds({ seq, tries, leasedUntilMs }: ClaimedDelivery): boolean {
      const delivery = bySeq.get(seq)?.delivery;
      return delivery?.tries === tries && delivery.leasedUntilMs === leasedUntilMs;
    },
    /** How many deliveries to a target are under way. */
    countOf,
    /** Those whose lease has ended. */
    expired: (nowMs: number): ClaimedDelivery[] =>
      [...bySeq.values()]
        .map(({ delivery }) => delivery)
        .filter(({ leasedUntilMs }) => leasedUntilMs <= nowMs),
  };
}
