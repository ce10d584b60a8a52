import { newId } from '../entities/id.ts';
import { lanes } from '../rules/rule.ts';
import type { NewEvent } from '../store/event.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { Scratch } from '../store/reconciliation-scratch.ts';
import { SystemError } from '../systems/error.ts';
import type { ObjectKey, Snapshot } from '../systems/system.ts';
import type { Direction } from './direction.ts';
import { breathe, chunksOf, type Means } from './means.ts';
import { findingsOfNews } from './news.ts';
import { correlationOf, type Track } from './track.ts';
import { lookAtUnlisted, readUnlisted, type Side } from './unlisted.ts';

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
  const listedAt = new Date(means.now()).toISOString();
  if (connector.list !== undefined) {
    const extent = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    let since = listedAt;
    for await (const page of connector.list(entity, extent, signal)) {
      for (const chunk of chunksOf(page)) {
        await takeIn(chunk, since);
        await breathe(signal);
      }
      since = new Date(means.now()).toISOString();
    }
  }
  const read: Side = {
    system,
    position,
    ...(connector.list === undefined ? {} : { listedAt }),
    canRead,
    track,
    directions,
    scratch,
    means,
    signal,
    eventOf,
    withoutKnown,
  };
  await readUnlisted(read);
  await means.workOff(system, await store.lastEvent(), signal);
  await lookAtUnlisted(read);

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
}
