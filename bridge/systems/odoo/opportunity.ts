import type { State } from '../../entities/field.ts';
import { summarizeBilling } from './billing.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { whatBecameOf } from './opportunity-outcome.ts';
import { customersOfPartners, distinctIds, emailsOfUsers } from './related.ts';
import { dayOf, decimalOf, idOf, integerOf, likeText, moneyText, nameOf, type Row, textOf } from './value.ts';
import { failed, type OdooValues, type ValuesResult } from './values.ts';

const fields = [
  'name',
  'partner_id',
  'company_id',
  'expected_revenue',
  'company_currency',
  'active',
  'probability',
  'stage_id',
  'date_closed',
  'date_deadline',
  'user_id',
];

/** `crm.lead` of type opportunity. */
export const opportunityInOdoo: OdooEntity = {
  model: 'crm.lead',
  fields,
  archivable: true,
  scope: [['type', '=', 'opportunity']],
  capability: {
    read: { batch: 200 },
    write: { batch: 100, fields: ['name', 'customer', 'amount', 'currency', 'close_on', 'status'] },
    find: ['name'],
  },
  async read(client, ids, { signal, today, own }) {
    const action = `read ${ids.length} opportunities`;
    const rows = await client.searchRead(
      'crm.lead',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    const [customers, emails, won, { moves, projects }] = await Promise.all([
      customersOfPartners(client, distinctIds(rows, 'partner_id'), signal),
      emailsOfUsers(client, distinctIds(rows, 'user_id'), signal),
      wonStages(client, distinctIds(rows, 'stage_id'), signal),
      whatBecameOf(
        client,
        rows.map((row) => row.id),
        signal,
      ),
    ]);
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        customer: customers.get(idOf(row.partner_id) ?? 0) ?? null,
        legal_entity: nameOf(row.company_id),
        amount: moneyText(decimalOf(row.expected_revenue)),
        currency: nameOf(row.company_currency),
        ...decision(row, won),
        project: projects.get(row.id)?.join(', ') ?? null,
        owner_email: emails.get(idOf(row.user_id) ?? 0) ?? null,
        ...summarizeBilling(moves.get(row.id) ?? [], today),
        ...own.stateOf(row),
      },
    }));
  },
  finders: {
    name: {
      fields: ['name'],
      candidates: (name) => [['name', '=ilike', likeText(name)]],
      valueOf: (row) => textOf(row.name),
    },
  },
  async values(client, states, signal) {
    const currencies = states.some((state) => typeof state.currency === 'string')
      ? await companyCurrencies(client, signal)
      : new Map<string, number>();
    const companies = await companiesOfCustomers(client, states, signal);
    return states.map((state) => opportunityValues(state, currencies, companies));
  },
};

/** Which of these stages mean that the sale is won. One call. */
async function wonStages(client: OdooClient, stageIds: readonly number[], signal: AbortSignal) {
  if (stageIds.length === 0) return new Set<number>();
  const rows = await client.searchRead('crm.stage', [['id', 'in', stageIds]], ['is_won'], {
    signal,
    action: 'read the stages of opportunities',
  });
  return new Set(rows.filter((row) => row.is_won === true).map((row) => row.id));
}

/**
 * The way Odoo itself tells won from lost, in every version: a won stage; archived without any probability. The day is the
 * expected one where somebody set it: who sells in another system puts the real day there, while Odoo's own day of closing
 * is the one on which the status came.
 */
function decision(row: Row, won: ReadonlySet<number>): State {
  const expected = dayOf(row.date_deadline);
  const decided = expected ?? dayOf(row.date_closed);
  if (won.has(idOf(row.stage_id) ?? 0)) return { status: 'won', close_on: decided };
  if (row.active === false && row.probability === 0) return { status: 'lost', close_on: decided };
  return { status: 'open', close_on: expected };
}

/** Odoo's words for a status, which the addon brings about as Odoo's own buttons do. */
const wonStatuses: Readonly<Record<string, string>> = { won: 'won', lost: 'lost', open: 'pending' };

/** What expected revenues can be in, with ids: an opportunity has no currency of its own, it is its company's. One call. */
async function companyCurrencies(
  client: OdooClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const rows = await client.searchRead('res.company', [], ['currency_id'], {
    signal,
    action: 'read the currencies of the companies',
  });
  return new Map(rows.map((row) => [nameOf(row.currency_id) ?? '', idOf(row.currency_id) ?? 0]));
}

/**
 * The companies of one's own that the customers of opportunities belong to, by the customer's id; customers of all
 * companies are not in it. One call, none where no customer is written.
 */
async function companiesOfCustomers(
  client: OdooClient,
  states: readonly State[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const ids = new Set(
    states.flatMap(({ customer }) => (typeof customer === 'string' ? (integerOf(customer) ?? []) : [])),
  );
  if (ids.size === 0) return new Map();
  const rows = await client.searchRead(
    'res.partner',
    [
      ['id', 'in', [...ids]],
      ['company_id', '!=', false],
    ],
    ['company_id'],
    { signal, action: `read the companies of ${ids.size} customers` },
  );
  return new Map(rows.map((row) => [row.id, idOf(row.company_id) ?? 0]));
}

function opportunityValues(
  state: State,
  currencies: ReadonlyMap<string, number>,
  companies: ReadonlyMap<number, number>,
): ValuesResult {
  const { currency } = state;
  if (typeof currency === 'string' && !currencies.has(currency))
    return failed(
      `Odoo keeps the amounts of opportunities in ${[...currencies.keys()].join(' or ')}, so one in ${currency} cannot be brought ` +
        'there. Give the amount in that currency, or leave the amount out of the rule.',
    );
  const values: OdooValues = { type: 'opportunity' };
  for (const [field, value] of Object.entries(state)) {
    if (field === 'name') values.name = value ?? false;
    else if (field === 'amount') values.expected_revenue = Number(value ?? 0);
    // Whether it is that of the opportunity's own company, the addon knows once it is written.
    else if (field === 'currency') {
      const id = currencies.get(String(value));
      if (id !== undefined) values.company_currency = id;
    } else if (field === 'close_on') values.date_deadline = value ?? false;
    else if (field === 'status') {
      const status = wonStatuses[String(value)];
      if (status === undefined)
        return failed('An opportunity is open, won or lost; Odoo has no other status');
      values.won_status = status;
    } else if (field === 'customer') {
      const customer = value === null ? false : integerOf(String(value));
      if (customer === undefined) return failed(`"${value}" is not the id of a customer in Odoo`);
      values.partner_id = customer;
      // Odoo refuses a customer of another company than the opportunity's, which else is the one of the bridge's user.
      const company = customer === false ? undefined : companies.get(customer);
      if (company !== undefined) values.company_id = company;
    }
  }
  return { ok: true, values };
}
