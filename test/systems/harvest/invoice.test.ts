import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { WriteChange, WriteResult } from '../../../bridge/systems/system.ts';
import { doneOf, never } from '../../conformance/outcome.ts';
import { stateOf } from '../../sandbox/harvest/invoice.ts';
import type { Invoice } from '../../sandbox/harvest/state.ts';
import { createWorkplace, type RunningHarvest, startHarvest, type Workplace } from './start.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
  harvest.sandbox.calls.clear();
});
afterEach(() => harvest.close());

const posted = (fields: State = {}): State => ({
  number: 'INV/2026/00001',
  customer: String(workplace.client),
  total: '1392.30',
  open: '1392.30',
  payment: 'not_paid',
  currency: 'EUR',
  issued_on: '2026-03-02',
  due_on: '2026-04-01',
  ...fields,
});
const change = (fields: State, more: Partial<WriteChange> = {}): WriteChange => ({
  reference: 'odoo:invoice:1',
  fields,
  uncertain: false,
  ...more,
});
const write = async (fields: State, more: Partial<WriteChange> = {}): Promise<WriteResult | undefined> =>
  (await harvest.connector.write('invoice', [change(fields, more)], never))[0];
const kept = (id: string): Invoice => harvest.sandbox.state.invoices.get(Number(id)) as Invoice;
const amounts = (id: string): number[] => [...kept(id).payments.values()].map(({ amount }) => amount);
async function read(id: string): Promise<State | null | undefined> {
  return (await harvest.connector.read('invoice', [id], never))[0]?.state;
}

describe('a posted invoice', () => {
  it('stands in Harvest as sent, to the cent, without mail to anybody', async () => {
    const { id, result } = doneOf(await write(posted()));
    expect(result).toBe('created');
    expect(await read(id)).toEqual({
      number: 'INV/2026/00001',
      kind: 'invoice',
      status: 'posted',
      payment: 'not_paid',
      customer: String(workplace.client),
      total: '1392.3',
      open: '1392.3',
      currency: 'EUR',
      issued_on: '2026-03-02',
      due_on: '2026-04-01',
    });
    const messages = [...kept(id).messages.values()];
    expect(messages.map(({ eventType }) => eventType)).toEqual(['send']);
    expect(kept(id).notes).toBe('services-bridge: odoo:invoice:1');
    expect(await write(posted(), { id })).toMatchObject({ result: 'unchanged' });
  });

  it('is in its own currency, whatever the client has', async () => {
    const { id } = doneOf(await write(posted({ currency: 'CHF' })));
    expect(kept(id).currency).toBe('CHF');
    expect(harvest.sandbox.state.clients.get(workplace.client)?.currency).toBe('EUR');
  });

  it('is of the services of the firm, as it calls them', async () => {
    const [service] = harvest.sandbox.state.invoiceItemCategories.values();
    await harvest.call('PATCH', `/invoice_item_categories/${service?.id}`, { name: 'Beratung' });
    const { id } = doneOf(await write(posted()));
    expect(kept(id).lines.map(({ kind }) => kind)).toEqual(['Beratung']);
  });

  it('follows what is corrected in the books', async () => {
    const { id } = doneOf(await write(posted({ open: '400.00', payment: 'partial' })));
    const { id: client } = await harvest.call('POST', '/clients', { name: 'Other client' });
    const corrected = posted({ customer: String(client), total: '500', open: '0', payment: 'paid' });
    expect(await write({ ...corrected, due_on: '2026-05-01' }, { id })).toMatchObject({ result: 'updated' });
    expect(await read(id)).toMatchObject({ customer: String(client), total: '500', payment: 'paid' });
    expect(await read(id)).toMatchObject({ due_on: '2026-05-01', open: '0' });
    expect(kept(id).lines).toHaveLength(1);
  });
});

