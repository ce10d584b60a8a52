import type { Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';
import { findProject } from './work.ts';

/** The customer buys more hours: the budget of the project in Harvest follows. */
export async function playAmendment(
  { firm, harvestApi }: Pick<Systems, 'firm' | 'harvestApi'>,
  stage: Stage,
  won: Won,
): Promise<void> {
  const { odoo } = firm.sales;
  stage.act('An amendment');
  await stage.does('Sally', 'sells 10 more hours, on the order in Odoo', () =>
    sellMore(odoo, won.orderId, 10),
  );
  await stage.sees('Harvest', 'the budget of the project', async () => {
    const project = await findProject(harvestApi, won.orderName);
    return project?.cost_budget === 7200 ? String(project.cost_budget) : undefined;
  });
}

/** More of what stands first on the order. */
export async function sellMore(
  odoo: Systems['firm']['sales']['odoo'],
  orderId: number,
  hours: number,
): Promise<void> {
  const [line] = await odoo.searchRead('sale.order.line', [['order_id', '=', orderId]], ['product_uom_qty']);
  const quantity = Number(line?.product_uom_qty) + hours;
  await odoo.write('sale.order', [orderId], { order_line: [[1, line?.id, { product_uom_qty: quantity }]] });
}
