import { Decimal } from 'decimal.js';
import type { State, Value } from '../../entities/field.ts';
import type { OdooClient } from './client.ts';
import { anyOf } from './entity.ts';
import { hasField } from './model-field.ts';
import { decimalOf, idOf, integerOf, likeText, type Row, textOf } from './value.ts';
import { failed, type OdooValues, type ValuesResult } from './values.ts';

/** What is written where there are no notes: Odoo wants a description. */
export const noNotes = '/';

/** What is looked up for all expenses of a call at once. */
interface Known {
  /** Products that can be expensed, by their names in lower case; several with one name count as none. */
  readonly categories: ReadonlyMap<string, Row | 'several'>;
  readonly currencies: ReadonlyMap<string, Row>;
  readonly projects: ReadonlyMap<number, Row>;
  /** Odoo can bill expenses to customers. */
  readonly canBeBilled: boolean;
}

/** Odoo's values of expenses. At most four calls, however many there are. */
export async function expenseValues(
  client: OdooClient,
  states: readonly State[],
  signal: AbortSignal,
): Promise<ValuesResult[]> {
  const [categories, currencies, projects, canBeBilled] = await Promise.all([
    categoriesByName(client, textsIn(states, 'category'), signal),
    currenciesByCode(client, textsIn(states, 'currency'), signal),
    projectsById(client, textsIn(states, 'project'), signal),
    states.some((state) => state.billable !== undefined)
      ? hasField(client, 'hr.expense', 'sale_order_id', signal)
      : false,
  ]);
  const known: Known = { categories, currencies, projects, canBeBilled };
  return states.map((state) => valuesOf(state, known));
}

const textsIn = (states: readonly State[], field: string): string[] => [
  ...new Set(states.map((state) => state[field]).filter((value) => typeof value === 'string')),
];

function valuesOf(state: State, known: Known): ValuesResult {
  const values: OdooValues = {};
  for (const [field, value] of Object.entries(state)) {
    const result = fieldValues(field, value, state, known);
    if (!result.ok) return result;
    Object.assign(values, result.values);
  }
  return { ok: true, values };
}

const good = (values: OdooValues): ValuesResult => ({ ok: true, values });

function fieldValues(field: string, value: Value, state: State, known: Known): ValuesResult {
  switch (field) {
    case 'worker': {
      const worker = integerOf(String(value));
      if (worker === undefined) return failed(`"${value}" is not the id of a worker in Odoo`);
      return good({ employee_id: worker });
    }
    case 'day':
      return good({ date: value ?? false });
    case 'notes':
      return good({ name: value ?? noNotes });
    case 'paid_by':
      return good({ payment_mode: value === 'company' ? 'company_account' : 'own_account' });
    case 'category': {
      const category = categoryOf(value, known);
      return typeof category === 'string' ? failed(category) : good({ product_id: category.id });
    }
    case 'amount':
      return amountValues(value, state, known);
    case 'currency': {
      const currency = known.currencies.get(String(value));
      if (currency === undefined)
        return failed(
          `Odoo has no active currency "${value}". Activate it there under Accounting, Currencies.`,
        );
      return good({ currency_id: currency.id });
    }
    case 'project':
      return projectValues(value, known);
    case 'billable':
      return billableValues(value === true, state, known);
    default:
      return good({});
  }
}

/** The product, or what is wrong with it. */
function categoryOf(value: Value, known: Known): Row | string {
  const category = known.categories.get(String(value).trim().toLowerCase());
  if (category === 'several')
    return `Odoo has several categories of expenses called "${value}". Give each of them a name of its own.`;
  return (
    category ??
    `Odoo has no category of expenses called "${value}". Make one there under Expenses, Configuration, Expense Categories.`
  );
}

