import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';
import { harvestUser, lastDays, type Work } from './work.ts';

/** Travel for the project: approved in Harvest, booked in Odoo. */
export async function playExpense(
  { firm, harvest, harvestApi }: Pick<Systems, 'firm' | 'harvest' | 'harvestApi'>,
  stage: Stage,
  { harvestProject }: Work,
): Promise<void> {
  const { odoo } = firm.finance;
  stage.act('An expense');
  await stage.does('Carla', 'enters 86.40 for the train in Harvest, and it is approved', async () => {
    const userId = await harvestUser(harvestApi, firm.consultant.email);
    const expenseId = await spend(harvestApi, {
      userId,
      projectId: harvestProject,
      amount: 86.4,
      notes: 'Train',
    });
    harvest.approvals.submit([expenseId]);
    harvest.approvals.approve([expenseId]);
  });
  let expenseId = 0;
  await stage.sees('Odoo', 'the expense, submitted', async () => {
    const [expense] = await odoo.searchRead(
      'hr.expense',
      [['employee_id', '=', firm.consultant.employeeId]],
      ['name', 'state', 'total_amount_currency'],
    );
    expenseId = Number(expense?.id);
    return expense?.state === 'submitted' ? `${expense.name}, ${expense.total_amount_currency}` : undefined;
  });
  await stage.does('Fiona', 'approves and posts it', () => bookExpense(odoo, expenseId));
}

export interface Spent {
  readonly userId: number;
  readonly projectId: number;
  readonly amount: number;
  readonly notes: string;
  /** Name of the category, which is one of Odoo too. */
  readonly category?: string;
}

/** Enters an expense. Answers its id. */
export async function spend(harvest: Systems['harvestApi'], spent: Spent): Promise<number> {
  const { userId, projectId, amount, notes, category = 'Travel & Accommodation' } = spent;
  const { expense_categories: categories } = await harvest.get('/v2/expense_categories');
  const known = (categories as { id: number; name: string }[]).find(({ name }) => name === category);
  const { id } = known ?? (await harvest.post('/v2/expense_categories', { name: category }));
  const expense = await harvest.post('/v2/expenses', {
    user_id: userId,
    project_id: projectId,
    expense_category_id: id,
    spent_date: lastDays(1)[0],
    total_cost: amount,
    notes,
    billable: false,
  });
  return Number(expense.id);
}

/** What Odoo opens where it has something to ask. */
interface Dialog {
  readonly res_model: string;
  readonly res_id: number;
  readonly context: Record<string, unknown>;
}

/** Approves an expense that was submitted, and posts it. */
export async function bookExpense(
  odoo: Systems['firm']['finance']['odoo'],
  expenseId: number,
): Promise<void> {
  await odoo.call('hr.expense', 'action_approve', [[expenseId]]);
  const wizard = await odoo.call('hr.expense', 'action_post', [[expenseId]]);
  const { res_model: model, res_id: id, context } = wizard as Dialog;
  await odoo.call(model, 'action_post_entry', [[id]], { context });
}
