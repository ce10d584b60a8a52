import type { State } from '../../entities/field.ts';
import type { HarvestApi, ListPath } from './api.ts';
import { createCurrencies } from './currency.ts';
import {
  assignmentState,
  customerState,
  expenseState,
  hasRate,
  invoiceState,
  projectState,
  type readable,
  taskState,
  timesheetState,
  workerState,
} from './mapping.ts';
import { lists, type TimeEntry } from './objects.ts';

export interface Item {
  readonly id: number;
}

/** Where objects of an entity are, and how they read in the bridge's words. */
export interface Source {
  readonly entity: keyof typeof readable;
  /** Name of the stream that polls them. */
  readonly stream: string;
  readonly list: ListPath;
  /** Whether one can be read by its id; others stand in the list alone, because their path needs the project's id. */
  readonly single: boolean;
  /** Whether each belongs to a day, so that lists can be cut by days. */
  readonly dated: boolean;
  /** Whether people hand them in and managers approve them; of the days before the first that counts there are none. */
  readonly submitted: boolean;
  /** Canonical fields by which they can be found. */
  readonly findable: readonly string[];
  /** States of objects of the list, in their order. */
  readonly states: (items: readonly Item[], signal: AbortSignal) => Promise<State[]>;
}

const few = { single: true, dated: false, submitted: false, findable: [] };
const submitted = { single: true, dated: true, submitted: true, findable: [] };

// Each list has objects of its own type; the state function knows it.
const each =
  <Listed extends Item>(state: (item: Listed) => State): Source['states'] =>
  async (items) =>
    (items as readonly Listed[]).map(state);

/** Everything that the connector reads, one source for each entity. */
export function createSources(api: HarvestApi, now: () => number): readonly Source[] {
  const currenciesOf = createCurrencies(api, now);

  async function timesheetStates(items: readonly Item[], signal: AbortSignal): Promise<State[]> {
    const entries = items as readonly TimeEntry[];
    const clients = new Set(entries.filter(hasRate).map(({ client }) => client.id));
    const currencies = await currenciesOf(clients, signal);
    return entries.map((entry) => timesheetState(entry, currencies.get(entry.client.id)));
  }

  return [
    { ...submitted, entity: 'timesheet', stream: 'time', list: lists.timeEntries, states: timesheetStates },
    {
      ...submitted,
      entity: 'expense',
      stream: 'expenses',
      list: lists.expenses,
      states: each(expenseState),
    },
    {
      ...few,
      entity: 'customer',
      stream: 'clients',
      list: lists.clients,
      findable: ['name'],
      states: each(customerState),
    },
    {
      ...few,
      entity: 'project',
      stream: 'projects',
      list: lists.projects,
      findable: ['code', 'name'],
      states: each(projectState),
    },
    {
      ...few,
      entity: 'task',
      stream: 'tasks',
      list: lists.taskAssignments,
      single: false,
      states: each(taskState),
    },
    {
      ...few,
      entity: 'worker',
      stream: 'users',
      list: lists.users,
      findable: ['email', 'name'],
      states: each(workerState),
    },
    {
      ...few,
      entity: 'assignment',
      stream: 'assignments',
      list: lists.userAssignments,
      single: false,
      states: each(assignmentState),
    },
    {
      ...few,
      entity: 'invoice',
      stream: 'invoices',
      list: lists.invoices,
      dated: true,
      findable: ['number'],
      states: each(invoiceState),
    },
  ];
}
