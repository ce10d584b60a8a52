import * as v from 'valibot';
import { SystemError } from '../error.ts';
import type { OdooClient } from './client.ts';
import { ask, id, inOrder, itemErrors } from './facade.ts';

/*
 * The calls of the addon's facade that do something with records besides writing them. All of them can be made again: what
 * they make bears the reference, and what was done before is answered as it is.
 */

const error = v.object({
  reference: v.string(),
  result: v.literal('error'),
  error: v.picklist(itemErrors),
  message: v.string(),
});

const quotationSchema = v.variant('result', [
  v.object({ reference: v.string(), id, result: v.picklist(['created', 'unchanged']) }),
  error,
]);

const draftSchema = v.variant('result', [
  v.object({ reference: v.string(), id, result: v.picklist(['created', 'unchanged']) }),
  v.object({ reference: v.string(), result: v.literal('nothing') }),
  error,
]);

const submissionSchema = v.variant('result', [
  v.object({ id, result: v.picklist(['submitted', 'unchanged']) }),
  v.object({ id, result: v.literal('error'), error: v.picklist(itemErrors), message: v.string() }),
]);

export type QuotationResult = v.InferOutput<typeof quotationSchema>;
export type DraftResult = v.InferOutput<typeof draftSchema>;
export type SubmissionResult = v.InferOutput<typeof submissionSchema>;

/** Amounts and hours are decimals. */
export interface QuotationItem {
  readonly reference: string;
  readonly opportunity_id: number;
  /** What is offered: the line's description. */
  readonly name: string;
  /** Internal reference of the product. */
  readonly product: string;
  /** Total without tax. */
  readonly amount: string;
  readonly hours?: string;
  readonly note?: string;
  /** ISO 4217 code. */
  readonly currency?: string;
}

export interface DraftItem {
  readonly reference: string;
  readonly order_id: number;
  /** Last day of the timesheets to be billed, `2026-01-31`. */
  readonly until?: string;
}

/** Makes a quotation of one line for each opportunity; one result per item, in order. */
export async function makeQuotations(
  client: OdooClient,
  items: readonly QuotationItem[],
  signal: AbortSignal,
): Promise<QuotationResult[]> {
  const call = { signal, repeatable: false, action: `make ${items.length} quotations` };
  const results = await ask(client, 'make_quotation', { items }, v.array(quotationSchema), call);
  return inOrder(client, items, results, call.action);
}

/** Makes a draft invoice for each order that has something to bill; one result per item, in order. */
export async function makeDraftInvoices(
  client: OdooClient,
  items: readonly DraftItem[],
  signal: AbortSignal,
): Promise<DraftResult[]> {
  const call = { signal, repeatable: false, action: `make draft invoices for ${items.length} orders` };
  const results = await ask(client, 'make_draft_invoices', { items }, v.array(draftSchema), call);
  return inOrder(client, items, results, call.action);
}

/** Hands in expenses for approval; one result per id, in order. */
export async function submitExpenses(
  client: OdooClient,
  expenseIds: readonly number[],
  signal: AbortSignal,
): Promise<SubmissionResult[]> {
  const call = { signal, repeatable: true, action: `submit ${expenseIds.length} expenses` };
  const results = await ask(
    client,
    'submit_expenses',
    { expense_ids: expenseIds },
    v.array(submissionSchema),
    call,
  );
  if (
    results.length === expenseIds.length &&
    results.every((result, index) => result.id === expenseIds[index])
  )
    return results;
  throw new SystemError('ambiguous', 'the addon answered for other expenses than it was asked about', {
    system: client.system,
    action: call.action,
  });
}
