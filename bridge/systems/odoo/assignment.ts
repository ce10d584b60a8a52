import type { OdooEntity } from './entity.ts';
import { idOf, referenceOf } from './value.ts';

const fields = ['employee_id', 'project_id', 'sale_line_id'];

/**
 * `project.sale.line.employee.map`: who is named on a project works on it. Odoo knows no days of it (planning is part of its
 * Enterprise edition).
 */
export const assignmentInOdoo: OdooEntity = {
  model: 'project.sale.line.employee.map',
  fields,
  archivable: false,
  scope: [],
  capability: { read: { batch: 200 } },
  async read(client, ids, { signal, own }) {
    const rows = await client.searchRead(
      'project.sale.line.employee.map',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} assignments` },
    );
    return rows.map((row) => ({
      id: row.id,
      state: {
        worker: referenceOf(row.employee_id),
        project: referenceOf(row.project_id),
        task: null,
        status: 'confirmed',
        billable: idOf(row.sale_line_id) !== null,
        ...own.stateOf(row),
      },
    }));
  },
};
