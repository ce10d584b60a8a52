import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { bodyOf, named, requiredText, requireFreeName } from './input.ts';
import { listPage, stamp } from './list.ts';
import type { HarvestState, InvoiceItemCategory } from './state.ts';

/** What lines are of. People rename the two that an account begins with, or make their own. */
export function addInvoiceItemCategoryRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const path = '/v2/invoice_item_categories';

  app.get(path, (c) =>
    listPage(c, 'invoice_item_categories', state.invoiceItemCategories.values(), describeCategory),
  );

  app.patch(`${path}/:id`, async (c) => {
    const category = named(state.invoiceItemCategories, c.req.param('id'));
    const name = requiredText(await bodyOf(c), 'name');
    requireFreeName(state.invoiceItemCategories.values(), name, category.id);
    category.name = name;
    state.touch(category);
    return c.json(describeCategory(category));
  });
}

const describeCategory = (category: InvoiceItemCategory) => ({
  id: category.id,
  name: category.name,
  use_as_service: category.useAsService,
  use_as_expense: category.useAsExpense,
  created_at: stamp(category.createdAt),
  updated_at: stamp(category.updatedAt),
});
