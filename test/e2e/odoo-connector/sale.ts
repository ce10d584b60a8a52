import { expect, test } from 'vitest';
import { makeDraftInvoice } from '../../../bridge/systems/odoo/facade.ts';
import { pay, postInvoice } from './firm.ts';
import { signal, type Workbench } from './workbench.ts';

/** From the opportunity over time to the paid invoice. */
export function testSale(bench: Workbench): void {
  /** Invoices that the poll tells of, when it was made on this day before. */
  async function becameOverdue(lastPoll: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of bench.odoo.poll('due', lastPoll, signal)) {
      expect(page.cursor).toBe('2026-06-15');
      ids.push(...(page.hints ?? []).map((hint) => hint.objectId));
    }
    return ids;
  }

  test('brings a sale from the opportunity to the paid invoice', async () => {
    const sale = await bench.sell('Rollout');
    expect(await bench.stateOf('opportunity', sale.opportunity)).toMatchObject({
      name: `Rollout ${bench.transport}`,
      customer: String(bench.firm.customer),
      amount: '12500.50',
      currency: 'USD',
      status: 'open',
      close_on: '2026-03-31',
      billing_status: 'none',
      billing_invoiced: '0.00',
    });
    const project = await bench.stateOf('project', sale.project);
    expect(project).toMatchObject({
      customer: String(bench.firm.customer),
      status: 'active',
      billable: true,
    });
    expect(await bench.odoo.find('project', 'code', [String(project?.code)], signal)).toEqual([
      [String(sale.project)],
    ]);
    expect(await bench.stateOf('task', sale.task)).toMatchObject({
      project: String(sale.project),
      billable: true,
    });

    const [written] = await bench.odoo.write('timesheet', [bench.timesheet('rollout', sale)], signal);
    expect(written).toMatchObject({ ok: true, result: 'created' });
    const { invoiceIds } = await makeDraftInvoice(bench.odoo.client, [sale.order], '2026-01-31', signal);
    const invoice = Number(invoiceIds[0]);
    expect(await bench.stateOf('invoice', invoice)).toMatchObject({
      number: null,
      status: 'draft',
      total: '882.74',
    });
    expect((await bench.stateOf('opportunity', sale.opportunity))?.billing_status).toBe('none');

    // Later than every other invoice of the customer.
    await postInvoice(bench.firm, invoice, '2026-06-01', '2026-06-14');
    const [snapshot] = await bench.odoo.read('invoice', [String(invoice)], signal);
    expect(snapshot?.state).toMatchObject({
      kind: 'invoice',
      status: 'posted',
      payment: 'not_paid',
      customer: String(bench.firm.customer),
      opportunities: [String(sale.opportunity)],
      legal_entity: bench.firm.company,
      total: '882.74',
      open: '882.74',
      currency: 'USD',
      issued_on: '2026-06-01',
      due_on: '2026-06-14',
    });
    expect(snapshot?.touches).toEqual([
      { entity: 'opportunity', id: String(sale.opportunity) },
      { entity: 'customer', id: String(bench.firm.customer) },
      { entity: 'contract', id: String(sale.order) },
    ]);
    const number = String(snapshot?.state?.number);
    expect(await bench.odoo.find('invoice', 'number', [number], signal)).toEqual([[String(invoice)]]);
    const billed = {
      billing_currency: 'USD',
      billing_invoiced: '882.74',
      billing_open: '882.74',
      billing_invoice_number: number,
      billing_invoice_total: '882.74',
      billing_invoice_due_on: '2026-06-14',
    };
    expect(await bench.stateOf('opportunity', sale.opportunity)).toMatchObject({
      ...billed,
      billing_status: 'overdue',
      billing_invoice_status: 'overdue',
    });
    expect(await becameOverdue('2026-06-14')).toContain(String(invoice));
    expect(await becameOverdue('2026-06-15')).toEqual([]);
    const dayBefore = bench.connect({ now: () => Date.parse('2026-06-14T23:59:59Z') });
    const [notYet] = await dayBefore.read('opportunity', [String(sale.opportunity)], signal);
    expect(notYet?.state).toMatchObject({
      ...billed,
      billing_status: 'open',
      billing_invoice_status: 'not_paid',
    });
    await dayBefore.close();

    await pay(bench.firm, invoice, 82.74);
    expect(await bench.stateOf('opportunity', sale.opportunity)).toMatchObject({
      billing_status: 'overdue',
      billing_open: '800.00',
    });
    await pay(bench.firm, invoice, 800);
    expect(await bench.stateOf('opportunity', sale.opportunity)).toMatchObject({
      billing_status: 'paid',
      billing_open: '0.00',
      billing_invoice_status: 'paid',
    });
    expect(await bench.stateOf('customer', bench.firm.customer)).toMatchObject({
      billing_invoice_number: number,
    });

    const late = bench.timesheet('rollout', sale, { hours: '8' });
    expect(await bench.odoo.write('timesheet', [late], signal)).toMatchObject([
      { ok: false, error: 'conflict', message: expect.stringContaining(number) },
    ]);
    const removal = { reference: late.reference, id: '1' };
    expect(await bench.odoo.remove('timesheet', [removal], signal)).toMatchObject([
      { ok: false, error: 'conflict' },
    ]);
  });

  test('puts time on the right order line, exactly, and takes it away again', async () => {
    const sale = await bench.sell('Time');
    const change = bench.timesheet('time', sale);
    const [created] = await bench.odoo.write('timesheet', [change], signal);
    if (!created?.ok) throw new Error(created?.message);
    const [line] = await bench.firm.admin.searchRead(
      'sale.order.line',
      [['order_id', '=', sale.order]],
      ['id'],
    );
    const [row] = await bench.firm.admin.searchRead(
      'account.analytic.line',
      [['id', '=', Number(created.id)]],
      ['so_line', 'unit_amount'],
    );
    expect(row?.so_line).toEqual([line?.id, expect.any(String)]);
    const notes = String(change.fields.notes);
    expect(await bench.stateOf('timesheet', Number(created.id))).toEqual({
      ...change.fields,
      // XML-RPC's library cannot write this end of a section, see xml-value.ts.
      notes: bench.transport === 'xmlrpc' ? notes.replace(']]>', ']] >') : notes,
      billable: true,
      rate: '120.10',
      currency: 'USD',
      invoice: null,
      legal_entity: bench.firm.company,
    });
    expect(await bench.odoo.write('timesheet', [{ ...change, id: created.id }], signal)).toEqual([
      { ok: true, id: created.id, result: 'unchanged' },
    ]);
    const longer = { ...change, fields: { hours: '0.1' } };
    expect(await bench.odoo.write('timesheet', [longer], signal)).toEqual([
      { ok: true, id: created.id, result: 'updated' },
    ]);
    expect((await bench.stateOf('timesheet', Number(created.id)))?.hours).toBe('0.1');
    const removal = { reference: change.reference, id: created.id };
    expect(await bench.odoo.remove('timesheet', [removal], signal)).toEqual([
      { ok: true, id: created.id, result: 'updated' },
    ]);
    expect(await bench.odoo.remove('timesheet', [removal], signal)).toEqual([
      { ok: true, id: created.id, result: 'unchanged' },
    ]);
    expect(await bench.stateOf('timesheet', Number(created.id))).toBeNull();
  });

  test('one bad item harms no other', async () => {
    const sale = await bench.sell('Batch');
    const results = await bench.odoo.write(
      'timesheet',
      [
        bench.timesheet('batch-1', sale),
        bench.timesheet('batch-2', sale, { project: '999999' }),
        bench.timesheet('batch-3', sale, { worker: 'carla' }),
        { ...bench.timesheet('batch-4', sale), id: '999999' },
        bench.timesheet('batch-5', sale),
      ],
      signal,
    );
    expect(results).toMatchObject([
      { ok: true, result: 'created' },
      { ok: false, error: 'missing', message: expect.stringContaining('999999') },
      { ok: false, error: 'invalid', message: expect.stringContaining('"carla"') },
      { ok: false, error: 'missing', message: expect.stringContaining('999999') },
      { ok: true, result: 'created' },
    ]);
  });
}
