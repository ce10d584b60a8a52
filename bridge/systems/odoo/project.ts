import type { OdooEntity } from './entity.ts';
import { customersOfPartners, distinctIds, emailsOfUsers } from './related.ts';
import { dayOf, idOf, likeText, nameOf, textOf } from './value.ts';

const fields = [
  'name',
  'sale_order_id',
  'partner_id',
  'company_id',
  'active',
  'allow_timesheets',
  'allow_billable',
  'currency_id',
  'date_start',
  'date',
  'user_id',
];

/** `project.project`; its code is the number of the order that it came from. */
export const projectInOdoo: OdooEntity = {
  model: 'project.project',
  fields,
  archivable: true,
  scope: [],
  capability: { read: { batch: 200 }, find: ['code', 'name'] },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} projects`;
    const rows = await client.searchRead(
      'project.project',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    const [customers, emails] = await Promise.all([
      customersOfPartners(client, distinctIds(rows, 'partner_id'), signal),
      emailsOfUsers(client, distinctIds(rows, 'user_id'), signal),
    ]);
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        code: nameOf(row.sale_order_id),
        customer: customers.get(idOf(row.partner_id) ?? 0) ?? null,
        legal_entity: nameOf(row.company_id),
        status: row.active === true && row.allow_timesheets === true ? 'active' : 'closed',
        billable: row.allow_billable === true,
        currency: nameOf(row.currency_id),
        starts_on: dayOf(row.date_start),
        ends_on: dayOf(row.date),
        manager_email: emails.get(idOf(row.user_id) ?? 0) ?? null,
        ...own.stateOf(row),
      },
    }));
  },
  finders: {
    code: {
      fields: ['sale_order_id'],
      candidates: (code) => [['sale_order_id.name', '=ilike', likeText(code)]],
      valueOf: (row) => nameOf(row.sale_order_id),
    },
    name: {
      fields: ['name'],
      candidates: (name) => [['name', '=ilike', likeText(name)]],
      valueOf: (row) => textOf(row.name),
    },
  },
};
