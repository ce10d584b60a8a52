import { sql } from 'kysely';
import type { Value } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import { gather } from './gathered.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

export class LinkConflictError extends Error {
  readonly left: SystemObject;
  readonly right: SystemObject;

  constructor(left: SystemObject, right: SystemObject) {
    super(
      `${left.system} ${left.entity} ${left.id} and ${right.system} ${right.entity} ${right.id} cannot be linked: one of them already belongs to another object`,
    );
    this.name = 'LinkConflictError';
    this.left = left;
    this.right = right;
  }
}

/** What the bridge itself wrote into an object, and by which delivery (its number): the ledger. */
export interface Written {
  readonly fingerprint: string;
  readonly delivery: number;
}

/** One of the objects that are a business object. */
export interface Member extends SystemObject {
  /** True when it has just been linked to the others. */
  readonly joined: boolean;
}

/** An object of another system that is the same business object. */
export interface Counterpart {
  readonly id: string;
  readonly writtenFingerprint: string | null;
  readonly drift: Drift | undefined;
}

interface CounterpartRow {
  id: string;
  writtenFingerprint: string | null;
  drift: string | null;
}

/** How a field in a system that does not own it differs from what the bridge brings there. */
export interface Deviation {
  readonly ours: Value;
  readonly theirs: Value;
  /** How often the owner's value was written for it. */
  readonly tries: number;
}

/** What somebody changed in a system that does not own it. */
export interface Drift {
  readonly deviations: Readonly<Record<string, Deviation>>;
  /** The fields of them that nothing was done about yet. */
  readonly open: readonly string[];
  /** How often it was found: whoever writes the owner's values only knows what was found before. */
  readonly looks: number;
}

/** What a write did about a drift. */
export interface Restored {
  readonly fields: readonly string[];
  /** `looks` of the drift that it knew. */
  readonly looks: number;
}

