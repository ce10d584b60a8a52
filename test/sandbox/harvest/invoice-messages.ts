import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import { bodyOf, choice, named, optionalText } from './input.ts';
import { listPage, stamp } from './list.ts';
import type { HarvestState, Invoice, InvoiceEvent, InvoiceMessage } from './state.ts';
import { fullNameOf, me } from './users.ts';

const events = ['send', 'close', 'draft', 're-open'];

/** Messages whose `event_type` moves the invoice on; without one a message is mailed, which the sandbox does not. */
export function addInvoiceMessageRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const path = '/v2/invoices/:id/messages';
  const describe = (message: InvoiceMessage) => describeMessage(state, message);

  app.get(path, (c) => {
    const { messages } = named(state.invoices, c.req.param('id'));
    return listPage(c, 'invoice_messages', messages.values(), describe);
  });

  app.post(path, async (c) => {
    const invoice = named(state.invoices, c.req.param('id'));
    const body = await bodyOf(c);
    const eventType = choice(body, 'event_type', events) as InvoiceEvent | undefined;
    if (eventType === undefined) throw unprocessable('Message has no recipients');
    move(state, invoice, eventType);
    const message = { ...state.dated(), eventType, body: optionalText(body, 'body') ?? null };
    invoice.messages.set(message.id, message);
    state.touch(invoice);
    return c.json(describe(message), 201);
  });
}

/** Only what was sent can be closed or become a draft again, and only what is closed can be re-opened. */
function move(state: HarvestState, invoice: Invoice, event: InvoiceEvent): void {
  const from = { send: 'draft', close: 'sent', draft: 'sent', 're-open': 'closed' } as const;
  if (invoice.stage !== from[event])
    throw unprocessable(`Event type ${event} is not possible for an invoice that is ${invoice.stage}`);
  if (event === 'draft' && invoice.payments.size > 0)
    throw unprocessable('Invoice has payments and cannot be a draft');
  if (event === 'send') invoice.sentAt = state.clock.now();
  invoice.closedAt = event === 'close' ? state.clock.now() : null;
  invoice.stage = event === 'close' ? 'closed' : event === 'draft' ? 'draft' : 'sent';
}

function describeMessage(state: HarvestState, message: InvoiceMessage) {
  const sender = me(state);
  return {
    id: message.id,
    sent_by: fullNameOf(sender),
    sent_by_email: sender.email,
    sent_from: fullNameOf(sender),
    sent_from_email: sender.email,
    recipients: [],
    subject: null,
    body: message.body,
    include_link_to_client_invoice: false,
    attach_pdf: false,
    send_me_a_copy: false,
    thank_you: false,
    event_type: message.eventType,
    reminder: false,
    send_reminder_on: null,
    created_at: stamp(message.createdAt),
    updated_at: stamp(message.updatedAt),
  };
}
