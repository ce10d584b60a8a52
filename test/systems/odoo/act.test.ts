import { expect, test } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import { type Call, connectTo, signal } from './rows.ts';

const request = (reference: string, id: string, fields: State = {}) => ({
  reference,
  id,
  fields,
  uncertain: false,
});

const facade = 'services.bridge.facade';
interface Item {
  readonly reference: string;
}
const itemsOf = ({ body }: Call) => body.items as readonly Item[];

test('asks for quotations by reference, and leaves out what is not known', async () => {
  const { connector, calls } = await connectTo({
    [`${facade}/make_quotation`]: (call: Call) =>
      itemsOf(call).map(({ reference }, index) => ({
        reference,
        id: 70 + index,
        number: 'S1',
        result: 'created',
      })),
  });
  const results = await connector.act?.(
    'make-quotation',
    [
      request('a', '12', { name: 'Rollout', product: 'CONS', amount: '1200.50', hours: '8', note: null }),
      request('b', 'not-an-id', { name: 'X', product: 'CONS', amount: '1' }),
      request('c', '13', { name: 'Other', product: 'CONS', amount: '1' }),
    ],
    signal,
  );
  expect(results).toEqual([
    { ok: true, id: '70', result: 'created' },
    { ok: false, error: 'missing', message: '"not-an-id" is not the id of an opportunity in Odoo' },
    { ok: true, id: '71', result: 'created' },
  ]);
  expect(calls.map(itemsOf)).toEqual([
    [
      { reference: 'a', opportunity_id: 12, name: 'Rollout', product: 'CONS', amount: '1200.50', hours: '8' },
      { reference: 'c', opportunity_id: 13, name: 'Other', product: 'CONS', amount: '1' },
    ],
  ]);
});

test('nothing to bill counts as done', async () => {
  const { connector } = await connectTo({
    [`${facade}/make_draft_invoices`]: [
      { reference: 'a', id: false, number: '', result: 'nothing' },
      { reference: 'b', id: false, result: 'error', error: 'conflict', message: 'Not confirmed.' },
      { reference: 'c', id: 11, number: '', result: 'unchanged' },
    ],
  });
  const requests = ['a', 'b', 'c'].map((reference) => request(reference, '5', { until: '2026-01-31' }));
  expect(await connector.act?.('make-draft-invoice', requests, signal)).toEqual([
    { ok: true, id: '', result: 'unchanged' },
    { ok: false, error: 'conflict', message: 'Not confirmed.' },
    { ok: true, id: '11', result: 'unchanged' },
  ]);
});

test('an expense is handed in once, also when it is asked for twice in a call', async () => {
  const { connector, calls } = await connectTo({
    [`${facade}/submit_expenses`]: [
      { id: 3, result: 'submitted', state: 'submitted' },
      { id: 4, result: 'error', error: 'conflict', message: 'It has no category.' },
    ],
  });
  const requests = [request('a', '3'), request('b', '4'), request('c', '3')];
  expect(await connector.act?.('submit-expense', requests, signal)).toEqual([
    { ok: true, id: '3', result: 'updated' },
    { ok: false, error: 'conflict', message: 'It has no category.' },
    { ok: true, id: '3', result: 'updated' },
  ]);
  expect(calls.map(({ body }) => body.expense_ids)).toEqual([[3, 4]]);
});

test('does more than a call takes in several', async () => {
  const { connector, calls } = await connectTo({
    [`${facade}/make_draft_invoices`]: (call: Call) =>
      itemsOf(call).map(({ reference }) => ({ reference, id: false, number: '', result: 'nothing' })),
  });
  const requests = Array.from({ length: 201 }, (_, index) => request(`r${index}`, '5'));
  expect(await connector.act?.('make-draft-invoice', requests, signal)).toHaveLength(201);
  expect(calls.map((call) => itemsOf(call).length)).toEqual([100, 100, 1]);
});

test('answers for other items than it was asked about are not believed', async () => {
  const { connector } = await connectTo({
    [`${facade}/make_quotation`]: [{ reference: 'z', id: 1, result: 'created' }],
    [`${facade}/submit_expenses`]: [{ id: 9, result: 'submitted' }],
  });
  const fields = { name: 'X', product: 'CONS', amount: '1' };
  await expect(connector.act?.('make-quotation', [request('a', '1', fields)], signal)).rejects.toMatchObject({
    kind: 'ambiguous',
  });
  await expect(connector.act?.('submit-expense', [request('a', '1')], signal)).rejects.toMatchObject({
    kind: 'ambiguous',
  });
});

test('knows its actions by name', async () => {
  const { connector } = await connectTo({});
  expect(Object.keys(connector.actions ?? {})).toEqual([
    'make-quotation',
    'make-draft-invoice',
    'submit-expense',
  ]);
  for (const name of ['make-tea', 'toString'])
    await expect(connector.act?.(name, [], signal)).rejects.toMatchObject({ kind: 'invalid' });
});
