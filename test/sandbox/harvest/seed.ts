import type { Approval, HarvestState, TimeEntry } from './state.ts';

export interface SeededTime {
  readonly entries: number;
  /** First and last day; entries are spread evenly over the working days between them. */
  readonly from: string;
  readonly to: string;
  /** Default: 100. */
  readonly people?: number;
  /** Default: 50, two to a client, each with one task. */
  readonly projects?: number;
  /** Default: approved. */
  readonly approval?: Approval;
  /** Price of an hour. Default: none. */
  readonly hourlyRate?: number;
}

/** Fills an account with a firm's month, without a request for each entry: a hundred thousand take half a second. */
export function seedTime(state: HarvestState, seeded: SeededTime): readonly TimeEntry[] {
  const { approval = 'approved', hourlyRate = null } = seeded;
  const days = workingDays(seeded.from, seeded.to);
  const task = { ...state.dated(), name: `Work ${state.tasks.size + 1}`, ...taskDefaults };
  state.tasks.set(task.id, task);
  const people = Array.from({ length: seeded.people ?? 100 }, () => addPerson(state));
  const projects = Array.from({ length: seeded.projects ?? 50 }, (_, index) => {
    const clientId = index % 2 === 0 ? addClient(state) : ([...state.clients.keys()].at(-1) as number);
    return addProject(state, clientId, task.id, people, hourlyRate);
  });
  const entries: TimeEntry[] = [];
  for (let index = 0; index < seeded.entries; index++) {
    const day = days[index % days.length] as string;
    const entry: TimeEntry = {
      ...state.dated(),
      userId: people[index % people.length] as number,
      projectId: projects[(index * 7) % projects.length] as number,
      taskId: task.id,
      spentDate: day,
      // Quarters of an hour up to eight hours, in no order.
      hours: (1 + ((index * 2_654_435_761) % 32)) / 4,
      notes: `Work on item ${index}`,
      running: false,
      billed: false,
      approval,
    };
    state.timeEntries.set(entry.id, entry);
    entries.push(entry);
  }
  return entries;
}

const taskDefaults = { billableByDefault: true, isDefault: false, active: true };

function addPerson(state: HarvestState): number {
  const dated = state.dated();
  state.users.set(dated.id, {
    ...dated,
    firstName: 'Person',
    lastName: `${dated.id}`,
    email: `person.${dated.id}@example.com`,
    active: true,
    contractor: false,
    accessRoles: ['member'],
    accessToAllFutureProjects: false,
    defaultHourlyRate: 0,
    costRate: 0,
  });
  return dated.id;
}

function addClient(state: HarvestState): number {
  const dated = state.dated();
  const { currency } = state;
  state.clients.set(dated.id, {
    ...dated,
    name: `Client ${dated.id}`,
    active: true,
    address: null,
    currency,
  });
  return dated.id;
}

function addProject(
  state: HarvestState,
  clientId: number,
  taskId: number,
  people: readonly number[],
  hourlyRate: number | null,
): number {
  const dated = state.dated();
  const projectId = dated.id;
  state.projects.set(projectId, {
    ...dated,
    clientId,
    name: `Project ${projectId}`,
    code: `P${projectId}`,
    active: true,
    billable: true,
    fixedFee: false,
    billBy: hourlyRate === null ? 'none' : 'Project',
    budgetBy: 'none',
    budget: null,
    costBudget: null,
    hourlyRate,
    notes: null,
    startsOn: null,
    endsOn: null,
  });
  const common = { projectId, active: true, hourlyRate: null, budget: null };
  const assigned = { ...state.dated(), ...common, taskId, billable: true };
  state.taskAssignments.set(assigned.id, assigned);
  for (const userId of people) {
    const booked = { ...state.dated(), ...common, userId, projectManager: false, useDefaultRates: true };
    state.userAssignments.set(booked.id, booked);
  }
  return projectId;
}

function workingDays(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    const date = new Date(time);
    if (date.getUTCDay() % 6 !== 0) days.push(date.toISOString().slice(0, 10));
  }
  if (days.length === 0) throw new RangeError(`There is no working day from ${from} to ${to}`);
  return days;
}