describe('what is paid', () => {
  it('is recorded in parts, until nothing is due', async () => {
    const { id } = doneOf(await write(posted()));
    await write(posted({ open: '892.30', payment: 'partial' }), { id });
    expect(await read(id)).toMatchObject({ payment: 'partial', open: '892.3' });
    await write(posted({ open: '892.20', payment: 'partial' }), { id });
    await write(posted({ open: '0.00', payment: 'paid' }), { id });
    expect(amounts(id)).toEqual([500, 0.1, 892.2]);
    expect(stateOf(kept(id))).toBe('paid');
    expect(await read(id)).toMatchObject({ payment: 'paid', open: '0' });
    expect(await write(posted({ open: '0.00', payment: 'paid' }), { id })).toMatchObject({
      result: 'unchanged',
    });
  });

  it('is taken back when the bank does, as much of it as needed', async () => {
    const { id } = doneOf(await write(posted({ open: '892.30', payment: 'partial' })));
    await write(posted({ open: '0', payment: 'paid' }), { id });
    await write(posted({ open: '992.30', payment: 'partial' }), { id });
    expect(amounts(id)).toEqual([400]);
    expect(stateOf(kept(id))).toBe('open');
    await write(posted(), { id });
    expect(amounts(id)).toEqual([]);
  });

  it('is recorded once when the answer is lost', async () => {
    const { id } = doneOf(await write(posted()));
    const paid = posted({ open: '0', payment: 'paid' });
    const fault = { method: 'POST', path: '/payments', action: { kind: 'commit-then-drop' } } as const;
    harvest.sandbox.faults.add(fault);
    expect(await write(paid, { id })).toMatchObject({ ok: false, error: 'ambiguous' });
    expect(await write(paid, { id, uncertain: true })).toMatchObject({ ok: true });
    expect(amounts(id)).toEqual([1392.3]);
  });

  it('in Harvest by people stays, and is shown to a person where the books know nothing of it', async () => {
    const { id } = doneOf(await write(posted({ open: '1292.30', payment: 'partial' })));
    const payments = `/invoices/${id}/payments`;
    await harvest.call('POST', payments, { amount: 50, send_thank_you: false });
    expect(await write(posted({ open: '1242.30', payment: 'partial' }), { id })).toMatchObject({
      result: 'unchanged',
    });
    expect(amounts(id)).toEqual([100, 50]);
    expect(await write(posted(), { id })).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('More is recorded as paid'),
    });
    expect(amounts(id)).toEqual([50]);
  });
});

describe('a credit note', () => {
  it('over a part of an invoice leaves less of it due', async () => {
    const { id } = doneOf(await write(posted()));
    await write(posted({ open: '1000.00', payment: 'partial' }), { id });
    expect(await read(id)).toMatchObject({ payment: 'partial', open: '1000' });
  });

  it('over the whole of it closes it, and opens it again when it is taken back itself', async () => {
    const { id } = doneOf(await write(posted({ open: '892.30', payment: 'partial' })));
    const reversed = posted({ open: '0', payment: 'reversed' });
    expect(await write(reversed, { id })).toMatchObject({ result: 'updated' });
    expect(stateOf(kept(id))).toBe('closed');
    expect(amounts(id)).toEqual([]);
    expect(kept(id).notes).toContain('Taken back by a credit note.');
    expect(await read(id)).toMatchObject({ payment: 'reversed', open: '0', total: '1392.3' });
    expect(await write(reversed, { id })).toMatchObject({ result: 'unchanged' });
    await write(posted(), { id });
    expect(stateOf(kept(id))).toBe('open');
    expect(kept(id).notes).toBe('services-bridge: odoo:invoice:1');
  });

  it('from before the invoice came is brought with it', async () => {
    const { id } = doneOf(await write(posted({ open: '0', payment: 'reversed' })));
    expect(stateOf(kept(id))).toBe('closed');
  });
});

it('says that the customer disputes it, beside what people noted', async () => {
  const { id } = doneOf(await write(posted({ open: '892.30', payment: 'partial' })));
  await harvest.call('PATCH', `/invoices/${id}`, { notes: `Ask Ada.\n${kept(id).notes}` });
  await write(posted({ open: '892.30', payment: 'blocked' }), { id });
  expect(kept(id).notes).toBe('Ask Ada.\nDisputed by the customer.\nservices-bridge: odoo:invoice:1');
  expect(await read(id)).toMatchObject({ payment: 'blocked', open: '892.3' });
  await write(posted({ open: '892.30', payment: 'partial' }), { id });
  expect(kept(id).notes).toBe('Ask Ada.\nservices-bridge: odoo:invoice:1');
});

describe('an invoice whose first try ended early', () => {
  it.each(['/messages', '/payments'])('goes on where %s failed', async (path) => {
    const fields = posted({ open: '892.30', payment: 'partial' });
    harvest.sandbox.faults.add({ method: 'POST', path, action: { kind: 'status', status: 429 } });
    await expect(write(fields)).rejects.toMatchObject({ kind: 'limited' });
    const { id, result } = doneOf(await write(fields));
    expect(result).toBe('adopted');
    expect(harvest.sandbox.state.invoices.size).toBe(1);
    expect(await read(id)).toMatchObject({ status: 'posted', payment: 'partial', open: '892.3' });
  });

  it('is found after its answer was lost, though its number and customer changed since', async () => {
    harvest.sandbox.faults.add({
      method: 'POST',
      path: '/v2/invoices',
      action: { kind: 'commit-then-drop' },
    });
    expect(await write(posted())).toMatchObject({ ok: false, error: 'ambiguous' });
    const { id: client } = await harvest.call('POST', '/clients', { name: 'Other client' });
    const changed = posted({ number: 'INV/2026/00002', customer: String(client) });
    const { id, result } = doneOf(await write(changed, { uncertain: true, earlier: [posted()] }));
    expect(result).toBe('adopted');
    expect(harvest.sandbox.state.invoices.size).toBe(1);
    expect(kept(id)).toMatchObject({ number: 'INV/2026/00002', clientId: client });
  });
});

