import type { Extent, Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import type { HarvestSettings } from './options.ts';
import type { Item, Source } from './sources.ts';

/** Who takes pages in does so a page at a time; Harvest's largest would hold everything else up. */
const pageLimit = 500;

/** At most `pageLimit` of them at a time. */
export function* inPages<Each>(items: readonly Each[]): Generator<readonly Each[]> {
  for (let start = 0; start < items.length; start += pageLimit) yield items.slice(start, start + pageLimit);
}

/** All objects of a source; time and expenses from the first day that counts on. */
export async function* list(
  api: HarvestApi,
  { start }: HarvestSettings,
  source: Source,
  { from, to }: Extent,
  signal: AbortSignal,
): AsyncGenerator<readonly Snapshot[]> {
  const { entity, dated, submitted } = source;
  const begins = submitted && start !== undefined && (from === undefined || from < start);
  const first = begins ? start : from;
  // An object that people move to an earlier day meanwhile comes once more.
  const listed = new Set<number>();
  for await (const items of api.pages<Item>(source.list, dated ? { from: first, to } : {}, signal)) {
    const fresh = items.filter(({ id }) => !listed.has(id));
    for (const { id } of fresh) listed.add(id);
    const states = await source.states(fresh, signal);
    const snapshots = fresh.map(({ id }, index) => ({
      entity,
      id: String(id),
      state: states[index] ?? null,
    }));
    yield* inPages(snapshots);
  }
}
