import * as v from 'valibot';
import { SystemError } from '../error.ts';
import type { OdooClient } from './client.ts';
import { eventSchema } from './event.ts';

/** The addon's model for what the bridge does in Odoo. */
const model = 'services.bridge.facade';

export const id = v.pipe(v.number(), v.integer());
const ids = v.array(id);

const descriptionSchema = v.object({
  /** Version of the contract between addon and bridge. */
  protocol: v.number(),
  addon: v.string(),
  odoo: v.string(),
  /** UUID of the database. */
  database: v.string(),
  neutralized: v.boolean(),
  user: v.object({ id, login: v.string() }),
  enabled: v.boolean(),
  watched: v.record(v.string(), v.array(v.string())),
  /** By model the fields that `upsert` takes; absent from addons that do not tell yet. */
  writable: v.optional(v.record(v.string(), v.array(v.string()))),
  missing_rights: v.array(v.object({ model: v.string(), operation: v.string() })),
  /** By name of a call whether this user may make it; absent from addons that do not tell yet. */
  calls: v.optional(v.record(v.string(), v.boolean())),
});

/** The addon's own account of itself and of what the bridge's user may do. */
export type Description = v.InferOutput<typeof descriptionSchema>;

export const itemErrors = ['invalid', 'missing', 'conflict', 'denied'] as const;

const itemResultSchema = v.variant('result', [
  v.object({
    reference: v.string(),
    id,
    result: v.picklist(['created', 'updated', 'unchanged', 'adopted']),
  }),
  v.object({ reference: v.string(), result: v.picklist(['removed', 'absent']) }),
  v.object({
    reference: v.string(),
    result: v.literal('error'),
    error: v.picklist(itemErrors),
    message: v.string(),
  }),
]);

/** What became of one item of `upsert` or `remove`. */
export type ItemResult = v.InferOutput<typeof itemResultSchema>;

export interface UpsertItem {
  readonly reference: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** A record to adopt, when the reference is not known yet. */
  readonly id?: number;
}

const confirmationSchema = v.object({ id, state: v.string(), project_ids: ids, task_ids: ids });
const draftInvoiceSchema = v.object({ invoice_ids: ids, nothing_to_invoice: v.boolean() });
const outboxSchema = v.object({ events: v.array(eventSchema), cursor: v.string(), more: v.boolean() });

export interface ConfirmedOrder {
  readonly id: number;
  readonly state: string;
  readonly projectIds: readonly number[];
  readonly taskIds: readonly number[];
}

export interface DraftInvoices {
  readonly invoiceIds: readonly number[];
  readonly nothingToInvoice: boolean;
}

interface FacadeCall {
  readonly signal: AbortSignal;
  /** True when an answer that was lost may simply be asked for again. */
  readonly repeatable: boolean;
  readonly action: string;
  /** See `CallOptions`. */
  readonly changes?: string;
}

export async function ask<Output>(
  client: OdooClient,
  method: string,
  args: Record<string, unknown>,
  schema: v.GenericSchema<unknown, Output>,
  call: FacadeCall,
): Promise<Output> {
  const answer = v.safeParse(schema, await client.call(model, method, args, call));
  if (answer.success) return answer.output;
  const issue = answer.issues[0];
  const place = v.getDotPath(issue) ?? 'the answer';
  // The call was done; only its answer is not understood.
  throw new SystemError(
    call.repeatable ? 'invalid' : 'ambiguous',
    `the addon answered ${method} in a way that this bridge does not understand (${place}: ${issue.message})`,
    { system: client.system, action: call.action },
  );
}

export function describe(client: OdooClient, signal: AbortSignal): Promise<Description> {
  const call = { signal, repeatable: true, action: 'ask the addon about itself' };
  return ask(client, 'describe', {}, descriptionSchema, call);
}

/**
 * Creates or changes records, all in one transaction; one result per item, in order. A lost answer is `ambiguous`, and
 * since references are unique the same call can then be made again.
 */
export async function upsert(
  client: OdooClient,
  target: string,
  items: readonly UpsertItem[],
  signal: AbortSignal,
): Promise<ItemResult[]> {
  const action = `write ${items.length} ${target}`;
  const call = { signal, repeatable: false, action, changes: target };
  const results = await ask(client, 'upsert', { model: target, items }, v.array(itemResultSchema), call);
  return inOrder(client, items, results, action);
}