describe('an invoice that people made in Harvest', () => {
  const make = async (unit_price: number) =>
    String(
      (
        await harvest.call('POST', '/invoices', {
          client_id: workplace.client,
          number: 'INV/2026/00001',
          payment_term: 'net 30',
          line_items: [
            { kind: 'Service', unit_price, description: 'March' },
            { kind: 'Product', unit_price: 0 },
          ],
        })
      ).id,
    );

  it('is the same one where it says the same, and keeps its lines', async () => {
    const id = await make(1392.3);
    expect(await write(posted())).toEqual({ ok: true, id, result: 'adopted' });
    expect(kept(id).lines).toHaveLength(2);
    expect(stateOf(kept(id))).toBe('open');
    expect(kept(id)).toMatchObject({ issueDate: '2026-03-02', dueDate: '2026-04-01' });
    // A correction in the books is nothing that the bridge could put onto people's lines.
    expect(await write(posted({ total: '1', open: '1' }), { id })).toMatchObject({ error: 'conflict' });
    const [removed] = await harvest.connector.remove('invoice', [change({}, { id }) as never], never);
    expect(removed).toMatchObject({ error: 'conflict', message: expect.stringContaining('write it off') });
    expect(kept(id).lines).toHaveLength(2);
  });

  it('is for a person where it says something else', async () => {
    const id = await make(99);
    expect(await write(posted())).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('INV/2026/00001 of 99 EUR'),
    });
    expect(kept(id)).toMatchObject({ notes: null, stage: 'draft' });
  });
});

it('is for a person where another company of the group has the number', async () => {
  await write(posted());
  const other = posted({ total: '20', open: '20' });
  expect(await write(other, { reference: 'odoo:invoice:2' })).toMatchObject({
    error: 'conflict',
    message: expect.stringContaining('number alike'),
  });
  const numbered = posted({ number: 'PS-INV/2026/00001', total: '20', open: '20' });
  expect(await write(numbered, { reference: 'odoo:invoice:2' })).toMatchObject({ result: 'created' });
  expect(harvest.sandbox.state.invoices.size).toBe(2);
});

it('is deleted when it is not in the books any more, and may come again', async () => {
  const { id } = doneOf(await write(posted({ open: '0', payment: 'paid' })));
  const remove = () => harvest.connector.remove('invoice', [{ reference: 'odoo:invoice:1', id }], never);
  expect(await remove()).toEqual([{ ok: true, id, result: 'updated' }]);
  expect(harvest.sandbox.state.invoices.size).toBe(0);
  expect(await remove()).toEqual([{ ok: true, id, result: 'unchanged' }]);
  expect(await write(posted())).toMatchObject({ result: 'created' });
});

it('is refused without number, client or total', async () => {
  for (const field of ['number', 'customer', 'total'])
    expect(await write(posted({ [field]: null }))).toMatchObject({ ok: false, error: 'invalid' });
  expect(harvest.sandbox.calls.calls()).toEqual({});
});

it('is listed by the day of the invoice, also from before the first day of time that counts', async () => {
  await harvest.close();
  harvest = await startHarvest({ start: '2026-06-01' });
  workplace = await createWorkplace(harvest);
  await write(posted());
  await write(posted({ number: 'INV/2', issued_on: '2026-04-01' }), { reference: 'odoo:invoice:2' });
  const numbers: unknown[] = [];
  const extent = { from: '2026-03-01', to: '2026-03-31' };
  for await (const page of harvest.connector.list?.('invoice', extent, never) ?? [])
    numbers.push(...page.map(({ state }) => state?.number));
  expect(numbers).toEqual(['INV/2026/00001']);
});

describe('an account without invoices', () => {
  beforeEach(async () => {
    await harvest.close();
    harvest = await startHarvest({}, { rules: { invoices: false } });
    workplace = await createWorkplace(harvest);
  });

  it('blames the invoices, and nothing else has to wait', async () => {
    const two = [change(posted()), change(posted({ number: 'INV/2' }), { reference: 'odoo:invoice:2' })];
    const off = { ok: false, error: 'conflict', message: expect.stringContaining('Modules, Invoices') };
    expect(await harvest.connector.write('invoice', two, never)).toMatchObject([off, off]);
    expect(await write(posted(), { id: '4711' })).toMatchObject(off);
    const removals = [{ reference: 'odoo:invoice:1', id: '4711' }];
    expect(await harvest.connector.remove('invoice', removals, never)).toMatchObject([off]);
    const clients = [{ reference: 'odoo:customer:1', fields: { name: 'Another' }, uncertain: false }];
    expect(await harvest.connector.write('customer', clients, never)).toMatchObject([{ ok: true }]);
  });

  it('is told of by the check, with what to do', async () => {
    const findings = await harvest.connector.check(never);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([
      expect.objectContaining({ level: 'warning', remedy: expect.stringContaining('invoice.yaml') }),
    ]);
  });
});
