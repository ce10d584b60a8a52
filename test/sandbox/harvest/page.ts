import { type Table, tablesPage } from '../page.ts';
import { dueOf, stateOf, totalOf } from './invoice.ts';
import type { HarvestState } from './state.ts';
import { fullNameOf } from './users.ts';

const yesNo = (value: boolean | undefined): string => (value ? 'yes' : 'no');

/** The page stays quick to show: of more than these only the newest are on it. */
const most = 200;

/** Clients, projects, people, bookings, time, expenses and invoices, for people who watch a demo. */
export function harvestPage(state: HarvestState) {
  const project = (id: number): string => state.projects.get(id)?.name ?? '';
  const task = (id: number): string => state.tasks.get(id)?.name ?? '';
  const person = (id: number): string => {
    const user = state.users.get(id);
    return user === undefined ? '' : fullNameOf(user);
  };
  const tasksOf = (id: number): string => {
    const assigned = [...state.taskAssignments.values()].filter(({ projectId }) => projectId === id);
    return assigned.map(({ taskId }) => task(taskId)).join(', ');
  };
  return tablesPage(
    'Sandbox Harvest',
    'A stand-in for a Harvest account. Nothing here leaves this machine.',
    [
      table('Clients', state.clients, {
        Id: ({ id }) => String(id),
        Name: ({ name }) => name,
        Currency: ({ currency }) => currency,
        Active: ({ active }) => yesNo(active),
      }),
      table('Projects', state.projects, {
        Id: ({ id }) => String(id),
        Client: ({ clientId }) => state.clients.get(clientId)?.name,
        Code: ({ code }) => code,
        Project: ({ name }) => name,
        Tasks: ({ id }) => tasksOf(id),
        Budget: ({ budgetBy, budget, costBudget }) => budgetText(budgetBy, budget, costBudget),
        Billable: ({ billable }) => yesNo(billable),
        Active: ({ active }) => yesNo(active),
      }),
      table('People', state.users, {
        Id: ({ id }) => String(id),
        Person: ({ id }) => person(id),
        Email: ({ email }) => email,
        Active: ({ active }) => yesNo(active),
      }),
      table('Assignments', state.userAssignments, {
        Id: ({ id }) => String(id),
        Person: ({ userId }) => person(userId),
        Project: ({ projectId }) => project(projectId),
        Active: ({ active }) => yesNo(active),
      }),
      table('Time entries', state.timeEntries, {
        Id: ({ id }) => String(id),
        Day: ({ spentDate }) => spentDate,
        Person: ({ userId }) => person(userId),
        Project: ({ projectId }) => project(projectId),
        Task: ({ taskId }) => task(taskId),
        Hours: ({ hours }) => String(hours),
        Notes: ({ notes }) => notes,
        Approval: ({ approval }) => approval,
      }),
      table('Expenses', state.expenses, {
        Id: ({ id }) => String(id),
        Day: ({ spentDate }) => spentDate,
        Person: ({ userId }) => person(userId),
        Project: ({ projectId }) => project(projectId),
        Category: ({ categoryId }) => state.expenseCategories.get(categoryId)?.name,
        Cost: ({ totalCost, projectId }) => `${totalCost.toFixed(2)} ${currencyOf(state, projectId)}`,
        Notes: ({ notes }) => notes,
        Billable: ({ billable }) => yesNo(billable),
        Approval: ({ approval }) => approval,
      }),
      table('Invoices', state.invoices, {
        Id: ({ id }) => String(id),
        Number: ({ number }) => number,
        Client: ({ clientId }) => state.clients.get(clientId)?.name,
        Issued: ({ issueDate }) => issueDate,
        Due: ({ dueDate }) => dueDate,
        Amount: (invoice) => `${totalOf(invoice).toFixed(2)} ${invoice.currency}`,
        Open: (invoice) => `${dueOf(invoice).toFixed(2)} ${invoice.currency}`,
        State: stateOf,
        Notes: ({ notes }) => notes,
      }),
    ],
  );
}

type Columns<Item> = Readonly<Record<string, (item: Item) => string | null | undefined>>;

function table<Item>(title: string, items: ReadonlyMap<number, Item>, columns: Columns<Item>): Table {
  const cells = Object.values(columns);
  const rows = [...items.values()].slice(-most).map((item) => cells.map((cell) => cell(item)));
  return { title, columns: Object.keys(columns), rows, total: items.size };
}

const currencyOf = (state: HarvestState, projectId: number): string =>
  state.clients.get(state.projects.get(projectId)?.clientId ?? 0)?.currency ?? '';

function budgetText(by: string, hours: number | null, cost: number | null): string {
  if (by === 'project') return hours === null ? '' : `${hours} hours`;
  if (by === 'project_cost') return cost === null ? '' : cost.toFixed(2);
  return '';
}
