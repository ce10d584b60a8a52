import { expect, test } from 'vitest';
import { makeDraftInvoice } from '../../../bridge/systems/odoo/facade.ts';
import { accept, book, offer } from './agreement.ts';
import { pay, postInvoice } from './firm.ts';
import { signal, type Workbench } from './workbench.ts';

/** Milestones, rates and who works on what; invoices, credit notes and payments. */
export function testDelivery(bench: Workbench): void {
  const hours = { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 100 } as const;

  async function invoiceOf(order: number): Promise<number> {
    const { invoiceIds } = await makeDraftInvoice(bench.odoo.client, [order], undefined, signal);
    return Number(invoiceIds[0]);
  }

  test('a milestone that is reached is to be billed, and knows its invoice then', async () => {
    const { admin } = bench.firm;
    const agreement = await offer(bench, `Milestones ${bench.transport}`, [
      { policy: 'delivered_milestones', unit: 'unit', quantity: 2, price: 5000 },
    ]);
    const { project, task } = await accept(bench, agreement);
    const [first, second] = await Promise.all(
      [0.4, 0.6].map((part, index) =>
        admin.create('project.milestone', {
          name: `Part ${index + 1}`,
          project_id: project,
          deadline: `2026-0${index + 4}-30`,
          sale_line_id: agreement.lines[0],
          quantity_percentage: part,
        }),
      ),
    );
    if (first === undefined || second === undefined) throw new Error('Odoo made no milestones');
    await admin.write('project.task', [task], { milestone_id: first });
    expect(await bench.stateOf('task', task)).toMatchObject({ milestone: String(first) });
    expect(await bench.stateOf('milestone', first)).toEqual({
      name: 'Part 1',
      project: String(project),
      status: 'open',
      due_on: '2026-04-30',
      completed_on: null,
      billable: true,
      amount: '4000.00',
      currency: 'USD',
      invoice: null,
    });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      billing_method: 'milestone',
      to_bill: false,
    });
    await admin.write('project.milestone', [first], { is_reached: true });
    expect(await bench.stateOf('milestone', first)).toMatchObject({
      status: 'completed',
      completed_on: expect.any(String),
      invoice: null,
    });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      delivered: '4000.00',
      to_bill: true,
    });
    const invoice = await invoiceOf(agreement.order);
    expect(await bench.stateOf('milestone', first)).toMatchObject({ invoice: null });
    await postInvoice(bench.firm, invoice, '2026-05-01', '2026-06-30');
    expect(await bench.stateOf('milestone', first)).toMatchObject({ invoice: String(invoice) });
    const [snapshot] = await bench.odoo.read('invoice', [String(invoice)], signal);
    expect(snapshot?.touches).toEqual(
      expect.arrayContaining([
        { entity: 'contract', id: String(agreement.order) },
        { entity: 'milestone', id: String(first) },
      ]),
    );
    await admin.write('project.milestone', [second], { is_reached: true });
    expect(await bench.stateOf('milestone', second)).toMatchObject({ status: 'completed', invoice: null });
    expect(await bench.stateOf('milestone', first)).toMatchObject({ invoice: String(invoice) });
    const plain = await admin.create('project.milestone', {
      name: 'Plain',
      project_id: project,
      sale_line_id: false,
    });
    expect(await bench.stateOf('milestone', plain)).toMatchObject({ billable: false, amount: null });
  });

  test('the price of a person on a contract is a rate, and who has one is booked', async () => {
    const { admin, employee } = bench.firm;
    const agreement = await offer(bench, `Rates ${bench.transport}`, [
      hours,
      { policy: 'delivered_timesheet', unit: 'day', quantity: 5, price: 1200, discount: 10 },
    ]);
    const place = await accept(bench, agreement);
    const map = await admin.create('project.sale.line.employee.map', {
      project_id: place.project,
      employee_id: employee,
      sale_line_id: agreement.lines[1],
    });
    expect(await bench.stateOf('rate', map)).toEqual({
      contract: String(agreement.order),
      legal_entity: bench.firm.company,
      worker: String(employee),
      price: '135.00',
      currency: 'USD',
      per: 'hour',
    });
    expect(await bench.stateOf('assignment', map)).toEqual({
      worker: String(employee),
      project: String(place.project),
      task: null,
      status: 'confirmed',
      billable: true,
    });
    const entry = await book(bench, place, 4);
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ rate: '135.00' });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      hours: '50',
      hours_delivered: '4',
      delivered: '540.00',
    });
    await admin.call('project.sale.line.employee.map', 'unlink', [[map]]);
    expect(await bench.stateOf('rate', map)).toBeNull();
    expect(await bench.stateOf('assignment', map)).toBeNull();
  });

  test('an invoice is paid in part, contested, and taken back; its time is free again', async () => {
    const { admin } = bench.firm;
    const agreement = await offer(bench, `Credit ${bench.transport}`, [hours]);
    const entry = await book(bench, await accept(bench, agreement), 5);
    const invoice = await invoiceOf(agreement.order);
    await postInvoice(bench.firm, invoice, '2026-03-31', '2026-07-31');
    expect(await bench.stateOf('invoice', invoice)).toMatchObject({
      payment: 'not_paid',
      disputed: false,
      contract: String(agreement.order),
      reverses: null,
      untaxed: '500.00',
      tax: '0.00',
      total: '500.00',
      payment_terms: null,
    });

    await pay(bench.firm, invoice, 120.5);
    expect(await bench.stateOf('invoice', invoice)).toMatchObject({ payment: 'partial', open: '379.50' });
    const [payment] = await admin.searchRead('account.payment', [['invoice_ids', 'in', [invoice]]], ['name']);
    expect(await bench.stateOf('payment', Number(payment?.id))).toMatchObject({
      number: payment?.name,
      kind: 'payment',
      status: expect.stringMatching(/^(in_process|received)$/),
      customer: String(bench.firm.customer),
      invoices: [String(invoice)],
      legal_entity: bench.firm.company,
      amount: '120.50',
      currency: 'USD',
      method: expect.any(String),
      received_on: expect.any(String),
    });

    await admin.call('account.move', 'action_toggle_block_payment', [[invoice]]);
    expect(await bench.stateOf('invoice', invoice)).toMatchObject({ payment: 'blocked', disputed: true });
    await admin.call('account.move', 'action_toggle_block_payment', [[invoice]]);

    const context = { active_model: 'account.move', active_ids: [invoice] };
    const [journal] = await admin.searchRead('account.journal', [['type', '=', 'sale']], ['id']);
    const reversal = await admin.create(
      'account.move.reversal',
      { move_ids: [[6, 0, [invoice]]], journal_id: journal?.id, reason: 'Wrong' },
      context,
    );
    await admin.call('account.move.reversal', 'refund_moves', [[reversal]], { context });
    const [note] = await admin.searchRead('account.move', [['reversed_entry_id', '=', invoice]], ['name']);
    await admin.call('account.move', 'action_post', [[Number(note?.id)]]);
    expect(await bench.stateOf('invoice', Number(note?.id))).toMatchObject({
      kind: 'credit_note',
      status: 'posted',
      reverses: String(invoice),
      contract: String(agreement.order),
      untaxed: '500.00',
    });
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ invoice: null });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({ billed: '0.00', to_bill: true });
  });

  test('time on a draft that is cancelled is free again, and the draft says so', async () => {
    const agreement = await offer(bench, `Cancelled ${bench.transport}`, [hours]);
    const entry = await book(bench, await accept(bench, agreement), 2);
    const invoice = await invoiceOf(agreement.order);
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ invoice: String(invoice) });
    await bench.firm.admin.call('account.move', 'button_cancel', [[invoice]]);
    expect(await bench.stateOf('timesheet', entry)).toMatchObject({ invoice: null });
    const [snapshot] = await bench.odoo.read('invoice', [String(invoice)], signal);
    expect(snapshot?.state?.status).toBe('cancelled');
    expect(snapshot?.touches).toContainEqual({ entity: 'timesheet', id: String(entry) });
  });

  test('an opportunity names the projects that it became', async () => {
    const { admin } = bench.firm;
    const agreement = await offer(bench, `Became ${bench.transport}`, [hours]);
    expect(await bench.stateOf('opportunity', agreement.opportunity)).toMatchObject({ project: null });
    const { project } = await accept(bench, agreement);
    const [snapshot] = await bench.odoo.read('project', [String(project)], signal);
    expect(snapshot?.touches).toEqual([{ entity: 'opportunity', id: String(agreement.opportunity) }]);
    const { name } = snapshot?.state ?? {};
    expect(await bench.stateOf('opportunity', agreement.opportunity)).toMatchObject({ project: name });
    await admin.write('project.project', [project], { name: `Renamed ${bench.transport}` });
    expect(await bench.stateOf('opportunity', agreement.opportunity)).toMatchObject({
      project: `Renamed ${bench.transport}`,
    });
    const [quote] = await bench.odoo.read('quote', [String(agreement.order)], signal);
    expect(quote?.touches).toEqual([{ entity: 'project', id: String(project) }]);
  });

  test('a worker has a first and a last day, a schedule, a role and somebody to report to', async () => {
    const { admin } = bench.firm;
    const manager = await admin.create('hr.employee', { name: `Boss ${bench.transport}` });
    const worker = await admin.create('hr.employee', {
      name: `Worker ${bench.transport}`,
      work_email: `worker@${bench.transport}.example`,
      job_title: 'Senior consultant',
      parent_id: manager,
      contract_date_start: '2026-01-01',
    });
    expect(await bench.stateOf('worker', worker)).toMatchObject({
      resource_role: 'Senior consultant',
      manager: String(manager),
      weekly_hours: '40',
      starts_on: '2026-01-01',
      ends_on: null,
      active: true,
    });
    await admin.write('hr.employee', [worker], { contract_date_end: '2026-12-31' });
    expect(await bench.stateOf('worker', worker)).toMatchObject({ ends_on: '2026-12-31' });
    expect(await bench.stateOf('worker', manager)).toMatchObject({ manager: null });
  });
}
