import { describe, expect, it } from 'vitest';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import { SystemError } from '../../bridge/systems/error.ts';
import type { Snapshot } from '../../bridge/systems/system.ts';
import type { ConformanceHarness, RunningSystem } from './harness.ts';
import { never } from './outcome.ts';
import { stateProblems } from './own-fields.ts';

/** Lists say the same as reading each object does, and nothing twice. */
export function describeListing(harness: ConformanceHarness, running: () => RunningSystem): void {
  describe.each([...(harness.listed ?? [])])('listing %s', (entity) => {
    const streamOf = () => {
      const found = running().streams.find((candidate) => candidate.entity === entity);
      if (found === undefined) throw new Error(`the harness offers no way to create ${entity}`);
      return found;
    };

    it('gives every object once, in the state that reading it gives', async () => {
      const { create, change } = streamOf();
      const ids = [await create(), await create(), await create()];
      await change(ids[1] as string);
      await running().settle();
      const snapshots = await listed(running(), entity);
      const found = snapshots.map(({ id }) => id);
      expect(new Set(found).size).toBe(found.length);
      expect(found).toEqual(expect.arrayContaining(ids));
      const read = await running().connector.read(entity, found, never);
      const byId = (list: readonly Snapshot[]) => new Map(list.map((snapshot) => [snapshot.id, snapshot]));
      expect(byId(snapshots)).toEqual(byId(read));
      for (const { state } of snapshots)
        expect(stateProblems(entity, running().extensions, state)).toEqual([]);
    });

    it('leaves out what was deleted', async (context) => {
      const { create, remove } = streamOf();
      if (remove === undefined) return context.skip();
      const ids = [await create(), await create()];
      await remove(ids[0] as string);
      await running().settle();
      const found = (await listed(running(), entity)).map(({ id }) => id);
      expect(found).toContain(ids[1]);
      expect(found).not.toContain(ids[0]);
    });

    it('ends when it is told to', async () => {
      const pages = running().connector.list?.(entity, {}, AbortSignal.abort());
      await expect(pages?.[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(SystemError);
    });
  });
}

async function listed({ connector }: RunningSystem, entity: EntityName): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const page of connector.list?.(entity, {}, never) ?? []) snapshots.push(...page);
  return snapshots;
}
