import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { canonicalJson } from '../entities/state.ts';
import { dayFields } from '../rules/reconcile.ts';
import { lanes } from '../rules/rule.ts';
import type { NewEvent } from '../store/event.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { RecordExtent } from '../store/reconciliation-pair.ts';
import type { Scratch } from '../store/reconciliation-scratch.ts';
import type { StoredRecord } from '../store/record.ts';
import { SystemError } from '../systems/error.ts';
import type { ObjectKey, Snapshot } from '../systems/system.ts';
import type { Direction } from './direction.ts';
import { breathe, chunksOf, type Means } from './means.ts';
import { changedCause, driftFinding, findingsOfNews, isBrought, staleFields } from './news.ts';
import { correlationOf, type Track } from './track.ts';

/** A list that leaves out more than this of what was known is taken for an error of the system or of its rights. */
const mostMissing = { objects: 50, share: 0.5 };

/**
 * Reads all objects of the extent from both systems and takes them in like the page of a poll: what equals the record costs
 * one look-up, the engine works off the rest. What was known and is not listed is read by its id.
 */
export async function readSides(
  track: Track,
  directions: readonly Direction[],
  scratch: Scratch,
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { source, target } = track.scope;
  const sides = [source, target];
  for (let side = Number(track.position.side ?? 0); side < sides.length; side++) {
    scratch.clearUnlisted();
    await readSide(sides[side] as string, side, track, directions, scratch, means, signal);
    await track.save({ side: side + 1 }, { sideDone: true });
  }
}

/** The records of one side that a run is about. */
export function extentOf(system: string, { scope }: Pick<Track, 'scope'>): RecordExtent {
  const { entity, from, to } = scope;
  const day = dayFields[entity];
  return {
    system,
    entity,
    ...(day === undefined || (from === undefined && to === undefined) ? {} : { day }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

async function readSide(
  system: string,
  side: number,
  track: Track,
  directions: readonly Direction[],
  scratch: Scratch,
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { store, landscape } = means;
  const { entity, from, to } = track.scope;
  const connector = landscape.connector(system);
  const canRead = connector.entities[entity]?.read !== undefined;
  if (connector.list === undefined && !canRead) return;
  if (!(await means.ready(system, signal)))
    throw new SystemError('unavailable', `${system} cannot be used now`, { system, action: 'list' });
  const position = { side };
  // A run that is taken up again lists all of it once more.
  track.countAnew(`listed ${system}`, `unlisted ${system}`);
  if (connector.list !== undefined) {
    const extent = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    let since = new Date(means.now()).toISOString();
    for await (const page of connector.list(entity, extent, signal)) {
      for (const chunk of chunksOf(page)) {
        await takeIn(chunk, since);
        await breathe(signal);
      }
      since = new Date(means.now()).toISOString();
    }
  }
  await readUnlisted();
  await means.workOff(system, await store.lastEvent(), signal);
  await lookAtUnlisted();

  async function takeIn(snapshots: readonly Snapshot[], since: string): Promise<void> {
    const seen = snapshots.filter(({ state, hidden }) => state !== null && hidden !== true);
    scratch.noteListed(
      system,
      snapshots.map(({ id }) => id),
    );
    const at = new Date(means.now()).toISOString();
    const events = seen.map((snapshot) => eventOf(snapshot, since, snapshot.state));
    const told = await store.newsAmong(system, events);
    const differing = told.flatMap((each) => each ?? []);
    // What was read by its id since the list was asked for is newer than the list.
    const overtaken = differing.filter(
      ({ before }) => before !== undefined && before.readAt > since && canRead,
    );
    const news = differing.filter((each) => !overtaken.includes(each));
    const touched = seen.flatMap(({ touches = [] }, index) => (told[index] === undefined ? [] : touches));
    const found = await withoutKnown(await findingsOfNews(news, directions, { since, run: track.id }, means));
    for (const { kind } of found) track.count(kind);
    track.count(`listed ${system}`, snapshots.length);
    track.advance(snapshots.length);
    await track.save(position, {
      events: [
        ...news.map(({ event }) => event),
        ...overtaken.map(({ event }) => eventOf({ entity, id: event.objectId }, at)),
        ...touched.map((key) => eventOf(key, at)),
      ],
      findings: found,
    });
  }

  /** What was told before this side was taken up again. */
  async function withoutKnown(found: readonly NewFinding[]): Promise<NewFinding[]> {
    if (found.length === 0) return [];
    const known = await store.foundOf(
      track.id,
      found.map(({ object }) => object),
    );
    return found.filter(({ kind }, index) => known[index]?.includes(kind) !== true);
  }

  function eventOf(key: ObjectKey, at: string, state?: Snapshot['state']): NewEvent {
    return {
      id: newId(),
      system,
      type: key.entity,
      objectId: key.id,
      operation: 'write',
      fields: [],
      correlation: correlationOf(track.id),
      occurredAt: at,
      echo: false,
      lane: lanes.indexOf('bulk'),
      ...(state === undefined ? {} : { state }),
    };
  }

  async function readUnlisted(): Promise<void> {
    let known = 0;
    let missing = 0;
    const extent = extentOf(system, track);
    for (let after: string | undefined = ''; after !== undefined; ) {
      const stretch = await store.recordsIn(extent, after);
      const unlisted = stretch.items.filter(({ id }) => !scratch.isListed(system, id));
      known += stretch.items.length;
      missing += unlisted.length;
      scratch.noteUnlisted(
        unlisted.map(({ id, fingerprint, state }) => ({ id, fingerprint, state: canonicalJson(state) })),
      );
      after = stretch.next;
      await breathe(signal);
    }
    // Whatever is not there any more is taken back elsewhere; so nobody believes a list that suddenly has little in it.
    if (connector.list !== undefined && missing > mostMissing.objects && missing > known * mostMissing.share)
      throw new SystemError(
        'invalid',
        `${system} lists ${known - missing} of the ${known} objects that were known. Look whether the bridge's user may still see all of them there; nothing was changed.`,
        { system, action: 'list' },
      );
    track.count(`unlisted ${system}`, missing);
    const at = new Date(means.now()).toISOString();
    for (let after = ''; ; ) {
      const unlisted = scratch.unlistedAfter(after, 500);
      if (unlisted.length === 0) break;
      await track.save(position, { events: unlisted.map(({ id }) => eventOf({ entity, id }, at)), unlisted });
      after = unlisted.at(-1)?.id as string;
      await breathe(signal);
    }
  }

  /** They were read by their ids: what came of it is told where it was news. */
  async function lookAtUnlisted(): Promise<void> {
    for (let after = ''; ; ) {
      const unlisted = await store.unlistedAfter(track.id, after, 200);
      if (unlisted.length === 0) break;
      const records = await store.records(unlisted.map(({ id }) => ({ system, entity, id })));
      const findings: NewFinding[] = [];
      for (const [index, before] of unlisted.entries()) {
        const record = records[index];
        if (record === undefined || (!record.gone && record.fingerprint === before.fingerprint)) continue;
        findings.push(...(await findingsOfUnlisted(record, JSON.parse(before.state))));
      }
      const found = await withoutKnown(findings);
      for (const { kind } of found) track.count(kind);
      await track.save(position, { findings: found });
      after = unlisted.at(-1)?.id as string;
      await breathe(signal);
    }
  }

  async function findingsOfUnlisted(record: StoredRecord, before: State): Promise<NewFinding[]> {
    const { id, state, gone, readAt } = record;
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
}

/** Behind every instant. */
const endOfTime = '9999';
