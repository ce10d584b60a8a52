import type { PollPage } from '../system.ts';
import type { OdooClient } from './client.ts';
import { dayOf } from './value.ts';

/**
 * Posted invoices whose due day has passed since the last poll. Nothing happens in Odoo when an invoice becomes overdue, so
 * no event tells of it. The cursor is the day up to which this was looked at.
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
  const rows = await client.searchRead(
    'account.move',
    [
      ['move_type', '=', 'out_invoice'],
      ['state', '=', 'posted'],
      ['payment_state', 'in', ['not_paid', 'partial']],
      ['invoice_date_due', '<', today],
      ...(cursor === undefined ? [] : [['invoice_date_due', '>=', cursor]]),
    ],
    ['invoice_date_due'],
    { signal, action: 'look for invoices that became overdue' },
  );
  const hints = rows.map((row) => ({
    id: `due:${row.id}:${dayOf(row.invoice_date_due)}`,
    type: 'account.move',
    objectId: String(row.id),
    operation: 'write' as const,
    fields: ['invoice_date_due'],
    occurredAt: `${today}T00:00:00.000Z`,
    echo: false,
  }));
  yield { hints, cursor: today };
}
