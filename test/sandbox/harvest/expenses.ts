import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import { type Body, bodyOf, day, flag, named, number, optionalText } from './input.ts';
import { listPage, stamp } from './list.ts';
import { lockReason, requireUnlocked } from './lock.ts';
import { type Expense, type ExpenseCategory, type HarvestState, userAssignmentOf } from './state.ts';
import { submittable } from './submittable.ts';
import { describeUserAssignment } from './user-assignments.ts';
import { me } from './users.ts';

export function addExpenseRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (expense: Expense) => describeExpense(state, expense);

  app.get('/v2/expenses', (c) =>
    listPage(c, 'expenses', submittable(c, state, state.expenses.values()), describe),
  );

  app.post('/v2/expenses', async (c) => {
    const body = await bodyOf(c);
    const userId = number(body, 'user_id') ?? me(state).id;
    const projectId = placeOf(state, body, userId);
    const category = categoryOf(state, body);
    const spentDate = day(body, 'spent_date');
    if (typeof spentDate !== 'string') throw unprocessable("Spent date can't be blank");
    const expense: Expense = {
      ...state.dated(),
      userId,
      projectId,
      categoryId: category.id,
      spentDate,
      ...costOf(category, body),
      notes: optionalText(body, 'notes') ?? null,
      billable: flag(body, 'billable') ?? true,
      receipt: null,
      billed: false,
      approval: 'unsubmitted',
    };
    state.expenses.set(expense.id, expense);
    return c.json(describe(expense), 201);
  });

  app.get('/v2/expenses/:id', (c) => c.json(describe(named(state.expenses, c.req.param('id')))));

  app.patch('/v2/expenses/:id', async (c) => {
    const expense = named(state.expenses, c.req.param('id'));
    const { project_id, expense_category_id, ...others } = await bodyOf(c);
    // An administrator changes locked expenses; where they belong is dropped without a word.
    const free = lockReason(state, expense) === null;
    const body: Body = free ? { project_id, expense_category_id, ...others } : others;
    if (body.project_id !== undefined) expense.projectId = placeOf(state, body, expense.userId);
    if (body.expense_category_id !== undefined) expense.categoryId = categoryOf(state, body).id;
    if (body.units !== undefined || body.total_cost !== undefined)
      Object.assign(expense, costOf(named(state.expenseCategories, String(expense.categoryId)), body));
    expense.spentDate = day(body, 'spent_date') ?? expense.spentDate;
    expense.billable = flag(body, 'billable') ?? expense.billable;
    const notes = optionalText(body, 'notes');
    if (notes !== undefined) expense.notes = notes;
    if (flag(body, 'delete_receipt')) expense.receipt = null;
    state.touch(expense);
    return c.json(describe(expense));
  });

  app.delete('/v2/expenses/:id', (c) => {
    const expense = named(state.expenses, c.req.param('id'));
    requireUnlocked(state, expense, 'Expense');
    state.expenses.delete(expense.id);
    return c.body(null, 200);
  });
}

/** Expenses are for active projects that the person works on. */
function placeOf(state: HarvestState, body: Body, userId: number): number {
  const project = state.projects.get(number(body, 'project_id') ?? 0);
  if (project === undefined) throw unprocessable("Project can't be blank");
  if (!project.active) throw unprocessable('Project is archived');
  if (state.users.get(userId)?.active !== true) throw unprocessable('User is invalid');
  if (userAssignmentOf(state, project.id, userId)?.active !== true)
    throw unprocessable('User is not assigned to this project');
  return project.id;
}

function categoryOf(state: HarvestState, body: Body): ExpenseCategory {
  const category = state.expenseCategories.get(number(body, 'expense_category_id') ?? 0);
  if (category === undefined) throw unprocessable("Expense category can't be blank");
  if (!category.active) throw unprocessable('Expense category is archived');
  return category;
}

/** So many units at the category's price, or a total. */
function costOf({ unitPrice }: ExpenseCategory, body: Body): Pick<Expense, 'units' | 'totalCost'> {
  const units = number(body, 'units') ?? 1;
  if (!Number.isInteger(units)) throw unprocessable('Units is not an integer');
  if (unitPrice !== null) return { units, totalCost: Math.round(units * unitPrice * 100) / 100 };
  const totalCost = number(body, 'total_cost');
  if (totalCost === undefined) throw unprocessable("Total cost can't be blank");
  return { units: 1, totalCost };
}

function describeExpense(state: HarvestState, expense: Expense) {
  const project = state.projects.get(expense.projectId);
  const client = state.clients.get(project?.clientId ?? 0);
  const category = state.expenseCategories.get(expense.categoryId);
  const user = state.users.get(expense.userId);
  const assignment = userAssignmentOf(state, expense.projectId, expense.userId);
  const reason = lockReason(state, expense);
  return {
    id: expense.id,
    notes: expense.notes,
    total_cost: expense.totalCost,
    units: expense.units,
    is_closed: expense.approval === 'approved',
    approval_status: expense.approval,
    is_locked: reason !== null,
    is_billed: expense.billed,
    locked_reason: reason,
    spent_date: expense.spentDate,
    created_at: stamp(expense.createdAt),
    updated_at: stamp(expense.updatedAt),
    billable: expense.billable,
    receipt: expense.receipt,
    user: { id: expense.userId, name: `${user?.firstName} ${user?.lastName}` },
    user_assignment: assignment === undefined ? null : describeUserAssignment(state, assignment),
    project: { id: project?.id, name: project?.name, code: project?.code },
    expense_category: {
      id: expense.categoryId,
      name: category?.name,
      unit_price: category?.unitPrice?.toFixed(2) ?? null,
      unit_name: category?.unitName ?? null,
    },
    client: { id: client?.id, name: client?.name, currency: client?.currency },
    invoice: null,
  };
}
