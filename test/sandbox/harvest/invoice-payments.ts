import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import { bodyOf, day, flag, named, number, optionalText } from './input.ts';
import { dueOf } from './invoice.ts';
import { listPage, stamp } from './list.ts';
import type { HarvestState, InvoicePayment } from './state.ts';
import { fullNameOf, me } from './users.ts';

export function addInvoicePaymentRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const path = '/v2/invoices/:id/payments';
  const describe = (payment: InvoicePayment) => describePayment(state, payment);

  app.get(path, (c) => {
    const { payments } = named(state.invoices, c.req.param('id'));
    return listPage(c, 'invoice_payments', payments.values(), describe);
  });

  app.post(path, async (c) => {
    const invoice = named(state.invoices, c.req.param('id'));
    const body = await bodyOf(c);
    const amount = number(body, 'amount');
    if (amount === undefined || amount <= 0) throw unprocessable('Amount must be greater than 0');
    if (invoice.stage !== 'sent') throw unprocessable(`Invoice is ${invoice.stage} and takes no payments`);
    if (dueOf(invoice).lessThan(amount)) throw unprocessable('Amount is more than the invoice has due');
    // Whoever does not say no has the customer thanked by mail, which the sandbox does not.
    if (flag(body, 'send_thank_you') !== false)
      throw unprocessable('The sandbox mails nobody: send "send_thank_you": false');
    const dated = state.dated();
    const payment: InvoicePayment = {
      ...dated,
      amount,
      paidDate: day(body, 'paid_date') ?? new Date(dated.createdAt).toISOString().slice(0, 10),
      notes: optionalText(body, 'notes') ?? null,
    };
    invoice.payments.set(payment.id, payment);
    state.touch(invoice);
    return c.json(describe(payment), 201);
  });

  app.delete(`${path}/:payment`, (c) => {
    const invoice = named(state.invoices, c.req.param('id'));
    const payment = named(invoice.payments, c.req.param('payment'));
    if (invoice.stage === 'closed') throw unprocessable('Invoice is closed and has to be re-opened first');
    invoice.payments.delete(payment.id);
    state.touch(invoice);
    return c.body(null, 200);
  });
}

function describePayment(state: HarvestState, payment: InvoicePayment) {
  const recorder = me(state);
  return {
    id: payment.id,
    amount: payment.amount,
    paid_at: `${payment.paidDate}T00:00:00Z`,
    paid_date: payment.paidDate,
    recorded_by: fullNameOf(recorder),
    recorded_by_email: recorder.email,
    notes: payment.notes,
    transaction_id: null,
    payment_gateway: { id: null, name: null },
    created_at: stamp(payment.createdAt),
    updated_at: stamp(payment.updatedAt),
  };
}
