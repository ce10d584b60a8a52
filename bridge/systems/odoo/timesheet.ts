import type { State } from '../../entities/field.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { linesById } from './order-line.ts';
import { distinctIds } from './related.ts';
import { hourlyRateOf } from './terms.ts';
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
  'timesheet_invoice_id',
  'company_id',
];

/** What Odoo writes itself where there is no description. */
const noDescription = '/';

/**
 * `account.analytic.line` with a project. Odoo finds the order line by itself, from task, project and employee. It keeps no
 * approval (that is part of its Enterprise edition): what is there counts. The rate is that of the order line at the time
 * of reading: a new price does not have all its timesheets read again.
 */
export const timesheetInOdoo: OdooEntity = {
  model: 'account.analytic.line',
  fields,
  archivable: false,
  scope: [['project_id', '!=', false]],
  day: 'date',
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
    const [lines, cancelled] = await Promise.all([
      linesById(client, distinctIds(rows, 'so_line'), signal),
      cancelledInvoices(client, distinctIds(rows, 'timesheet_invoice_id'), signal),
    ]);
    return rows.map((row) => {
      const line = lines.get(idOf(row.so_line) ?? 0);
      const invoice = idOf(row.timesheet_invoice_id);
      return {
        id: row.id,
        state: {
          worker: referenceOf(row.employee_id),
          project: referenceOf(row.project_id),
          task: referenceOf(row.task_id),
          day: dayOf(row.date),
          hours: quantityText(decimalOf(row.unit_amount)),
          notes: row.name === noDescription ? null : textOf(row.name),
          billable: idOf(row.so_line) !== null,
          rate: line === undefined ? null : hourlyRateOf(line),
          currency: line?.currency ?? null,
          legal_entity: nameOf(row.company_id),
          // Draft or posted; Odoo leaves the time on an invoice that was cancelled, but bills it again.
          invoice: invoice === null || cancelled.has(invoice) ? null : String(invoice),
          ...own.stateOf(row),
        },
      };
    });
  },
  values: async (_client, states) => states.map(timesheetValues),
};

/** Which of these invoices were cancelled. One call, none where nothing is invoiced. */
async function cancelledInvoices(
  client: OdooClient,
  invoiceIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  if (invoiceIds.length === 0) return new Set();
  const rows = await client.searchRead(
    'account.move',
    [
      ['id', 'in', invoiceIds],
      ['state', '=', 'cancel'],
    ],
    ['state'],
    { signal, action: `read ${invoiceIds.length} invoices of timesheets` },
  );
  return new Set(rows.map((row) => row.id));
}

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
