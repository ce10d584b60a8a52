import type { State } from '../../entities/field.ts';
import { billedMoveFields, summarizeBilling } from './billing.ts';
import type { OdooClient } from './client.ts';
import { countriesByCode } from './country.ts';
import { anyOf, type OdooEntity } from './entity.ts';
import { domainOf, normalizeVat } from './identity.ts';
import { emailOf, idOf, integerOf, likeText, nameOf, type Row, referenceOf, textOf } from './value.ts';
import { failed, type OdooValues, type ValuesResult } from './values.ts';

const fields = [
  'name',
  'is_company',
  'parent_id',
  'company_id',
  'vat',
  'email',
  'website',
  'phone',
  'street',
  'street2',
  'city',
  'zip',
  'country_code',
  'active',
  'commercial_partner_id',
];

/** Firms, and persons who belong to no firm. */
const firms = ['|', ['is_company', '=', true], ['parent_id', '=', false]];
/** A company of one's own is a customer only where another one bills it. */
const notOwn = ['|', ['ref_company_ids', '=', false], ['customer_rank', '>', 0]];
/** Nor are the people who work in Odoo. */
const notUsers = [['partner_share', '=', true]];

/** `res.partner`. The contacts and addresses of firms are partners too, but no customers. */
export const customerInOdoo: OdooEntity = {
  model: 'res.partner',
  fields: [...fields, 'country_id'],
  archivable: true,
  scope: [...firms, ...notOwn, ...notUsers],
  capability: {
    read: { batch: 200 },
    write: {
      batch: 100,
      fields: [
        'name',
        'is_company',
        'parent',
        'vat',
        'email',
        'domain',
        'phone',
        'street',
        'city',
        'postal_code',
        'country',
        'active',
      ],
    },
    find: ['vat', 'email', 'domain', 'name'],
  },
  async read(client, ids, { signal, today, own }) {
    const action = `read ${ids.length} customers`;
    const rows = await client.searchRead(
      'res.partner',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    const moves = await movesByCustomer(client, rows, signal);
    return rows.map((row) => ({
      id: row.id,
      state: {
        ...customerState(row),
        ...summarizeBilling(moves.get(row.id) ?? [], today),
        ...own.stateOf(row),
      },
    }));
  },
  finders: {
    vat: {
      fields: ['vat'],
      // Odoo keeps the number as it was typed, so anything may stand between its characters.
      candidates: (vat) => [['vat', '=ilike', `%${[...vat].map(likeText).join('%')}%`]],
      valueOf: (row) => normalizeVat(textOf(row.vat)),
    },
    email: {
      fields: ['email'],
      candidates: (email) => [['email', 'ilike', likeText(email)]],
      valueOf: (row) => emailOf(row.email),
    },
    domain: {
      fields: ['website', 'email'],
      candidates: (domain) =>
        anyOf([[['website', 'ilike', likeText(domain)]], [['email', 'ilike', `@${likeText(domain)}`]]]),
      valueOf: (row) => domainOf(textOf(row.website), emailOf(row.email)),
    },
    name: {
      fields: ['name'],
      candidates: (name) => [['name', '=ilike', likeText(name)]],
      valueOf: (row) => textOf(row.name),
    },
  },
  async values(client, states, signal) {
    const codes = new Set(states.map((state) => state.country).filter((code) => typeof code === 'string'));
    const countries = codes.size === 0 ? new Map<string, number>() : await countriesByCode(client, signal);
    return states.map((state) => customerValues(state, countries));
  },
};

function customerState(row: Row): State {
  const email = emailOf(row.email);
  return {
    name: textOf(row.name),
    is_company: row.is_company === true,
    parent: referenceOf(row.parent_id),
    legal_entity: nameOf(row.company_id),
    vat: normalizeVat(textOf(row.vat)),
    email,
    domain: domainOf(textOf(row.website), email),
    phone: textOf(row.phone),
    street: [textOf(row.street), textOf(row.street2)].filter((line) => line !== null).join(', ') || null,
    city: textOf(row.city),
    postal_code: textOf(row.zip),
    country: textOf(row.country_code),
    active: row.active === true,
  };
}

/** Posted customer invoices and credit notes of the firms among these partners. One call. */
async function movesByCustomer(client: OdooClient, partners: readonly Row[], signal: AbortSignal) {
  const ids = partners.map((row) => row.id);
  const moves = new Map<number, Row[]>();
  if (ids.length === 0) return moves;
  const rows = await client.searchRead(
    'account.move',
    [
      ['commercial_partner_id', 'in', ids],
      ['move_type', 'in', ['out_invoice', 'out_refund']],
      ['state', '=', 'posted'],
    ],
    [...billedMoveFields, 'commercial_partner_id'],
    { signal, action: `read the invoices of ${ids.length} customers` },
  );
  for (const [id, ofCustomer] of Map.groupBy(rows, (row) => idOf(row.commercial_partner_id) ?? 0))
    moves.set(id, ofCustomer);
  return moves;
}

const textFields: Readonly<Record<string, string>> = {
  name: 'name',
  vat: 'vat',
  email: 'email',
  domain: 'website',
  phone: 'phone',
  city: 'city',
  postal_code: 'zip',
};

function customerValues(state: State, countries: ReadonlyMap<string, number>): ValuesResult {
  const values: OdooValues = {};
  for (const [field, value] of Object.entries(state)) {
    const textField = textFields[field];
    if (textField !== undefined) values[textField] = value ?? false;
    else if (field === 'is_company' || field === 'active') values[field] = value === true;
    else if (field === 'street') {
      values.street = value ?? false;
      // The canonical street is one line.
      values.street2 = false;
    } else if (field === 'parent') {
      const parent = value === null ? false : integerOf(String(value));
      if (parent === undefined) return failed(`"${value}" is not the id of a customer in Odoo`);
      values.parent_id = parent;
    } else if (field === 'country') {
      const country = value === null ? false : countries.get(String(value));
      if (country === undefined) return failed(`Odoo knows no country with the code "${value}"`);
      values.country_id = country;
    }
  }
  return { ok: true, values };
}