/** Deletes the records of references; one result per reference, in order. */
export async function remove(
  client: OdooClient,
  target: string,
  references: readonly string[],
  signal: AbortSignal,
): Promise<ItemResult[]> {
  const action = `remove ${references.length} ${target}`;
  const call = { signal, repeatable: true, action, changes: target };
  const results = await ask(client, 'remove', { model: target, references }, v.array(itemResultSchema), call);
  return inOrder(
    client,
    references.map((reference) => ({ reference })),
    results,
    action,
  );
}

/** Confirms a quotation; Odoo then makes its projects and tasks. An order already confirmed answers the same. */
export async function confirmOrder(
  client: OdooClient,
  orderId: number,
  signal: AbortSignal,
): Promise<ConfirmedOrder> {
  const call = { signal, repeatable: true, action: `confirm order ${orderId}` };
  const order = await ask(client, 'confirm_order', { order_id: orderId }, confirmationSchema, call);
  return { id: order.id, state: order.state, projectIds: order.project_ids, taskIds: order.task_ids };
}

/**
 * Makes draft invoices for what is delivered on orders.
 *
 * @param until last day of the timesheets to be billed, `2026-01-31`
 */
export async function makeDraftInvoice(
  client: OdooClient,
  orderIds: readonly number[],
  until: string | undefined,
  signal: AbortSignal,
): Promise<DraftInvoices> {
  // What the first call invoices is no longer to be invoiced in a second one, but its ids would be lost.
  const call = { signal, repeatable: false, action: `make draft invoices for ${orderIds.length} orders` };
  const args = { order_ids: orderIds, until: until ?? false };
  const answer = await ask(client, 'make_draft_invoice', args, draftInvoiceSchema, call);
  return { invoiceIds: answer.invoice_ids, nothingToInvoice: answer.nothing_to_invoice };
}

/** A page of the addon's outbox after `cursor`; an empty cursor is its beginning. */
export function readOutbox(client: OdooClient, cursor: string, limit: number, signal: AbortSignal) {
  const call = { signal, repeatable: true, action: 'read the outbox of Odoo' };
  return ask(client, 'read_outbox', { cursor, limit }, outboxSchema, call);
}

/** Those of the records that are there, but that the bridge's user may not see. */
export function findHidden(
  client: OdooClient,
  target: string,
  recordIds: readonly number[],
  signal: AbortSignal,
) {
  const call = {
    signal,
    repeatable: true,
    action: `look for ${recordIds.length} ${target} that may be hidden`,
  };
  return ask(client, 'hidden', { model: target, record_ids: recordIds }, ids, call);
}

export function inOrder<Result extends { readonly reference: string }>(
  client: OdooClient,
  items: readonly { readonly reference: string }[],
  results: readonly Result[],
  action: string,
): Result[] {
  const matches =
    results.length === items.length &&
    results.every((result, index) => result.reference === items[index]?.reference);
  if (matches) return [...results];
  throw new SystemError('ambiguous', 'the addon answered for other items than it was asked about', {
    system: client.system,
    action,
  });
}

const workerDatesSchema = v.array(
  v.object({
    id,
    starts_on: v.union([v.string(), v.literal(false)]),
    ends_on: v.union([v.string(), v.literal(false)]),
  }),
);

export interface WorkerDates {
  /** `2026-01-31` */
  readonly startsOn: string | null;
  /** `null` for no end. */
  readonly endsOn: string | null;
}

/** First and last day of work of each of the employees. */
export async function workerDates(
  client: OdooClient,
  employeeIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, WorkerDates>> {
  if (employeeIds.length === 0) return new Map();
  const call = {
    signal,
    repeatable: true,
    action: `ask for the first and last day of ${employeeIds.length} workers`,
  };
  const rows = await ask(client, 'worker_dates', { employee_ids: employeeIds }, workerDatesSchema, call);
  return new Map(
    rows.map((row) => [row.id, { startsOn: row.starts_on || null, endsOn: row.ends_on || null }]),
  );
}
