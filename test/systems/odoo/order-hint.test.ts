import { expect, test } from 'vitest';
import { toHint } from '../../../bridge/systems/odoo/event.ts';
import { connectTo, signal } from './rows.ts';

/** What is read because of an event on an order. */
async function readsOf(operation: 'create' | 'write' | 'unlink', fields: string[]) {
  const { connector } = await connectTo({});
  const hint = toHint({
    id: '0198f1a2-0000-7000-8000-000000000001',
    model: 'sale.order',
    res_id: 42,
    operation,
    fields,
    user_id: 7,
    company_id: 1,
    transaction: '1',
    occurred_at: '2026-01-31T09:15:01.987Z',
    origin: null,
  });
  expect(hint.objectId).toBe('42');
  return connector.entitiesOf(hint.type);
}

test.each([
  ['hours were booked on it', 'write', ['order_line'], ['contract']],
  ['it is to be billed', 'write', ['invoice_status', 'order_line'], ['contract']],
  ['it was confirmed', 'write', ['order_line', 'state'], ['quote', 'contract']],
  ['it comes to more', 'write', ['amount_untaxed', 'order_line'], ['quote', 'contract']],
  ['nobody says what', 'write', [], ['quote', 'contract']],
  ['it is new', 'create', [], ['quote', 'contract']],
  ['it is gone', 'unlink', ['order_line'], ['quote', 'contract']],
] as const)('an order is read as far as it has to be: %s', async (_case, operation, fields, entities) => {
  expect(await readsOf(operation, [...fields])).toEqual(entities);
});

test('knows the entities of every model that it reads', async () => {
  const { connector } = await connectTo({});
  expect(connector.entitiesOf('project.sale.line.employee.map')).toEqual(['rate', 'assignment']);
  expect(connector.entitiesOf('project.milestone')).toEqual(['milestone']);
  expect(connector.entitiesOf('hr.expense')).toEqual(['expense']);
  expect(connector.entitiesOf('account.payment')).toEqual(['payment']);
  expect(connector.entitiesOf('sale.order.line')).toEqual([]);
});

test('tells once a day of invoices that became overdue and quotes that expired', async () => {
  const { connector, calls } = await connectTo({
    'account.move/search_read': [{ id: 5, invoice_date_due: '2026-06-14' }],
    'sale.order/search_read': [{ id: 5, validity_date: '2026-06-14' }],
  });
  const pages = [];
  for await (const page of connector.poll('due', '2026-06-14', signal)) pages.push(page);
  expect(pages).toMatchObject([
    {
      cursor: '2026-06-15',
      hints: [
        { id: 'due:5:2026-06-14', type: 'account.move', objectId: '5' },
        { id: 'due:sale.order:5:2026-06-14', type: 'sale.order', objectId: '5', fields: ['validity_date'] },
      ],
    },
  ]);
  for (const { body } of calls)
    expect(JSON.stringify(body.domain)).toMatch(/"<","2026-06-15".*">=","2026-06-14"/);
});
