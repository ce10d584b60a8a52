import { entityOf } from '../entities/catalogue.ts';
import { exactKey } from '../matching/key.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { SameKey } from '../store/reconciliation-key.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Direction } from './direction.ts';
import { breathe, type Means } from './means.ts';
import { isBrought } from './news.ts';
import type { Track } from './track.ts';

/**
 * Finds objects that one system has twice: those that share a key by which the rules identify them. People merge them; nobody
 * else does.
 */
export async function findDuplicates(
  track: Track,
  directions: readonly Direction[],
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { store } = means;
  const { entity, source, target } = track.scope;
  const systems = [...new Set([source, target])];
  const fields = [...new Set(directions.flatMap(({ rules }) => rules.flatMap(({ match }) => match)))].sort();
  for (let index = Number(track.position.field ?? 0); index < fields.length; index++) {
    const field = fields[index] as string;
    for (let after: string | undefined = String(track.position.after ?? ''); after !== undefined; ) {
      const stretch = await store.sameKeys(entity, field, systems, after);
      const findings: NewFinding[] = [];
      for (const same of stretch.items) {
        findings.push(...(await duplicatesOf(same, track, directions, means)));
        await breathe(signal);
      }
      for (const { kind } of findings) track.count(kind);
      after = stretch.next;
      const position = after === undefined ? { field: index + 1 } : { field: index, after };
      await track.save(position, { findings });
      await breathe(signal);
    }
  }
}

/** More would be no duplicates any more, but a key that says nothing. */
const mostMembers = 50;

async function duplicatesOf(
  { field, value, system, ids }: SameKey,
  track: Track,
  directions: readonly Direction[],
  { store }: Means,
): Promise<NewFinding[]> {
  const { entity } = track.scope;
  const objects = ids.slice(0, mostMembers).map((id) => ({ system, entity, id }));
  const records = await store.records(objects);
  const there = records.filter((record): record is StoredRecord => record !== undefined && !record.gone);
  const ways = directions.filter((direction) => direction.source === system);
  // What no rule brings is no concern of anybody's, where rules bring from there at all.
  const members = there
    .filter(({ state }) => ways.length === 0 || ways.some((way) => isBrought(way, state)))
    .filter(({ state }) => exactKey(entity, field, state) === value)
    .filter((record) => !isPartOf(record, there));
  if (members.length < 2) return [];
  const other = system === track.scope.source ? track.scope.target : track.scope.source;
  const links = await store.idsIn(other, members);
  const base = members[
    Math.max(
      0,
      links.findIndex((id) => id !== undefined),
    )
  ] as StoredRecord;
  // What was brought there twice because it is there twice where it comes from is told of there.
  const extra = members.filter(
    ({ id }, index) => id !== base.id && (system === track.scope.source || links[index] === undefined),
  );
  const known = await store.foundOf(track.id, extra);
  return extra.flatMap((record, index): NewFinding[] =>
    known[index]?.includes('duplicate') === true
      ? []
      : [
          {
            kind: 'duplicate',
            object: { system, entity, id: record.id },
            other: { system, id: base.id },
            fields: {},
            effects: [],
            cause: `${system} has two with the same ${field}, ${record.id} and ${base.id}. Merge them there, or correct the one that is wrong.`,
            action: 'open',
          },
        ],
  );
}

/** Branches of one firm share its numbers: one that says to which it belongs is no duplicate of that. */
function isPartOf({ entity, state }: StoredRecord, members: readonly StoredRecord[]): boolean {
  const own = Object.entries(entityOf(entity).fields).filter(([, field]) => field.entity === entity);
  return own.some(([name]) => members.some(({ id }) => id === state[name]));
}
