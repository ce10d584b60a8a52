import { expect, test } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import type { Extent, Snapshot } from '../../../bridge/systems/system.ts';
import { accept, book, offer } from './agreement.ts';
import { signal, type Workbench } from './workbench.ts';

/** Everything that there is, page by page. */
export function testListing(bench: Workbench): void {
  async function listed(entity: EntityName, extent: Extent = {}) {
    const pages: (readonly Snapshot[])[] = [];
    for await (const page of bench.odoo.list?.(entity, extent, signal) ?? []) pages.push(page);
    return pages;
  }

  test('lists all objects of every entity once, as reading them says', async () => {
    const place = await accept(
      bench,
      await offer(bench, `List ${bench.transport}`, [
        { policy: 'delivered_timesheet', unit: 'hour', quantity: 1, price: 100 },
      ]),
    );
    await book(bench, place, 1);
    for (const entity of Object.keys(bench.odoo.entities) as EntityName[]) {
      const snapshots = (await listed(entity)).flat();
      const ids = snapshots.map(({ id }) => Number(id));
      expect(ids, entity).toEqual(ids.toSorted((left, right) => left - right));
      expect(new Set(ids).size, entity).toBe(ids.length);
      const some = snapshots.slice(-50);
      const read = await bench.odoo.read(
        entity,
        some.map(({ id }) => id),
        signal,
      );
      expect(some, entity).toEqual(read.map(({ id, state }) => ({ entity, id, state })));
    }
  });

  test('lists more than a page, archived ones too, and only the days that are asked for', async () => {
    const { admin, proxy } = bench.firm;
    const before = (await listed('customer')).flat().length;
    const values = Array.from({ length: 501 }, (_, index) => ({
      name: `Listed ${bench.transport} ${index}`,
      is_company: true,
      active: index > 0,
    }));
    await admin.call('res.partner', 'create', [values]);
    proxy.forget();
    const pages = await listed('customer');
    expect(pages.flat()).toHaveLength(before + 501);
    expect(pages.slice(0, -1).map((page) => page.length)).toEqual(
      Array.from({ length: pages.length - 1 }, () => 500),
    );
    expect(proxy.requests.length).toBeLessThanOrEqual(3 * pages.length + 1);

    const place = await accept(
      bench,
      await offer(bench, `Days ${bench.transport}`, [
        { policy: 'delivered_timesheet', unit: 'hour', quantity: 1, price: 100 },
      ]),
    );
    const entries = await Promise.all(
      ['2025-11-30', '2025-12-01', '2025-12-31', '2026-01-01'].map((day) => book(bench, place, 1, day)),
    );
    const december = (await listed('timesheet', { from: '2025-12-01', to: '2025-12-31' })).flat();
    const found = december.map(({ id }) => Number(id)).filter((id) => entries.includes(id));
    expect(found).toEqual([entries[1], entries[2]].toSorted((left, right) => Number(left) - Number(right)));
    for (const { state } of december) expect(state?.day).toMatch(/^2025-12-/);
  });

  test('stops listing when it is told to', async () => {
    const pages = bench.odoo.list?.('customer', {}, AbortSignal.abort());
    await expect(pages?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'SystemError' });
  });
}
