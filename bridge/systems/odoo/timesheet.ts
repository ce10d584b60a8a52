import type { State } from '../../entities/field.ts';
import type { OdooEntity } from './entity.ts';
import { dayOf, decimalOf, idOf, integerOf, nameOf, quantityText, referenceOf, textOf } from './value.ts';
import { failed, type OdooValues, type ValuesResult } from './values.ts';

const fields = [
  'employee_id',
  'project_id',
  'task_id',
  'date',
  'unit_amount',
  'name',
  'so_line',
  'company_id',
];

/** What Odoo writes itself where there is no description. */
const noDescription = '/';

/**
 * `account.analytic.line` with a project. Odoo finds the order line by itself, from task, project and employee. It keeps no
 * approval (that is part of its Enterprise edition): what is there counts.
 */
export const timesheetInOdoo: OdooEntity = {
  model: 'account.analytic.line',
  fields,
  archivable: false,
  scope: [['project_id', '!=', false]],
  capability: {
    read: { batch: 200 },
    write: { batch: 100, fields: ['worker', 'project', 'task', 'day', 'hours', 'notes', 'billable'] },
    remove: { batch: 100 },
  },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} timesheets`;
    const domain = [['id', 'in', ids], ...this.scope];
    const rows = await client.searchRead('account.analytic.line', domain, [...fields, ...own.names], {
      signal,
      action,
    });
    return rows.map((row) => ({
      id: row.id,
      state: {
        worker: referenceOf(row.employee_id),
        project: referenceOf(row.project_id),
        task: referenceOf(row.task_id),
        day: dayOf(row.date),
        hours: quantityText(decimalOf(row.unit_amount)),
        notes: row.name === noDescription ? null : textOf(row.name),
        billable: idOf(row.so_line) !== null,
        legal_entity: nameOf(row.company_id),
        ...own.stateOf(row),
      },
    }));
  },
  values: async (_client, states) => states.map(timesheetValues),
};

const referenceFields: Readonly<Record<string, string>> = {
  worker: 'employee_id',
  project: 'project_id',
  task: 'task_id',
};

function timesheetValues(state: State): ValuesResult {
  const values: OdooValues = {};
  for (const [field, value] of Object.entries(state)) {
    const referenceField = referenceFields[field];
    if (referenceField !== undefined) {
      const id = value === null ? false : integerOf(String(value));
      if (id === undefined) return failed(`"${value}" is not the id of a ${field} in Odoo`);
      values[referenceField] = id;
    } else if (field === 'day') values.date = value ?? false;
    else if (field === 'hours') values.unit_amount = Number(value ?? 0);
    else if (field === 'notes') values.name = value ?? noDescription;
    else if (field === 'billable') Object.assign(values, orderLine(value === true));
  }
  return { ok: true, values };
}

/** Marked as edited, the empty order line stays; else Odoo determines it. */
const orderLine = (billable: boolean): OdooValues =>
  billable ? { is_so_line_edited: false } : { is_so_line_edited: true, so_line: false };
