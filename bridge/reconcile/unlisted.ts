import type { State } from '../entities/field.ts';
import { canonicalJson } from '../entities/state.ts';
import { dayFields } from '../rules/reconcile.ts';
import type { NewEvent } from '../store/event.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { Scratch } from '../store/reconciliation-scratch.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { SystemError } from '../systems/error.ts';
import type { ObjectKey } from '../systems/system.ts';
import type { Direction } from './direction.ts';
import { openExceptions } from './exception.ts';
import { breathe, type Means } from './means.ts';
import { changedCause, driftFinding, isBrought, staleFields } from './news.ts';
import { extentOf } from './scope.ts';
import type { Track } from './track.ts';

/** One of the systems of a run, while it is read. */
export interface Side {
  readonly system: string;
  readonly position: Readonly<Record<string, number>>;
  /** When it was asked for its list: UTC ISO; absent where it has none. */
  readonly listedAt?: string;
  /** Whether objects can be read by their ids. */
  readonly canRead: boolean;
  readonly track: Track;
  readonly directions: readonly Direction[];
  readonly scratch: Scratch;
  readonly means: Means;
  readonly signal: AbortSignal;
  eventOf(key: ObjectKey, at: string): NewEvent;
  /** Leaves out what the run has told already. */
  withoutKnown(found: readonly NewFinding[]): Promise<NewFinding[]>;
}

/** A list that leaves out more than this of what was known is taken for an error of the system or of its rights. */
const mostMissing = { objects: 5, share: 0.5 };

/**
 * Has everything read by its id that should have been listed and was not, and whatever a person still has to see to.
 *
 * @throws SystemError when so little is listed that nobody believes it
 */
export async function readUnlisted(side: Side): Promise<void> {
  const { system, position, listedAt, canRead, track, scratch, means, signal, eventOf } = side;
  const { store } = means;
  const { entity, source, target } = track.scope;
  let known = 0;
  let missing = 0;

  for (let after: string | undefined = ''; after !== undefined; ) {
    const stretch = await store.recordsIn(extentOf(system, track), after);
    const unlisted = stretch.items.filter(({ id }) => !scratch.isListed(system, id));
    known += stretch.items.length;
    missing += unlisted.length;
    scratch.noteUnlisted(
      unlisted.map(({ id, fingerprint, state }) => ({ id, fingerprint, state: canonicalJson(state) })),
    );
    after = stretch.next;
    await breathe(signal);
  }
  const other = system === source ? target : source;
  for (let after: string | undefined = canRead ? '' : undefined; after !== undefined; ) {
    const stretch = await store.unread(extentOf(other, track), system, after);
    const unlisted = stretch.items.filter((id) => !scratch.isListed(system, id));
    const expected = unlisted.length - (await countYoung(unlisted));
    known += expected;
    missing += expected;
    scratch.noteUnlisted(unlisted.map((id) => ({ id, fingerprint: neverRead, state: '{}' })));
    after = stretch.next;
    await breathe(signal);
  }
  // Whatever is not there any more is taken back elsewhere; so nobody believes a list that suddenly has little in it.
  if (listedAt !== undefined && missing > mostMissing.objects && missing > known * mostMissing.share)
    throw new SystemError('invalid', shortListText(known - missing, known), { system, action: 'list' });
  track.count(`unlisted ${system}`, missing);
  const at = new Date(means.now()).toISOString();
  for (let after = ''; ; ) {
    const unlisted = scratch.unlistedAfter(after, 500);
    if (unlisted.length === 0) break;
    await track.save(position, {
      events: unlisted.map(({ id }) => eventOf({ entity, id }, at)),
      unlisted: unlisted.filter(({ fingerprint }) => fingerprint !== neverRead),
    });
    after = unlisted.at(-1)?.id as string;
    await breathe(signal);
  }
  if (canRead)
    for await (const open of openExceptions(track.declaration, store)) {
      const ids = (await idsHere(open.map(({ object }) => object))).filter(
        (id) => !scratch.isListed(system, id),
      );
      await track.save(position, { events: ids.map((id) => eventOf({ entity, id }, at)) });
      await breathe(signal);
    }

  function shortListText(listed: number, all: number): string {
    const fewer =
      dayFields[entity] === undefined
        ? ''
        : ' Where so many were really deleted, compare fewer days at a time, with --from and --to.';
    return `${system} lists ${listed} of the ${all} objects that were known. Look whether the bridge's user may still see all of them there. What it does not list was left as it is everywhere.${fewer}`;
  }

  /** A list knows nothing of what the bridge wrote after it was asked for. */
  async function countYoung(ids: readonly string[]): Promise<number> {
    if (listedAt === undefined) return 0;
    const written = await store.writtenSince(ids.map((id) => ({ system, entity, id, since: listedAt })));
    return written.filter((isYoung) => isYoung).length;
  }

  async function idsHere(objects: readonly SystemObject[]): Promise<string[]> {
    const own = objects.filter((object) => object.entity === entity);
    const ids = await store.idsIn(system, own);
    return own.flatMap((object, index) => (object.system === system ? object.id : (ids[index] ?? [])));
  }
}

/** In place of a fingerprint. */
const neverRead = '';

/** What was known before was read by its id: what came of it is told where it was news. */
export async function lookAtUnlisted(side: Side): Promise<void> {
  const { system, position, track, means, signal, withoutKnown } = side;
  const { store } = means;
  const { entity } = track.scope;
  for (let after = ''; ; ) {
    const unlisted = await store.unlistedAfter(track.id, after, 200);
    if (unlisted.length === 0) break;
    const records = await store.records(unlisted.map(({ id }) => ({ system, entity, id })));
    const findings: NewFinding[] = [];
    for (const [index, before] of unlisted.entries()) {
      const record = records[index];
      if (record === undefined || (!record.gone && record.fingerprint === before.fingerprint)) continue;
      findings.push(...(await findingsOfUnlisted(record, JSON.parse(before.state), side)));
    }
    const found = await withoutKnown(findings);
    for (const { kind } of found) track.count(kind);
    await track.save(position, { findings: found });
    after = unlisted.at(-1)?.id as string;
    await breathe(signal);
  }
}

async function findingsOfUnlisted(
  record: StoredRecord,
  before: State,
  { system, track, directions, means }: Side,
): Promise<NewFinding[]> {
  const { entity, id, state, gone, readAt } = record;
  const object = { system, entity, id };
  const found: NewFinding[] = [];
  for (const direction of directions) {
    if (direction.source === system) {
      const fields = gone ? {} : staleFields(before, state, direction);
      if (gone ? isBrought(direction, before) : Object.keys(fields).length > 0) {
        const cause = gone ? `It was deleted in ${system}, and nobody told.` : changedCause(system);
        found.push({ kind: 'stale', object, fields, effects: [], cause, action: 'taken-in' });
      }
    } else if (!gone) {
      // What the bridge has put right meanwhile was wrong when it was read.
      const asked = { since: endOfTime, run: track.id };
      const known = { ...object, state: before, fingerprint: '', gone: false, readAt };
      const drift = await driftFinding(object, known, state, direction, asked, means);
      if (drift !== undefined) found.push(drift);
    }
  }
  return found;
}

/** Behind every instant. */
const endOfTime = '9999';
