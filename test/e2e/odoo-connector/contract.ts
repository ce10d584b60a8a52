import { expect, test } from 'vitest';
import { makeDraftInvoice } from '../../../bridge/systems/odoo/facade.ts';
import { accept, book, offer } from './agreement.ts';
import { postInvoice } from './firm.ts';
import { signal, type Workbench } from './workbench.ts';

/** Quotations, orders and what was agreed in them. */
export function testContract(bench: Workbench): void {
  const hours = { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 120.1 } as const;

  test('reads a quotation from its draft to its end', async () => {
    const { admin } = bench.firm;
    const { order, opportunity } = await offer(bench, `Quote ${bench.transport}`, [hours]);
    const drafted = await bench.stateOf('quote', order);
    expect(drafted).toMatchObject({
      number: expect.stringMatching(/^S\d+$/),
      name: `Quote ${bench.transport}`,
      customer: String(bench.firm.customer),
      opportunity: String(opportunity),
      legal_entity: bench.firm.company,
      billing_method: 'time_and_materials',
      status: 'draft',
      untaxed: '1201.00',
      tax: '0.00',
      total: '1201.00',
      currency: 'USD',
      accepted_on: null,
    });
    expect(await bench.odoo.find('quote', 'number', [String(drafted?.number)], signal)).toEqual([
      [String(order)],
    ]);
    expect(await bench.stateOf('contract', order)).toBeNull();
    await admin.call('sale.order', 'action_quotation_sent', [[order]]);
    await admin.write('sale.order', [order], { validity_date: '2026-06-15' });
    expect(await bench.stateOf('quote', order)).toMatchObject({ status: 'sent', valid_until: '2026-06-15' });
    await admin.write('sale.order', [order], { validity_date: '2026-06-14' });
    expect(await bench.stateOf('quote', order)).toMatchObject({ status: 'expired' });
    await admin.call('sale.order', 'action_cancel', [[order]]);
    expect(await bench.stateOf('quote', order)).toMatchObject({ status: 'cancelled' });
    expect(await bench.stateOf('contract', order)).toBeNull();
  });

  test('an order that was confirmed is a contract, also when it is cancelled then', async () => {
    const { admin } = bench.firm;
    const agreement = await offer(bench, `Contract ${bench.transport}`, [hours]);
    const { project } = await accept(bench, agreement);
    await admin.write('sale.order', [agreement.order], { client_order_ref: 'PO 4711' });
    expect(await bench.stateOf('quote', agreement.order)).toMatchObject({
      status: 'accepted',
      accepted_on: expect.any(String),
    });
    const contract = await bench.stateOf('contract', agreement.order);
    expect(contract).toMatchObject({
      customer: String(bench.firm.customer),
      opportunity: String(agreement.opportunity),
      quote: String(agreement.order),
      status: 'active',
      billing_method: 'time_and_materials',
      amount: '1201.00',
      hours: '10',
      hours_delivered: '0',
      delivered: '0.00',
      to_bill: false,
      billed: '0.00',
      purchase_order: 'PO 4711',
      signed_on: expect.any(String),
    });
    expect(await bench.stateOf('project', project)).toMatchObject({
      code: contract?.number,
      contract: String(agreement.order),
      billing_method: 'time_and_materials',
      budget: '1201.00',
      budget_hours: '10',
      status: 'active',
    });
    await admin.call('sale.order', 'action_cancel', [[agreement.order]]);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      status: 'cancelled',
      to_bill: false,
    });
  });

  test('time and materials: what is booked is to be billed until a draft has it', async () => {
    const agreement = await offer(bench, `Time ${bench.transport}`, [hours]);
    const place = await accept(bench, agreement);
    const entry = await book(bench, place, 7.35);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      hours_delivered: '7.35',
      // 882.735, as Odoo rounds it on the invoice.
      delivered: '882.74',
      to_bill: true,
      billed: '0.00',
    });
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({
      rate: '120.10',
      currency: 'USD',
      billable: true,
      invoice: null,
    });
    const { invoiceIds } = await makeDraftInvoice(bench.odoo.client, [agreement.order], undefined, signal);
    const invoice = Number(invoiceIds[0]);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      to_bill: false,
      billed: '0.00',
    });
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ invoice: String(invoice) });
    await postInvoice(bench.firm, invoice, '2026-02-28', '2026-03-30');
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({ billed: '882.74' });
  });

  test('a retainer is bought hours, and what was used of them', async () => {
    const agreement = await offer(bench, `Retainer ${bench.transport}`, [
      { policy: 'ordered_prepaid', unit: 'day', quantity: 5, price: 800, discount: 10 },
    ]);
    const place = await accept(bench, agreement);
    const entry = await book(bench, place, 12);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      billing_method: 'retainer',
      amount: '3600.00',
      hours: '40',
      hours_delivered: '12',
      delivered: '1080.00',
      to_bill: true,
    });
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ rate: '90.00', invoice: null });
  });

  test('a fixed fee has no hours, and is due as Odoo says', async () => {
    const ordered = await offer(bench, `Fee ${bench.transport}`, [
      { policy: 'ordered_prepaid', unit: 'unit', quantity: 1, price: 5000 },
    ]);
    const place = await accept(bench, ordered);
    const entry = await book(bench, place, 3);
    expect(await bench.stateOf('contract', ordered.order)).toMatchObject({
      billing_method: 'fixed_fee',
      hours: null,
      hours_delivered: '3',
      delivered: null,
      to_bill: true,
    });
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ rate: null, currency: 'USD' });

    const delivered = await offer(bench, `Manual ${bench.transport}`, [
      { policy: 'delivered_manual', unit: 'unit', quantity: 4, price: 500 },
    ]);
    await accept(bench, delivered);
    expect(await bench.stateOf('contract', delivered.order)).toMatchObject({
      billing_method: 'fixed_fee',
      delivered: '0.00',
      to_bill: false,
    });
    await bench.firm.admin.write('sale.order.line', [Number(delivered.lines[0])], { qty_delivered: 3 });
    expect(await bench.stateOf('contract', delivered.order)).toMatchObject({
      delivered: '1500.00',
      to_bill: true,
    });
  });

  test('of several ways to bill the one with the largest value counts', async () => {
    const agreement = await offer(bench, `Mixed ${bench.transport}`, [
      hours,
      { policy: 'delivered_milestones', unit: 'unit', quantity: 1, price: 1300 },
    ]);
    expect(await bench.stateOf('quote', agreement.order)).toMatchObject({ billing_method: 'milestone' });
    await accept(bench, agreement);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      billing_method: 'milestone',
      amount: '2501.00',
      hours: '10',
    });
    await bench.firm.admin.write('sale.order.line', [Number(agreement.lines[0])], { product_uom_qty: 11 });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      billing_method: 'time_and_materials',
      amount: '2621.10',
      hours: '11',
    });
  });

  test('a project is paused and closed', async () => {
    const { admin } = bench.firm;
    const { project } = await accept(bench, await offer(bench, `Pause ${bench.transport}`, [hours]));
    await admin.write('project.project', [project], { last_update_status: 'on_hold' });
    expect(await bench.stateOf('project', project)).toMatchObject({ status: 'paused' });
    await admin.write('project.project', [project], { last_update_status: 'on_track' });
    expect(await bench.stateOf('project', project)).toMatchObject({ status: 'active' });
    await admin.write('project.project', [project], { active: false });
    expect(await bench.stateOf('project', project)).toMatchObject({ status: 'closed' });
    const internal = await admin.create('project.project', { name: `Internal ${bench.transport}` });
    expect(await bench.stateOf('project', internal)).toMatchObject({
      contract: null,
      billing_method: 'none',
      budget: null,
    });
  });
}
