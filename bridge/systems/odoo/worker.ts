import type { OdooEntity } from './entity.ts';
import { emailOf, likeText, nameOf, textOf } from './value.ts';

const fields = ['name', 'work_email', 'company_id', 'active'];

/** `hr.employee`: only what every colleague may see, for which Odoo asks no rights in human resources. */
export const workerInOdoo: OdooEntity = {
  model: 'hr.employee',
  fields,
  archivable: true,
  scope: [],
  capability: { read: { batch: 200 }, find: ['email'] },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} workers`;
    const rows = await client.searchRead('hr.employee', [['id', 'in', ids]], [...fields, ...own.names], {
      signal,
      action,
    });
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        email: emailOf(row.work_email),
        legal_entity: nameOf(row.company_id),
        active: row.active === true,
        ...own.stateOf(row),
      },
    }));
  },
  finders: {
    email: {
      fields: ['work_email'],
      candidates: (email) => [['work_email', 'ilike', likeText(email)]],
      valueOf: (row) => emailOf(row.work_email),
    },
  },
};
