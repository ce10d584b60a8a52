import { code, day, decimal, type Field, money, text } from './field.ts';

const outcome = { owner: 'erp', accounting: true } as const;

/**
 * What a customer or an opportunity has been billed: computed by the erp from its posted invoices, owned by it,
 * and shown to the people who sell and deliver. Amounts are in `billing_currency`; the latest invoice is the one
 * with the newest issue day, then the highest id.
 */
export const billingFields: Readonly<Record<string, Field>> = {
  billing_status: code(
    'Summary over all posted invoices.',
    ['none', 'open', 'partial', 'overdue', 'paid', 'credited'],
    outcome,
  ),
  billing_currency: text(
    'ISO 4217 code of the amounts; empty where the invoices differ in currency.',
    outcome,
  ),
  billing_invoiced: money('Sum of posted invoices less credit notes, with tax.', {
    ...outcome,
    currency: 'billing_currency',
  }),
  billing_open: money('What is still to be paid of the posted invoices.', {
    ...outcome,
    currency: 'billing_currency',
  }),
  billing_invoice_number: text('Number of the latest posted invoice.', outcome),
  billing_invoice_total: decimal('Total with tax of the latest posted invoice.', {
    ...outcome,
    unit: "the invoice's own currency",
  }),
  billing_invoice_due_on: day('Day by which the latest posted invoice is to be paid.', outcome),
  billing_invoice_status: code(
    'Payment status of the latest posted invoice.',
    ['not_paid', 'partial', 'in_payment', 'paid', 'reversed', 'overdue', 'blocked'],
    outcome,
  ),
};
