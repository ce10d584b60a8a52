import type { EntityName } from '../../entities/catalogue.ts';
import type { State } from '../../entities/field.ts';
import type { PollPage, Snapshot } from '../system.ts';
import type { HarvestApi, ListPath } from './api.ts';
import { decodeKnown, encodeKnown, type KnownObjects, markOf } from './known.ts';
import type { Reader } from './read.ts';

export interface ListStream {
  readonly entity: EntityName;
  readonly list: ListPath;
  // Each list has objects of its own type; the state function knows it.
  readonly state: (item: never) => State;
}

interface StoredCursor {
  readonly version: 1;
  readonly known: Readonly<Record<string, string>>;
}

/**
 * Clients, projects, tasks and users are few: the whole list is read each time and compared with what is known, which
 * shows deleted objects too.
 */
export async function* pollList(
  api: HarvestApi,
  read: Reader,
  { entity, list, state }: ListStream,
  cursorText: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const known: KnownObjects =
    cursorText === undefined ? new Map() : decodeKnown((JSON.parse(cursorText) as StoredCursor).known);
  const listed = new Set<number>();
  for await (const page of api.pages<{ id: number }>(list, {}, signal)) {
    const snapshots: Snapshot[] = [];
    for (const item of page) {
      listed.add(item.id);
      const now = state(item as never);
      const mark = markOf(now);
      if (known.get(item.id)?.mark === mark) continue;
      known.set(item.id, { day: '', mark });
      snapshots.push({ entity, id: String(item.id), state: now });
    }
    if (snapshots.length > 0) yield { snapshots, cursor: cursorOf(known) };
  }
  const unlisted = [...known.keys()].filter((id) => !listed.has(id)).map(String);
  const snapshots = await read(entity, unlisted, signal);
  for (const { id } of snapshots.filter((snapshot) => snapshot.state === null)) known.delete(Number(id));
  yield { snapshots: snapshots.filter((snapshot) => snapshot.state === null), cursor: cursorOf(known) };
}

function cursorOf(known: KnownObjects): string {
  const stored: StoredCursor = { version: 1, known: encodeKnown(known) };
  return JSON.stringify(stored);
}
