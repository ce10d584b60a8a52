import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { unprocessable } from './errors.ts';
import {
  type Body,
  bodyOf,
  filledText,
  flag,
  named,
  optionalNumber,
  optionalText,
  requiredText,
  requireFreeName,
} from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import type { ExpenseCategory, HarvestState } from './state.ts';

export function addExpenseCategoryRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const path = '/v2/expense_categories';

  app.get(path, (c) =>
    listPage(c, 'expense_categories', byActivity(c, state.expenseCategories.values()), describeCategory),
  );

  app.post(path, async (c) => {
    const body = await bodyOf(c);
    const name = requiredText(body, 'name');
    requireFreeName(state.expenseCategories.values(), name);
    const category: ExpenseCategory = {
      unitName: null,
      unitPrice: null,
      active: true,
      ...state.dated(),
      ...fieldsOf(body),
      name,
    };
    requireUnit(category);
    state.expenseCategories.set(category.id, category);
    return c.json(describeCategory(category), 201);
  });

  app.get(`${path}/:id`, (c) => c.json(describeCategory(named(state.expenseCategories, c.req.param('id')))));

  app.patch(`${path}/:id`, async (c) => {
    const category = named(state.expenseCategories, c.req.param('id'));
    const fields = fieldsOf(await bodyOf(c));
    requireFreeName(state.expenseCategories.values(), fields.name, category.id);
    requireUnit({ ...category, ...fields });
    Object.assign(category, fields);
    state.touch(category);
    return c.json(describeCategory(category));
  });

  app.delete(`${path}/:id`, (c) => {
    const category = named(state.expenseCategories, c.req.param('id'));
    if ([...state.expenses.values()].some(({ categoryId }) => categoryId === category.id))
      throw unprocessable('Expense category has expenses and cannot be deleted');
    state.expenseCategories.delete(category.id);
    return c.body(null, 200);
  });
}

const fieldsOf = (body: Body): Partial<ExpenseCategory> =>
  defined({
    name: filledText(body, 'name'),
    unitName: optionalText(body, 'unit_name'),
    unitPrice: optionalNumber(body, 'unit_price'),
    active: flag(body, 'is_active'),
  }) as Partial<ExpenseCategory>;

function requireUnit({ unitName, unitPrice }: ExpenseCategory): void {
  if ((unitName === null) !== (unitPrice === null))
    throw unprocessable('Unit name and unit price belong together');
}

const describeCategory = (category: ExpenseCategory) => ({
  id: category.id,
  name: category.name,
  unit_name: category.unitName,
  unit_price: category.unitPrice,
  is_active: category.active,
  created_at: stamp(category.createdAt),
  updated_at: stamp(category.updatedAt),
});
