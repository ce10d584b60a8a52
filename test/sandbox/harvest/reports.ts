import type { Hono } from 'hono';
import type { SandboxContext, SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import { numberedPage } from './list.ts';
import { billableRate, isBillable, roundedHours } from './rates.ts';
import type { Client, HarvestState, Project, Submittable, User } from './state.ts';
import { weeklyCapacity } from './users.ts';

/** What a line of a report is about. */
interface Subject {
  readonly client: Client;
  readonly project: Project;
  readonly user: User;
}

/** How a report cuts the account's time or expenses: the key of a line, and the fields that name it. */
interface Cut<Item> {
  readonly keyOf: (item: Item) => number;
  readonly describe: (subject: Subject, item: Item) => object;
}

const clientFields = ({ client }: Subject) => ({ client_id: client.id, client_name: client.name });

const projectFields = (subject: Subject) => {
  const { id, code, name } = subject.project;
  const shown = code === null || code === '' ? name : `[${code}] ${name}`;
  return { project_id: id, project_name: shown, ...clientFields(subject) };
};

const userFields = ({ user }: Subject) => ({
  user_id: user.id,
  user_name: `${user.firstName} ${user.lastName}`,
  is_contractor: user.contractor,
});

/** Sums of all tracked time and expenses, approved or not, a line for each subject and currency. */
export function addReportRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const subjectOf = ({ projectId, userId }: Submittable): Subject => {
    const project = state.projects.get(projectId) as Project;
    const client = state.clients.get(project.clientId) as Client;
    return { project, client, user: state.users.get(userId) as User };
  };
  const clientOf = (item: Submittable) => subjectOf(item).client.id;
  const projectOf = ({ projectId }: Submittable) => projectId;
  const userOf = ({ userId }: Submittable) => userId;

  function report<Item extends Submittable, Sums>(
    c: SandboxContext,
    items: Iterable<Item>,
    { keyOf, describe }: Cut<Item>,
    none: Sums,
    add: (sums: Sums, item: Item) => Sums,
    shown: (sums: Sums) => object,
  ): Response {
    const { from, to } = timeframe(c);
    const lines = new Map<string, { item: Item; currency: string; sums: Sums }>();
    for (const item of items) {
      if (item.spentDate < from || item.spentDate > to) continue;
      const { currency } = subjectOf(item).client;
      const key = `${keyOf(item)} ${currency}`;
      lines.set(key, { item, currency, sums: add(lines.get(key)?.sums ?? none, item) });
    }
    const results = [...lines.values()].map(({ item, currency, sums }) => ({
      ...describe(subjectOf(item), item),
      ...shown(sums),
      currency,
    }));
    return numberedPage(c, 'results', results);
  }

  type Time = Parameters<typeof roundedHours>[1];
  const timeCuts: Readonly<Record<string, Cut<Time>>> = {
    clients: { keyOf: clientOf, describe: clientFields },
    projects: { keyOf: projectOf, describe: projectFields },
    team: {
      keyOf: userOf,
      describe: (subject) => ({ ...userFields(subject), weekly_capacity: weeklyCapacity, avatar_url: '' }),
    },
    tasks: {
      keyOf: ({ taskId }) => taskId,
      describe: (_, { taskId }) => ({ task_id: taskId, task_name: state.tasks.get(taskId)?.name }),
    },
  };
  for (const [name, cut] of Object.entries(timeCuts))
    app.get(`/v2/reports/time/${name}`, (c) => {
      const fixedFee = c.req.query('include_fixed_fee') === 'true';
      return report(
        c,
        state.timeEntries.values(),
        cut,
        { hours: 0, billable: 0, amount: 0 },
        (sums, entry) => {
          const hours = roundedHours(state, entry);
          const billed = isBillable(state, entry) ? hours : 0;
          const counts = fixedFee || state.projects.get(entry.projectId)?.fixedFee !== true;
          const rate = counts ? (billableRate(state, entry) ?? 0) : 0;
          return {
            hours: sums.hours + hours,
            billable: sums.billable + billed,
            amount: sums.amount + billed * rate,
          };
        },
        ({ hours, billable, amount }) => ({
          total_hours: hundredths(hours),
          billable_hours: hundredths(billable),
          billable_amount: hundredths(amount),
        }),
      );
    });

  type Spent = Submittable & { readonly totalCost: number; readonly billable: boolean; categoryId: number };
  const expenseCuts: Readonly<Record<string, Cut<Spent>>> = {
    clients: { keyOf: clientOf, describe: clientFields },
    projects: { keyOf: projectOf, describe: projectFields },
    team: { keyOf: userOf, describe: userFields },
    categories: {
      keyOf: ({ categoryId }) => categoryId,
      describe: (_, { categoryId }) => ({
        expense_category_id: categoryId,
        expense_category_name: state.expenseCategories.get(categoryId)?.name,
      }),
    },
  };
  for (const [name, cut] of Object.entries(expenseCuts))
    app.get(`/v2/reports/expenses/${name}`, (c) =>
      report(
        c,
        state.expenses.values(),
        cut,
        { total: 0, billable: 0 },
        (sums, { totalCost, billable }) => ({
          total: sums.total + totalCost,
          billable: sums.billable + (billable ? totalCost : 0),
        }),
        ({ total, billable }) => ({ total_amount: hundredths(total), billable_amount: hundredths(billable) }),
      ),
    );
}

/** Without the tail that adding binary fractions leaves. */
const hundredths = (sum: number): number => Math.round(sum * 100) / 100;

const yearDays = 365;

/** Both days are required, as `20261031` or `2026-10-31`, a year apart at most. */
function timeframe(c: SandboxContext): { readonly from: string; readonly to: string } {
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(c.req.query(name) ?? '');
    if (match === null) throw unprocessable(`${name} is missing or not a valid date`);
    return match.slice(1).join('-');
  }) as [string, string];
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days < 0) throw unprocessable('from must not be after to');
  if (days > yearDays) throw unprocessable('The timeframe cannot exceed 1 year (365 days)');
  return { from, to };
}
