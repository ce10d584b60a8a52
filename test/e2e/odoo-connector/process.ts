import { expect, test } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { ActionRequest, WriteChange } from '../../../bridge/systems/system.ts';
import { accept, book, createService, offer } from './agreement.ts';
import { postInvoice } from './firm.ts';
import { signal, type Workbench } from './workbench.ts';

/** What the processes do in Odoo: sales that are decided elsewhere, quotations, drafts, expenses. */
export function testProcess(bench: Workbench): void {
  const request = (reference: string, id: number, fields: State = {}): ActionRequest => ({
    reference: `${bench.transport}:${reference}`,
    id: String(id),
    fields,
    uncertain: false,
  });
  const change = (reference: string, fields: State, id?: string): WriteChange => ({
    reference: `${bench.transport}:${reference}`,
    fields,
    uncertain: false,
    ...(id === undefined ? {} : { id }),
  });

  test('an opportunity is won, lost and open again as another system says', async () => {
    const fields = {
      name: `Won elsewhere ${bench.transport}`,
      customer: String(bench.firm.customer),
      amount: '4200.50',
      currency: 'USD',
      status: 'won',
      close_on: '2026-05-20',
    };
    const [made] = await bench.odoo.write('opportunity', [change('won', fields)], signal);
    if (!made?.ok) throw new Error(made?.message);
    expect(made.result).toBe('created');
    expect(await bench.stateOf('opportunity', Number(made.id))).toMatchObject(fields);
    expect(await bench.odoo.write('opportunity', [change('won', fields)], signal)).toMatchObject([
      { ok: true, result: 'unchanged' },
    ]);
    for (const status of ['open', 'lost', 'open', 'won']) {
      const [written] = await bench.odoo.write('opportunity', [change('won', { status })], signal);
      expect(written).toMatchObject({ ok: true, result: 'updated' });
      expect(await bench.stateOf('opportunity', Number(made.id))).toMatchObject({ ...fields, status });
    }
    expect(await bench.odoo.write('opportunity', [change('won', { status: null })], signal)).toMatchObject([
      { ok: false, error: 'invalid', message: expect.stringContaining('open, won or lost') },
    ]);
    const yen = change('yen', { ...fields, currency: 'JPY' });
    expect(await bench.odoo.write('opportunity', [yen], signal)).toMatchObject([
      { ok: false, error: 'invalid', message: expect.stringContaining('in USD, so one in JPY') },
    ]);
  });

  test('makes one quotation of a reference, whatever became of it', async () => {
    const { admin } = bench.firm;
    const code = `HOURS-${bench.transport}`;
    await createService(admin, code, { policy: 'delivered_timesheet', unit: 'hour', price: 100 });
    const opportunity = await admin.create('crm.lead', {
      type: 'opportunity',
      name: `Quotation ${bench.transport}`,
      partner_id: bench.firm.contact,
      expected_revenue: 50_000,
    });
    const wanted = request('quote', opportunity, {
      name: 'Platform rollout',
      product: code,
      amount: '12000.01',
      hours: '80',
      note: 'As discussed.',
    });
    bench.firm.proxy.loseAnswerTo(wanted.reference);
    await expect(bench.odoo.act?.('make-quotation', [wanted], signal)).rejects.toMatchObject({
      kind: 'ambiguous',
    });
    const again = await bench.odoo.act?.('make-quotation', [{ ...wanted, uncertain: true }], signal);
    expect(again).toEqual([{ ok: true, id: expect.any(String), result: 'unchanged' }]);
    const quote = again?.[0]?.ok ? Number(again[0].id) : 0;
    expect(await bench.stateOf('quote', quote)).toMatchObject({
      opportunity: String(opportunity),
      customer: String(bench.firm.customer),
      billing_method: 'time_and_materials',
      untaxed: '12000.01',
      status: 'draft',
    });
    const orders = await admin.searchRead('sale.order', [['opportunity_id', '=', opportunity]], ['name']);
    expect(orders).toHaveLength(1);
    await admin.call('sale.order', 'action_confirm', [[quote]]);
    expect(await bench.stateOf('contract', quote)).toMatchObject({ hours: '80', amount: '12000.01' });
    // A deal that is won once more has its order.
    const more = await bench.odoo.act?.(
      'make-quotation',
      [{ ...wanted, reference: 'flow:once:more' }],
      signal,
    );
    expect(more).toEqual([{ ok: true, id: String(quote), result: 'unchanged' }]);
    const other = await admin.create('crm.lead', {
      type: 'opportunity',
      name: `No quotation ${bench.transport}`,
      partner_id: bench.firm.contact,
    });
    const refused = await bench.odoo.act?.(
      'make-quotation',
      [
        wanted,
        request('no-product', other, { name: 'X', product: 'NO-SUCH-THING', amount: '1' }),
        request('no-opportunity', 999_999, { name: 'X', product: code, amount: '1' }),
        { ...request('no-id', 0), id: 'carla' },
      ],
      signal,
    );
    expect(refused).toMatchObject([
      { ok: true, id: String(quote), result: 'unchanged' },
      { ok: false, error: 'missing', message: expect.stringContaining('NO-SUCH-THING') },
      { ok: false, error: 'missing' },
      { ok: false, error: 'missing', message: '"carla" is not the id of an opportunity in Odoo' },
    ]);
    await expect(bench.odoo.act?.('make-tea', [], signal)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('makes a draft of what is to be billed, once', async () => {
    const hours = { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 100 } as const;
    const agreement = await offer(bench, `Draft ${bench.transport}`, [hours]);
    const place = await accept(bench, agreement);
    const january = await book(bench, place, 3, '2026-01-31');
    const february = await book(bench, place, 4, '2026-02-01');
    const make = async (reference: string, fields: State = {}) =>
      (
        await bench.odoo.act?.('make-draft-invoice', [request(reference, agreement.order, fields)], signal)
      )?.[0];
    bench.firm.proxy.loseAnswerTo(`${bench.transport}:bill-1`);
    await expect(make('bill-1', { until: '2026-01-31' })).rejects.toMatchObject({ kind: 'ambiguous' });
    const first = await make('bill-1', { until: '2026-01-31' });
    if (!first?.ok) throw new Error(first?.message);
    expect(first.result).toBe('unchanged');
    expect(await bench.stateOf('invoice', Number(first.id))).toMatchObject({
      status: 'draft',
      untaxed: '300.00',
      contract: String(agreement.order),
    });
    expect(await bench.stateOf('timesheet', january)).toMatchObject({ invoice: first.id });
    expect(await bench.stateOf('timesheet', february)).toMatchObject({ invoice: null });
    const second = await make('bill-2');
    expect(second).toMatchObject({ ok: true, result: 'created' });
    expect(await make('bill-3')).toEqual({ ok: true, id: '', result: 'unchanged' });
    await postInvoice(bench.firm, Number(first.id), '2026-01-31', '2026-02-28');
    expect(await make('bill-1')).toEqual({ ok: true, id: first.id, result: 'unchanged' });
    const draft = await offer(bench, `Not confirmed ${bench.transport}`, [hours]);
    expect(
      await bench.odoo.act?.('make-draft-invoice', [request('bill-4', draft.order)], signal),
    ).toMatchObject([{ ok: false, error: 'conflict' }]);
  });

  test('an expense goes to finance, and finance decides', async () => {
    const { admin, employee } = bench.firm;
    const category = `Travel ${bench.transport}`;
    await admin.create('product.product', {
      name: category,
      type: 'service',
      can_be_expensed: true,
      standard_price: 0,
      supplier_taxes_id: [[5]],
      expense_policy: 'cost',
    });
    const agreement = await offer(bench, `Expenses ${bench.transport}`, [
      { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 100 },
    ]);
    const { project } = await accept(bench, agreement);
    const fields = {
      worker: String(employee),
      project: String(project),
      day: '2026-02-12',
      category,
      notes: 'Train to Brussels',
      amount: '84.20',
      currency: 'USD',
      paid_by: 'worker',
      billable: true,
    };
    const [made] = await bench.odoo.write('expense', [change('expense', fields)], signal);
    if (!made?.ok) throw new Error(made?.message);
    const id = Number(made.id);
    expect(await bench.stateOf('expense', id)).toMatchObject({
      ...fields,
      approval: 'unsubmitted',
      booking: 'none',
      tax: null,
      invoice: null,
      legal_entity: bench.firm.company,
    });
    expect(await bench.odoo.write('expense', [change('expense', fields)], signal)).toMatchObject([
      { ok: true, result: 'unchanged' },
    ]);
    const corrected = { ...fields, amount: '86.40', notes: null, billable: false };
    expect(await bench.odoo.write('expense', [change('expense', corrected)], signal)).toMatchObject([
      { ok: true, result: 'updated' },
    ]);
    expect(await bench.stateOf('expense', id)).toMatchObject(corrected);
    await bench.odoo.write('expense', [change('expense', fields)], signal);

    const submit = () => bench.odoo.act?.('submit-expense', [request('submit', id)], signal);
    expect(await submit()).toEqual([{ ok: true, id: String(id), result: 'updated' }]);
    expect(await bench.stateOf('expense', id)).toMatchObject({ approval: 'submitted' });
    expect(await submit()).toEqual([{ ok: true, id: String(id), result: 'unchanged' }]);
    await admin.call('hr.expense', 'action_approve', [[id]]);
    expect(await bench.stateOf('expense', id)).toMatchObject({ approval: 'approved', booking: 'none' });
    expect(await bench.odoo.write('expense', [change('expense', corrected)], signal)).toMatchObject([
      { ok: false, error: 'conflict' },
    ]);
    expect(await submit()).toMatchObject([{ ok: true, result: 'unchanged' }]);

    const other = await bench.odoo.write('expense', [change('expense-2', fields)], signal);
    if (!other[0]?.ok) throw new Error(other[0]?.message);
    const removal = { reference: `${bench.transport}:expense-2`, id: other[0].id };
    expect(await bench.odoo.remove('expense', [removal], signal)).toMatchObject([{ ok: true }]);
    expect(await bench.stateOf('expense', Number(other[0].id))).toBeNull();
  });

  test('says what is wrong with an expense', async () => {
    const { admin, employee } = bench.firm;
    const name = `Kilometre ${bench.transport}`;
    await admin.create('product.product', {
      name,
      type: 'service',
      can_be_expensed: true,
      standard_price: 3,
      supplier_taxes_id: [[5]],
      expense_policy: 'no',
    });
    const internal = await admin.create('project.project', { name: `Inside ${bench.transport}` });
    const fields = {
      worker: String(employee),
      project: null,
      day: '2026-02-12',
      category: name,
      notes: 'To the customer',
      amount: '21.00',
      currency: 'USD',
      paid_by: 'company',
      billable: false,
    };
    const results = await bench.odoo.write(
      'expense',
      [
        change('km', fields),
        change('km-odd', { ...fields, amount: '21.23' }),
        change('km-billed', { ...fields, project: String(internal), billable: true }),
        change('no-category', { ...fields, category: 'Yachts' }),
        change('no-currency', { ...fields, currency: 'XXX' }),
        change('no-project', { ...fields, project: '999999' }),
      ],
      signal,
    );
    expect(results).toMatchObject([
      { ok: true, result: 'created' },
      { ok: false, error: 'invalid', message: expect.stringContaining('no multiple of 3.00') },
      { ok: false, error: 'invalid', message: expect.stringMatching(/billed to nobody|no analytic account/) },
      { ok: false, error: 'invalid', message: expect.stringContaining('"Yachts"') },
      { ok: false, error: 'invalid', message: expect.stringContaining('"XXX"') },
      { ok: false, error: 'missing', message: expect.stringContaining('999999') },
    ]);
    const made = results[0]?.ok ? Number(results[0].id) : 0;
    expect(await bench.stateOf('expense', made)).toMatchObject(fields);
  });

  test('a cap is part of the contract', async () => {
    const agreement = await offer(bench, `Cap ${bench.transport}`, [
      { policy: 'delivered_timesheet', unit: 'hour', quantity: 10, price: 100 },
    ]);
    await accept(bench, agreement);
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({ cap: null, cap_hours: null });
    await bench.firm.admin.write('sale.order', [agreement.order], {
      services_bridge_cap_amount: 1500,
      services_bridge_cap_hours: 12.5,
    });
    expect(await bench.stateOf('contract', agreement.order)).toMatchObject({
      cap: '1500.00',
      cap_hours: '12.5',
    });
  });
}
