import { expect, test, vi } from 'vitest';
import { makeDraftInvoice } from '../../../bridge/systems/odoo/facade.ts';
import type { Hint } from '../../../bridge/systems/system.ts';
import { accept, book, offer } from './agreement.ts';
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

  test('what happens to an order says how far it has to be read', async () => {
    const { admin } = bench.firm;
    const { cursor } = await hintsFrom(bench, undefined);
    const agreement = await offer(bench, `Hints ${bench.transport}`, [
      { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 100 },
      { policy: 'delivered_milestones', unit: 'unit', quantity: 1, price: 1000 },
    ]);
    const place = await accept(bench, agreement);
    const [confirmed, afterConfirmation] = await entitiesTold(cursor, agreement.order);
    expect(confirmed).toEqual(['contract', 'quote']);
    await book(bench, place, 2);
    const [booked, afterBooking] = await entitiesTold(afterConfirmation, agreement.order);
    expect(booked).toEqual(['contract']);
    const milestone = await admin.create('project.milestone', {
      name: 'Done',
      project_id: place.project,
      sale_line_id: agreement.lines[1],
      quantity_percentage: 1,
    });
    await admin.write('project.milestone', [milestone], { is_reached: true });
    const [reached, afterMilestone] = await entitiesTold(afterBooking, agreement.order);
    expect(reached).toEqual(['contract']);
    await admin.write('sale.order.line', [Number(agreement.lines[0])], { product_uom_qty: 12 });
    const [amended, afterAmendment] = await entitiesTold(afterMilestone, agreement.order);
    expect(amended).toEqual(['contract', 'quote']);
    const { invoiceIds } = await makeDraftInvoice(bench.odoo.client, [agreement.order], undefined, signal);
    const [billed] = await entitiesTold(afterAmendment, agreement.order);
    expect(billed).toEqual(['contract']);
    expect(invoiceIds).toHaveLength(1);
  });

  /** Entities that hints on this order lead to; waits until there is one. */
  async function entitiesTold(cursor: string | undefined, order: number) {
    return vi.waitFor(
      async () => {
        const seen = await hintsFrom(bench, cursor);
        const told = seen.hints.filter(
          ({ type, objectId }) => type.startsWith('sale.order') && objectId === String(order),
        );
        expect(told).not.toEqual([]);
        const entities = new Set(told.flatMap(({ type }) => bench.odoo.entitiesOf(type)));
        return [[...entities].sort(), seen.cursor] as const;
      },
      { timeout: 100_000, interval: 250 },
    );
  }
}
