import type { PollPage, Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { createKnown, type EncodedObjects, type KnownObjects } from './known.ts';
import { inPages } from './list.ts';
import { read } from './read.ts';
import type { Item, Source } from './sources.ts';

interface StoredCursor {
  readonly version: 1;
  readonly known: EncodedObjects;
}

/**
 * Clients, projects, tasks, users, their assignments and invoices are few: the whole list is read each time and compared with
 * what is known, which shows deleted objects too. The cursor moves with the last page alone: written with each, it would cost
 * more than the pages. Who is interrupted reads the list again, and leaves out what was taken in already.
 */
export async function* pollList(
  api: HarvestApi,
  source: Source,
  cursorText: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const { entity } = source;
  const known = createKnown(cursorText === undefined ? {} : (JSON.parse(cursorText) as StoredCursor).known);
  for await (const page of api.pages<Item>(source.list, {}, signal)) {
    const states = await source.states(page, signal);
    const snapshots: Snapshot[] = [];
    for (const [index, { id }] of page.entries()) {
      const state = states[index] ?? {};
      if (known.list(id, '', state)) snapshots.push({ entity, id: String(id), state });
    }
    for (const part of inPages(snapshots)) yield { snapshots: part };
  }
  const unlisted = await read(api, source, known.unlisted().map(String), signal);
  const gone = unlisted.filter(({ state }) => state === null);
  for (const { id } of gone) known.forget(Number(id));
  yield { snapshots: gone, cursor: cursorOf(known) };
}

function cursorOf(known: KnownObjects): string {
  const stored: StoredCursor = { version: 1, known: known.encode() };
  return JSON.stringify(stored);
}
