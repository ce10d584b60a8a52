import type { Hono } from 'hono';
import type { SandboxContext, SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { Refusal, unprocessable } from './errors.ts';
import { type Body, bodyOf, choice, day, filledText, named, number, optionalText, text } from './input.ts';
import { describeInvoice, paidOf, stateOf, totalOf } from './invoice.ts';
import { linesOf } from './invoice-lines.ts';
import { listPage } from './list.ts';
import type { HarvestState, Invoice } from './state.ts';

const paymentTerms = ['upon receipt', 'net 15', 'net 30', 'net 45', 'net 60', 'custom'];

/** Without the module for invoices, all of it is closed. */
export function requireInvoices(app: Hono<SandboxEnvironment>, { rules }: HarvestState): void {
  for (const path of ['/v2/invoices', '/v2/invoices/*', '/v2/invoice_item_categories'])
    app.use(path, async (_, next) => {
      if (!rules.invoices) throw new Refusal(403, 'The invoices module is disabled for this account');
      await next();
    });
}

export function addInvoiceRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  app.get('/v2/invoices', (c) => {
    const listed = selected(c, state).map((invoice) => ({
      id: invoice.id,
      updatedAt: invoice.updatedAt,
      spentDate: invoice.issueDate,
      invoice,
    }));
    return listPage(c, 'invoices', listed, ({ invoice }) => describeInvoice(state, invoice));
  });

  app.post('/v2/invoices', async (c) => {
    const body = await bodyOf(c);
    const client = clientOf(state, body);
    const issueDate = day(body, 'issue_date') ?? today(state);
    const dated = state.dated();
    const invoice: Invoice = {
      ...dated,
      purchaseOrder: text(body, 'purchase_order') ?? '',
      subject: null,
      notes: null,
      currency: client.currency,
      issueDate,
      dueDate: issueDate,
      paymentTerm: 'custom',
      ...fieldsOf(body, 'custom'),
      clientId: client.id,
      number: freeNumber(state, filledText(body, 'number')) ?? String(dated.id),
      lines: linesOf(state, client.id, body.line_items ?? [], []),
      stage: 'draft',
      sentAt: null,
      closedAt: null,
      payments: new Map(),
      messages: new Map(),
    };
    requireOrder(invoice);
    state.invoices.set(invoice.id, invoice);
    return c.json(describeInvoice(state, invoice), 201);
  });

  app.get('/v2/invoices/:id', (c) =>
    c.json(describeInvoice(state, named(state.invoices, c.req.param('id')))),
  );

  app.patch('/v2/invoices/:id', async (c) => {
    const invoice = named(state.invoices, c.req.param('id'));
    if (invoice.stage === 'closed') throw unprocessable('Invoice is closed and has to be re-opened first');
    const body = await bodyOf(c);
    const clientId = body.client_id === undefined ? invoice.clientId : clientOf(state, body).id;
    const wanted: Invoice = {
      ...invoice,
      ...fieldsOf(body, invoice.paymentTerm),
      clientId,
      number: freeNumber(state, filledText(body, 'number'), invoice.id) ?? invoice.number,
      lines:
        body.line_items === undefined
          ? invoice.lines
          : linesOf(state, clientId, body.line_items, invoice.lines),
    };
    requireOrder(wanted);
    if (totalOf(wanted).lessThan(paidOf(invoice)))
      throw unprocessable('Invoice amount cannot be less than its payments');
    Object.assign(invoice, wanted);
    state.touch(invoice);
    return c.json(describeInvoice(state, invoice));
  });

  app.delete('/v2/invoices/:id', (c) => {
    const invoice = named(state.invoices, c.req.param('id'));
    state.invoices.delete(invoice.id);
    return c.body(null, 200);
  });
}

/** The invoices that the query of a list asks for. */
function selected(c: SandboxContext, state: HarvestState): Invoice[] {
  const { from, to, client_id: client, project_id: project, state: wanted } = c.req.query();
  for (const [name, value] of Object.entries({ from, to }))
    if (value !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(value))
      throw unprocessable(`${name} is not a valid date`);
  return [...state.invoices.values()].filter(
    (invoice) =>
      (from === undefined || invoice.issueDate >= from) &&
      (to === undefined || invoice.issueDate <= to) &&
      (client === undefined || invoice.clientId === Number(client)) &&
      (project === undefined || invoice.lines.some(({ projectId }) => projectId === Number(project))) &&
      (wanted === undefined || stateOf(invoice) === wanted),
  );
}

function clientOf(state: HarvestState, body: Body) {
  if (body.client_id === undefined) throw unprocessable("Client can't be blank");
  const client = state.clients.get(number(body, 'client_id') ?? 0);
  if (client === undefined) throw unprocessable('Client is invalid');
  return client;
}

/** State, amounts and dates of payment are not among them: Harvest ignores who sends them. */
function fieldsOf(body: Body, termBefore: string): Partial<Invoice> {
  const paymentTerm = choice(body, 'payment_term', paymentTerms);
  const currency = text(body, 'currency');
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    throw unprocessable('Currency is not included in the list');
  return defined({
    purchaseOrder: text(body, 'purchase_order'),
    subject: optionalText(body, 'subject'),
    notes: optionalText(body, 'notes'),
    currency,
    issueDate: day(body, 'issue_date') ?? undefined,
    // With any other term Harvest works it out by itself.
    dueDate: (paymentTerm ?? termBefore) === 'custom' ? (day(body, 'due_date') ?? undefined) : undefined,
    paymentTerm,
  }) as Partial<Invoice>;
}

function freeNumber(state: HarvestState, wanted: string | undefined, own?: number): string | undefined {
  if (wanted === undefined) return undefined;
  for (const { id, number: taken } of state.invoices.values())
    if (id !== own && taken === wanted) throw unprocessable('Number has already been taken');
  return wanted;
}

function requireOrder({ issueDate, dueDate }: Invoice): void {
  if (dueDate < issueDate) throw unprocessable('Due date must be on or after issue date');
}

const today = ({ clock }: HarvestState): string => new Date(clock.now()).toISOString().slice(0, 10);
