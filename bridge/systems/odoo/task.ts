import type { OdooEntity } from './entity.ts';
import { idOf, referenceOf, textOf } from './value.ts';

const fields = ['name', 'project_id', 'milestone_id', 'active', 'state', 'allow_billable', 'sale_line_id'];

const closedStates = new Set(['1_done', '1_canceled']);

/** `project.task` of a project; private to-dos are none. */
export const taskInOdoo: OdooEntity = {
  model: 'project.task',
  fields,
  archivable: true,
  scope: [['project_id', '!=', false]],
  capability: { read: { batch: 200 } },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} tasks`;
    const rows = await client.searchRead(
      'project.task',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        project: referenceOf(row.project_id),
        milestone: referenceOf(row.milestone_id),
        // Time on a task without an order line goes on no invoice.
        billable: row.allow_billable === true && idOf(row.sale_line_id) !== null,
        status: row.active === true && !closedStates.has(String(row.state)) ? 'active' : 'closed',
        ...own.stateOf(row),
      },
    }));
  },
};