/** Where the category has a cost of its own, such as of a kilometre, Odoo works out the amount from how many there are. */
function amountValues(value: Value, state: State, known: Known): ValuesResult {
  const amount = new Decimal(String(value ?? '0'));
  const category = state.category === undefined ? undefined : categoryOf(state.category, known);
  const cost = typeof category === 'object' ? decimalOf(category.standard_price) : new Decimal(0);
  if (cost.isZero()) return good({ total_amount_currency: amount.toFixed(), quantity: 1 });
  const quantity = amount.dividedBy(cost).toDecimalPlaces(2);
  if (!quantity.times(cost).toDecimalPlaces(2).equals(amount))
    return failed(
      `${amount.toFixed(2)} is no multiple of ${cost.toFixed(2)}, which one of "${state.category}" costs in Odoo. ` +
        'Correct the amount, or take the cost off the category there.',
    );
  return good({ quantity: quantity.toNumber() });
}

/** All of it is booked on the project's analytic account. */
function projectValues(value: Value, known: Known): ValuesResult {
  if (value === null) return good({ analytic_distribution: false });
  const id = integerOf(String(value));
  if (id === undefined) return failed(`"${value}" is not the id of a project in Odoo`);
  const project = known.projects.get(id);
  if (project === undefined) return { ok: false, error: 'missing', message: `Odoo has no project ${id}` };
  const account = idOf(project.account_id);
  if (account === null)
    return failed(
      `The project "${textOf(project.name)}" has no analytic account in Odoo, so expenses cannot be booked on it. ` +
        'Choose one in its settings.',
    );
  return good({ analytic_distribution: { [String(account)]: 100 } });
}

/** What is billed goes on the order that the project came from. */
function billableValues(billable: boolean, state: State, known: Known): ValuesResult {
  // Without Odoo's app for it nothing can be billed, and nothing is.
  if (!known.canBeBilled) return billable ? failed(noBilling) : good({});
  if (!billable) return good({ sale_order_id: false });
  const category = state.category === undefined ? undefined : categoryOf(state.category, known);
  if (typeof category === 'object' && category.expense_policy === 'no')
    return failed(
      `Expenses of the category "${state.category}" are billed to nobody in Odoo. Choose there whether they are ` +
        're-invoiced at cost or at the sales price.',
    );
  const project = known.projects.get(integerOf(String(state.project ?? '')) ?? 0);
  const order = idOf(project?.sale_order_id);
  if (order === null)
    return failed(
      project === undefined
        ? 'A billable expense needs a project, whose order it is billed on'
        : `The project "${textOf(project.name)}" comes from no order in Odoo, so its expenses cannot be billed`,
    );
  return good({ sale_order_id: order });
}

const noBilling =
  'Odoo cannot bill expenses to customers here: install its app Sales Expense, or bring them as not billable';

async function categoriesByName(client: OdooClient, names: readonly string[], signal: AbortSignal) {
  const categories = new Map<string, Row | 'several'>();
  if (names.length === 0) return categories;
  const rows = await client.searchRead(
    'product.product',
    [
      ['can_be_expensed', '=', true],
      ['active', '=', true],
      ...anyOf(names.map((name) => [['name', '=ilike', likeText(name)]])),
    ],
    ['name', 'standard_price', 'expense_policy'],
    { signal, action: `look up ${names.length} categories of expenses` },
  );
  for (const row of rows) {
    const name = String(textOf(row.name)).trim().toLowerCase();
    categories.set(name, categories.has(name) ? 'several' : row);
  }
  return categories;
}

async function currenciesByCode(client: OdooClient, codes: readonly string[], signal: AbortSignal) {
  if (codes.length === 0) return new Map<string, Row>();
  const rows = await client.searchRead(
    'res.currency',
    [
      ['name', 'in', codes],
      ['active', '=', true],
    ],
    ['name'],
    { signal, action: `look up ${codes.length} currencies` },
  );
  return new Map(rows.map((row) => [String(row.name), row]));
}

async function projectsById(client: OdooClient, ids: readonly string[], signal: AbortSignal) {
  const known = ids.map(integerOf).filter((id) => id !== undefined);
  if (known.length === 0) return new Map<number, Row>();
  const rows = await client.searchRead(
    'project.project',
    [['id', 'in', known]],
    ['name', 'account_id', 'sale_order_id'],
    { signal, action: `read ${known.length} projects of expenses` },
  );
  return new Map(rows.map((row) => [row.id, row]));
}
