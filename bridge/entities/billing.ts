import { code, day, decimal, text } from './field.ts';

/**
 * What a customer or an opportunity has been billed: computed by the erp from its posted invoices, owned by it,
 * and shown to the people who sell and deliver. Amounts are in `billing_currency`; the latest invoice is the one
 * with the newest issue day, then the highest id.
 */
export const billingFields = {
  billing_status: code('Summary over all posted invoices.', [
    'none',
    'open',
    'partial',
    'overdue',
    'paid',
    'credited',
  ]),
  billing_currency: text('ISO 4217 code of the amounts; empty where the invoices differ in currency.'),
  billing_invoiced: decimal('Sum of posted invoices less credit notes, with tax.'),
  billing_open: decimal('What is still to be paid of that.'),
  billing_invoice_number: text('Number of the latest posted invoice.'),
  billing_invoice_total: decimal('Its total with tax, in its own currency.'),
  billing_invoice_due_on: day('Its due day.'),
  billing_invoice_status: code('Its payment status.', [
    'not_paid',
    'partial',
    'in_payment',
    'paid',
    'reversed',
    'overdue',
    'blocked',
  ]),
};
