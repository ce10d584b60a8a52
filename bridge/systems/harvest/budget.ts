import type { State, Value } from '../../entities/field.ts';
import type { Project } from './objects.ts';
import type { HarvestSettings } from './options.ts';

export interface BudgetBody {
  readonly budget_by?: string;
  readonly budget?: number | null;
  readonly cost_budget?: number | null;
}

/**
 * What to send of a budget. A project has one of hours or of money: the one that it has already, else the one of the
 * options, else the one that is given. Budgets of single tasks or people are theirs who made them, and stay.
 *
 * @param budgetBy how the project is budgeted in Harvest; `undefined` for a new one
 */
export function budgetBody(
  { budget, budget_hours: hours }: State,
  settings: Pick<HarvestSettings, 'budgetBy'>,
  budgetBy: Project['budget_by'] | undefined,
): BudgetBody {
  const chosen = settings.budgetBy === 'none' ? given(budget, hours) : settings.budgetBy;
  const by = budgetBy === undefined || budgetBy === 'none' ? chosen : budgetBy;
  if (by === 'project' && hours !== undefined) return { budget_by: by, budget: numberOf(hours) };
  if (by === 'project_cost' && budget !== undefined) return { budget_by: by, cost_budget: numberOf(budget) };
  return {};
}

const given = (budget: Value | undefined, hours: Value | undefined): string => {
  if (typeof hours === 'string') return 'project';
  return typeof budget === 'string' ? 'project_cost' : 'none';
};

const numberOf = (value: Value): number | null => (value === null ? null : Number(value));