export function linkTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<SystemObject, { object_id: string }>(
    connection,
    kysely
      .selectFrom('link')
      .select('object_id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
    { ahead: true },
  );
  // Two look-ups, here and below: as one join they take SQLite ten times as long.
  const inSystem = prepare<{ objectId: string; system: string }, CounterpartRow>(
    connection,
    kysely
      .selectFrom('link')
      .select(['external_id as id', 'written_fingerprint as writtenFingerprint', 'drift'])
      .where('object_id', '=', slot<string>('objectId'))
      .where('system', '=', slot<string>('system')),
  );
  const getAll = prepare<{ system: string; entity: string; ids: string }, { id: string; objectId: string }>(
    connection,
    kysely
      .selectFrom('link')
      .select(['external_id as id', 'object_id as objectId'])
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', 'in', sql<string>`(select value from json_each(@ids))`),
  );
  const rows = createBulk(connection, {
    table: 'link',
    shared: ['entity', 'linked_at'],
    each: ['system', 'external_id', 'object_id', 'written_fingerprint', 'written_by'],
  });
  /**
   * Business objects of what was looked up or added in this transaction, `null` for what belongs to none. What was added is
   * perhaps not inserted yet.
   */
  const known = new Map<string, string | null>();
  const forget = () => known.clear();
  gather(connection, { table: 'link', write: () => {}, forget, committed: forget });
  const remove = prepare<SystemObject>(
    connection,
    kysely
      .deleteFrom('link')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );

  const write = prepare<SystemObject & Written>(
    connection,
    kysely
      .updateTable('link')
      .set({ written_fingerprint: slot<string>('fingerprint'), written_by: slot<number>('delivery') })
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const forgetWritten = prepare<{ objectId: string }>(
    connection,
    kysely
      .updateTable('link')
      .set({ written_fingerprint: sql.lit(null) })
      .where('object_id', '=', slot<string>('objectId')),
  );
  const writtenBy = prepare<SystemObject, { delivery: number | null }>(
    connection,
    kysely
      .selectFrom('link')
      .select('written_by as delivery')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const members = prepare<{ objectId: string }, { system: string; id: string }>(
    connection,
    kysely
      .selectFrom('link')
      .select(['system', 'external_id as id'])
      .where('object_id', '=', slot<string>('objectId')),
  );

  const getDrift = prepare<SystemObject, { drift: string | null }>(
    connection,
    kysely
      .selectFrom('link')
      .select('drift')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const setDrift = prepare<SystemObject & { drift: string | null }>(
    connection,
    kysely
      .updateTable('link')
      .set({ drift: slot<string | null>('drift') })
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const settledAt = prepare<{ delivery: number }, { at: string | null }>(
    connection,
    kysely.selectFrom('delivery').select('settled_at as at').where('seq', '=', slot<number>('delivery')),
  );
  // Mostly everybody keeps to what is theirs, and then nothing has to be looked up with each change.
  let anyDrift = connection.prepare('select 1 from link where drift is not null limit 1').get() !== undefined;

  function driftOf({ system, entity, id }: SystemObject): Drift | undefined {
    const json = getDrift.get({ system, entity, id })?.drift ?? null;
    return json === null ? undefined : JSON.parse(json);
  }

  /** An object that is linked takes in one that is not, when it has none of that system yet. */
  function fits(
    left: SystemObject,
    leftObject: string | undefined,
    right: SystemObject,
    rightObject: string | undefined,
  ): boolean {
    if (leftObject !== undefined && rightObject !== undefined) return leftObject === rightObject;
    const objectId = leftObject ?? rightObject;
    const joining = leftObject === undefined ? left : right;
    return objectId === undefined || inSystem.get({ objectId, system: joining.system }) === undefined;
  }

  function counterpart(object: SystemObject, system: string): CounterpartRow | undefined {
    const objectId = objectOf(object);
    return objectId === undefined ? undefined : inSystem.get({ objectId, system });
  }

  const writerOf = ({ system, entity, id }: SystemObject): number | undefined =>
    writtenBy.get({ system, entity, id })?.delivery ?? undefined;

  const keyOf = ({ system, entity, id }: SystemObject): string => `${system} ${entity} ${id}`;

  function objectOf(object: SystemObject): string | undefined {
    const kept = known.size === 0 ? undefined : known.get(keyOf(object));
    return kept === undefined ? get.get(object)?.object_id : (kept ?? undefined);
  }

  function takeOut(object: SystemObject): void {
    remove.run(object);
    known.delete(keyOf(object));
  }

  function add(object: SystemObject, objectId: string, at: string, written?: Written): void {
    const { system, entity, id } = object;
    rows.add([entity, at], [system, id, objectId, written?.fingerprint ?? null, written?.delivery ?? null]);
    known.set(keyOf(object), objectId);
  }

  return {
    /** Looks many up together, within a transaction that is about to link them. */
    lookAhead(objects: readonly SystemObject[]): void {
      for (const group of Map.groupBy(objects, ({ system, entity }) => `${system} ${entity}`).values()) {
        const [{ system, entity }] = group as [SystemObject];
        const ids = group.map(({ id }) => id);
        for (const object of group) if (!known.has(keyOf(object))) known.set(keyOf(object), null);
        for (const { id, objectId } of getAll.all({ system, entity, ids: JSON.stringify(ids) }))
          known.set(keyOf({ system, entity, id }), objectId);
      }
    },
    /** Id of the business object, the same over all systems. */
    objectOf,
    /** The id that the same business object has in `system`. */
    idIn: (object: SystemObject, system: string): string | undefined => counterpart(object, system)?.id,
    /** The same business object in `system`, and what the bridge wrote there last. */
    counterpart(object: SystemObject, system: string): Counterpart | undefined {
      const row = counterpart(object, system);
      return row && { ...row, drift: row.drift === null ? undefined : JSON.parse(row.drift) };
    },
    drift: (object: SystemObject): Drift | undefined => (anyDrift ? driftOf(object) : undefined),
    setDrift(object: SystemObject, value: Drift | undefined): void {
      anyDrift ||= value !== undefined;
      setDrift.run({ ...object, drift: value === undefined ? null : JSON.stringify(value) });
    },
    /** The owner's values of these fields were written. */
    closeDrift(object: SystemObject, { fields, looks }: Restored): void {
      const known = driftOf(object);
      // Somebody has looked meanwhile, so it is not known whether that was before or after the write.
      if (known === undefined || known.looks !== looks) return;
      const open = known.open.filter((field) => !fields.includes(field));
      const deviations = Object.fromEntries(
        Object.entries(known.deviations).map(([field, deviation]) => [
          field,
          fields.includes(field) ? { ...deviation, tries: deviation.tries + 1 } : deviation,
        ]),
      );
      setDrift.run({ ...object, drift: JSON.stringify({ deviations, open, looks } satisfies Drift) });
    },
    /** True when the bridge wrote the object at this instant or later. */
    writtenSince(object: SystemObject, instant: string): boolean {
      const delivery = writerOf(object);
      const at = delivery === undefined ? null : (settledAt.get({ delivery })?.at ?? null);
      return at !== null && at >= instant;
    },
    /** Number of the delivery that wrote the object last. */
    writtenBy: writerOf,
    /** True when `link` would not throw. */
    canLink: (left: SystemObject, right: SystemObject): boolean =>
      fits(left, objectOf(left), right, objectOf(right)),
    /**
     * Says that two objects are one, and what was written into the right one. Answers all that belong to the business
     * object now, or nothing when the link was there already.
     * @throws LinkConflictError when one of them is already linked to something else
     */
    link(left: SystemObject, right: SystemObject, at: string, written?: Written): Member[] {
      const leftObject = objectOf(left);
      const rightObject = objectOf(right);
      if (leftObject === undefined && rightObject === undefined) {
        const objectId = newId();
        add(left, objectId, at);
        add(right, objectId, at, written);
        return [
          { ...left, joined: true },
          { ...right, joined: true },
        ];
      }
      if (leftObject !== undefined && leftObject === rightObject) {
        if (written !== undefined) write.run({ ...right, ...written });
        return [];
      }
      if (!fits(left, leftObject, right, rightObject)) throw new LinkConflictError(left, right);
      const objectId = (leftObject ?? rightObject) as string;
      if (leftObject === undefined) add(left, objectId, at);
      if (rightObject === undefined) add(right, objectId, at, written);
      else if (written !== undefined) write.run({ ...right, ...written });
      const newcomer = leftObject === undefined ? left.system : right.system;
      return members
        .all({ objectId })
        .map((row) => ({ ...row, entity: left.entity, joined: row.system === newcomer }));
    },
    /** What the others hold may be changed unnoticed from now on, so whoever is linked next writes them anew. */
    unlink(object: SystemObject): void {
      const objectId = objectOf(object);
      if (objectId !== undefined) forgetWritten.run({ objectId });
      takeOut(object);
    },
  };
}
