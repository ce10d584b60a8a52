import { expect, test } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import type { Extent } from '../../../bridge/systems/system.ts';
import { type Call, connectTo, signal } from './rows.ts';

const model = 'project.task';

/** An Odoo with tasks of these ids. */
async function listed(ids: readonly number[], entity: EntityName = 'task', extent: Extent = {}) {
  const { connector, calls } = await connectTo({
    [`${model}/search`]: ({ body }: Call) => {
      const [[, , after]] = body.domain as [[string, string, number]];
      return ids.filter((id) => id > after).slice(0, body.limit as number);
    },
    [`${model}/search_read`]: ({ body }: Call) => {
      const [[, , wanted]] = body.domain as [[string, string, number[]]];
      // One goes between the search and the read.
      return wanted.filter((id) => id !== 13).map((id) => ({ id, name: `Task ${id}`, project_id: [1, 'P'] }));
    },
  });
  const pages: string[][] = [];
  for await (const page of connector.list?.(entity, extent, signal) ?? [])
    pages.push(page.map(({ id }) => id));
  return { pages, calls };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test.each([
  [0, []],
  [1, [1]],
  [500, [499]],
  [501, [499, 1]],
  [1000, [499, 500]],
])('%i records, one of them just deleted', async (count, sizes) => {
  const { pages } = await listed(upTo(count));
  expect(pages.map((page) => page.length)).toEqual(sizes);
  expect(new Set(pages.flat()).size).toBe(pages.flat().length);
});

test('looks behind the last id of the page before, archived records too', async () => {
  const { calls } = await listed(upTo(501));
  const searches = calls.filter(({ method }) => method === 'search').map(({ body }) => body);
  expect(searches).toMatchObject([
    {
      domain: [
        ['id', '>', 0],
        ['project_id', '!=', false],
      ],
      order: 'id',
      limit: 500,
    },
    {
      domain: [
        ['id', '>', 500],
        ['project_id', '!=', false],
      ],
    },
  ]);
  for (const { context } of searches) expect(context).toMatchObject({ active_test: false });
});

test('limits to days what has one, and leaves alone what has none', async () => {
  const { connector, calls } = await connectTo({});
  const extent = { from: '2026-01-01', to: '2026-01-31' };
  for (const entity of ['timesheet', 'expense', 'invoice', 'customer'] as const)
    for await (const _ of connector.list?.(entity, extent, signal) ?? []);
  const domains = Object.fromEntries(calls.map(({ model, body }) => [model, JSON.stringify(body.domain)]));
  const days = (field: string) =>
    JSON.stringify([
      '|',
      [field, '=', false],
      [field, '>=', extent.from],
      '|',
      [field, '=', false],
      [field, '<=', extent.to],
    ]).slice(1);
  expect(domains['account.analytic.line']?.endsWith(days('date'))).toBe(true);
  expect(domains['hr.expense']?.endsWith(days('date'))).toBe(true);
  expect(domains['account.move']?.endsWith(days('invoice_date'))).toBe(true);
  expect(domains['res.partner']).not.toContain('2026-01');
});

test('an answer that is no list of ids is refused', async () => {
  const { connector } = await connectTo({ 'project.task/search': { length: 1 } });
  const pages = connector.list?.('task', {}, signal);
  await expect(pages?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'invalid' });
});
