import { expect, test, vi } from 'vitest';
import type { Hint } from '../../../bridge/systems/system.ts';
import { signal, type Workbench } from './workbench.ts';

async function hintsFrom({ odoo }: Workbench, cursor: string | undefined) {
  const hints: Hint[] = [];
  let last = cursor;
  let pages = 0;
  for await (const page of odoo.poll('outbox', cursor, signal)) {
    hints.push(...(page.hints ?? []));
    last = page.cursor;
    pages += 1;
  }
  return { hints, cursor: last, pages };
}

const changesOf = (hints: readonly Hint[], type: string): ReadonlyMap<string, Hint> =>
  new Map(hints.filter((hint) => hint.type === type).map((hint) => [hint.objectId, hint]));

/** What changed in Odoo is read page by page. */
export function testOutbox(bench: Workbench): void {
  test('reads the outbox page by page, and knows its own changes', async () => {
    const { cursor } = await hintsFrom(bench, undefined);
    const values = Array.from({ length: 501 }, (_, index) => ({ name: `Page ${bench.transport} ${index}` }));
    const partners = (await bench.firm.admin.call('res.partner', 'create', [values])) as number[];
    const sale = await bench.sell('Outbox');
    const [written] = await bench.odoo.write('timesheet', [bench.timesheet('outbox', sale)], signal);
    if (!written?.ok) throw new Error(written?.message);
    // Any transaction that is still open in the database server holds back the rows of later ones.
    const { hints, pages } = await vi.waitFor(
      async () => {
        const seen = await hintsFrom(bench, cursor);
        expect(changesOf(seen.hints, 'account.analytic.line').get(written.id)).toMatchObject({
          operation: 'create',
          echo: true,
        });
        return seen;
      },
      { timeout: 100_000, interval: 250 },
    );
    expect(pages).toBeGreaterThan(1);
    expect(new Set(hints.map((hint) => hint.id)).size).toBe(hints.length);
    const created = changesOf(hints, 'res.partner');
    expect(partners.filter((id) => created.get(String(id))?.operation !== 'create')).toEqual([]);
    expect(changesOf(hints, 'crm.lead').get(String(sale.opportunity))).toMatchObject({ echo: false });
    const page = await bench.odoo.poll('outbox', cursor, signal)[Symbol.asyncIterator]().next();
    expect(page.value.hints).toEqual(hints.slice(0, 500));
    expect((await hintsFrom(bench, page.value.cursor)).hints).toEqual(hints.slice(500));
  });
}
