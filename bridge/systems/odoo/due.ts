import type { PollPage } from '../system.ts';
import type { OdooClient } from './client.ts';
import { dayOf, type Row } from './value.ts';

/**
 * Posted invoices whose due day has passed since the last poll, and offers that can be accepted no longer. Nothing happens
 * in Odoo then, so no event tells of it. The cursor is the day up to which this was looked at.
 *
 * @param today in UTC, `2026-01-31`
 */
export async function* readDue(
  client: OdooClient,
  cursor: string | undefined,
  today: string,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  if (cursor !== undefined && cursor >= today) return;
  const passed = (field: string) => [
    [field, '<', today],
    ...(cursor === undefined ? [] : [[field, '>=', cursor]]),
  ];
  const [invoices, quotes] = await Promise.all([
    client.searchRead(
      'account.move',
      [
        ['move_type', '=', 'out_invoice'],
        ['state', '=', 'posted'],
        ['payment_state', 'in', ['not_paid', 'partial']],
        ...passed('invoice_date_due'),
      ],
      ['invoice_date_due'],
      { signal, action: 'look for invoices that became overdue' },
    ),
    client.searchRead(
      'sale.order',
      [['state', 'in', ['draft', 'sent']], ...passed('validity_date')],
      ['validity_date'],
      { signal, action: 'look for quotes that expired' },
    ),
  ]);
  const hintOf = (type: string, field: string) => (row: Row) => ({
    id: `due:${type === 'account.move' ? '' : `${type}:`}${row.id}:${dayOf(row[field])}`,
    type,
    objectId: String(row.id),
    operation: 'write' as const,
    fields: [field],
    occurredAt: `${today}T00:00:00.000Z`,
    echo: false,
  });
  yield {
    hints: [
      ...invoices.map(hintOf('account.move', 'invoice_date_due')),
      ...quotes.map(hintOf('sale.order', 'validity_date')),
    ],
    cursor: today,
  };
}
