import { expect, it } from 'vitest';
import { never } from '../../conformance/outcome.ts';
import { startHarvest } from './start.ts';

const entries = 20_000;

it('writes a cursor that grows with what is known, and once a run', async () => {
  const harvest = await startHarvest({ listPage: 2000 });
  const { sandbox, connector } = harvest;
  const seeded = sandbox.seedTime({
    entries,
    from: '2026-02-01',
    to: '2026-02-28',
    people: 20,
    projects: 10,
    approval: 'submitted',
  });
  const run = async (cursor: string | undefined) => {
    const cursors: (string | undefined)[] = [];
    const ids = new Set<string>();
    for await (const page of connector.poll('time', cursor, never)) {
      cursors.push(page.cursor);
      expect(page.snapshots?.length ?? 0).toBeLessThanOrEqual(500);
      for (const { id } of page.snapshots ?? []) ids.add(id);
    }
    return { cursors, ids };
  };
  const first = await run(undefined);
  expect(first.ids.size).toBe(entries);
  expect(first.cursors).toHaveLength(41);
  expect(first.cursors.filter((cursor) => cursor !== undefined)).toHaveLength(1);
  expect(first.cursors.at(-1)?.length).toBeLessThan(entries * 10);

  sandbox.approvals.approve(seeded.map(({ id }) => id));
  const second = await run(first.cursors.at(-1));
  expect(second.ids).toEqual(first.ids);
  expect(second.cursors.filter((cursor) => cursor !== undefined)).toHaveLength(1);
  expect((await run(second.cursors.at(-1))).ids.size).toBe(0);
  await harvest.close();
});
