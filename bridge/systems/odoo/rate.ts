import type { OdooEntity } from './entity.ts';
import { linesById } from './order-line.ts';
import { distinctIds } from './related.ts';
import { hourlyRateOf } from './terms.ts';
import { idOf, nameOf, referenceOf } from './value.ts';

const fields = ['employee_id', 'sale_line_id', 'company_id'];

/**
 * `project.sale.line.employee.map`: what one person's work on one contract costs the customer. Prices of a day are those of
 * its hours. Who is in it without an order line is only booked, see assignment.ts.
 */
export const rateInOdoo: OdooEntity = {
  model: 'project.sale.line.employee.map',
  fields,
  archivable: false,
  scope: [['sale_line_id', '!=', false]],
  capability: { read: { batch: 200 } },
  async read(client, ids, { signal, own }) {
    const rows = await client.searchRead(
      'project.sale.line.employee.map',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} rates` },
    );
    const lines = await linesById(client, distinctIds(rows, 'sale_line_id'), signal);
    return rows.map((row) => {
      const line = lines.get(idOf(row.sale_line_id) ?? 0);
      const price = line === undefined ? null : hourlyRateOf(line);
      return {
        id: row.id,
        state: {
          contract: line?.isAgreed ? String(line.orderId) : null,
          legal_entity: nameOf(row.company_id),
          worker: referenceOf(row.employee_id),
          price,
          currency: line?.currency ?? null,
          per: price === null ? null : 'hour',
          ...own.stateOf(row),
        },
      };
    });
  },
};
