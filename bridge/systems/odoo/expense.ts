import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { expenseValues, noNotes } from './expense-values.ts';
import { hasField } from './model-field.ts';
import { distinctIds } from './related.ts';
import { dayOf, decimalOf, idOf, idsOf, moneyText, nameOf, type Row, referenceOf, textOf } from './value.ts';

const fields = [
  'employee_id',
  'date',
  'name',
  'product_id',
  'total_amount_currency',
  'tax_amount_currency',
  'currency_id',
  'payment_mode',
  'state',
  'analytic_distribution',
  'company_id',
];

/** Of Odoo's app that bills expenses to customers: the order that it goes on, and the line that it made there. */
const billingFields = ['sale_order_id', 'sale_order_line_id'];

const approvals: Readonly<Record<string, string>> = {
  draft: 'unsubmitted',
  submitted: 'submitted',
  approved: 'approved',
  posted: 'approved',
  in_payment: 'approved',
  paid: 'approved',
  refused: 'refused',
};

const bookings: Readonly<Record<string, string>> = { posted: 'posted', in_payment: 'posted', paid: 'paid' };

/** `hr.expense`. Its project is the one of the analytic account that all of it is booked on. */
export const expenseInOdoo: OdooEntity = {
  model: 'hr.expense',
  fields,
  archivable: false,
  scope: [],
  day: 'date',
  capability: {
    read: { batch: 200 },
    write: {
      batch: 100,
      fields: ['worker', 'project', 'day', 'category', 'notes', 'amount', 'currency', 'paid_by', 'billable'],
    },
    remove: { batch: 100 },
  },
  async read(client, ids, { signal, own }) {
    const canBeBilled = await hasField(client, 'hr.expense', 'sale_order_id', signal);
    const rows = await client.searchRead(
      'hr.expense',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...(canBeBilled ? billingFields : []), ...own.names],
      { signal, action: `read ${ids.length} expenses` },
    );
    const [categories, projects, invoices] = await Promise.all([
      namesOfProducts(client, distinctIds(rows, 'product_id'), signal),
      projectsOfAccounts(client, [...new Set(rows.flatMap(accountsOf))], signal),
      invoicesOfLines(client, distinctIds(rows, 'sale_order_line_id'), signal),
    ]);
    return rows.map((row) => {
      const [account, ...otherAccounts] = accountsOf(row);
      const booking = bookings[String(row.state)] ?? 'none';
      return {
        id: row.id,
        state: {
          worker: referenceOf(row.employee_id),
          project: account === undefined || otherAccounts.length > 0 ? null : (projects.get(account) ?? null),
          day: dayOf(row.date),
          category: categories.get(idOf(row.product_id) ?? 0) ?? null,
          notes: row.name === noNotes ? null : textOf(row.name),
          amount: moneyText(decimalOf(row.total_amount_currency)),
          currency: nameOf(row.currency_id),
          paid_by: row.payment_mode === 'company_account' ? 'company' : 'worker',
          billable: idOf(row.sale_order_id) !== null,
          approval: approvals[String(row.state)] ?? null,
          legal_entity: nameOf(row.company_id),
          tax: booking === 'none' ? null : moneyText(decimalOf(row.tax_amount_currency)),
          booking,
          invoice: invoices.get(idOf(row.sale_order_line_id) ?? 0) ?? null,
          ...own.stateOf(row),
        },
      };
    });
  },
  values: expenseValues,
};

/** Analytic accounts of its distribution, which Odoo answers as `{"12": 100}` or, over several plans, `{"12,7": 100}`. */
function accountsOf(row: Row): number[] {
  const distribution = row.analytic_distribution;
  if (typeof distribution !== 'object' || distribution === null) return [];
  return Object.keys(distribution).flatMap((ids) => ids.split(',').map(Number));
}

async function namesOfProducts(client: OdooClient, productIds: readonly number[], signal: AbortSignal) {
  if (productIds.length === 0) return new Map<number, string | null>();
  const rows = await client.searchRead('product.product', [['id', 'in', productIds]], ['name'], {
    signal,
    action: `read ${productIds.length} categories of expenses`,
  });
  return new Map(rows.map((row) => [row.id, textOf(row.name)]));
}

/** The project behind each analytic account, where there is only one. */
async function projectsOfAccounts(client: OdooClient, accountIds: readonly number[], signal: AbortSignal) {
  const projects = new Map<number, string>();
  if (accountIds.length === 0) return projects;
  const rows = await client.searchRead(
    'project.project',
    [['account_id', 'in', accountIds]],
    ['account_id'],
    {
      signal,
      action: `read the projects of ${accountIds.length} accounts`,
    },
  );
  for (const [account, ofAccount] of Map.groupBy(rows, (row) => idOf(row.account_id) ?? 0))
    if (ofAccount.length === 1) projects.set(account, String(ofAccount[0]?.id));
  return projects;
}

/** The latest posted invoice of each line of an order. */
async function invoicesOfLines(client: OdooClient, lineIds: readonly number[], signal: AbortSignal) {
  const invoices = new Map<number, string>();
  if (lineIds.length === 0) return invoices;
  const rows = await client.searchRead(
    'account.move.line',
    [
      ['sale_line_ids', 'in', lineIds],
      ['parent_state', '=', 'posted'],
      ['move_type', '=', 'out_invoice'],
    ],
    ['sale_line_ids', 'move_id'],
    { signal, action: `read the invoices of ${lineIds.length} expenses`, order: 'move_id, id' },
  );
  for (const row of rows)
    for (const lineId of idsOf(row.sale_line_ids)) invoices.set(lineId, String(idOf(row.move_id)));
  return invoices;
}
