import type { Clock } from '../clock.ts';

interface Dated {
  readonly id: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Client extends Dated {
  name: string;
  active: boolean;
  address: string | null;
  currency: string;
}

export interface Project extends Dated {
  clientId: number;
  name: string;
  code: string | null;
  active: boolean;
  billable: boolean;
  fixedFee: boolean;
  billBy: string;
  budgetBy: string;
  budget: number | null;
  hourlyRate: number | null;
  notes: string | null;
  startsOn: string | null;
  endsOn: string | null;
}

/** An account-wide kind of work; a `TaskAssignment` brings it to a project. */
export interface Task extends Dated {
  name: string;
  billableByDefault: boolean;
  /** Added to every new project. */
  isDefault: boolean;
  active: boolean;
}

export interface TaskAssignment extends Dated {
  readonly projectId: number;
  readonly taskId: number;
  active: boolean;
  billable: boolean;
  hourlyRate: number | null;
  budget: number | null;
}

export interface User extends Dated {
  firstName: string;
  lastName: string;
  email: string;
  active: boolean;
  contractor: boolean;
  accessRoles: readonly string[];
  accessToAllFutureProjects: boolean;
}

export interface UserAssignment extends Dated {
  readonly projectId: number;
  readonly userId: number;
  active: boolean;
  projectManager: boolean;
}

export type Approval = 'unsubmitted' | 'submitted' | 'approved';

export interface TimeEntry extends Dated {
  readonly userId: number;
  projectId: number;
  taskId: number;
  spentDate: string;
  hours: number;
  notes: string | null;
  running: boolean;
  billed: boolean;
  approval: Approval;
}

export interface HarvestRules {
  /** Hours are rounded up to this many minutes; 0: not at all. */
  readonly roundingMinutes: number;
  /** Whether an approval moves `updated_at`; the vendor does not say. */
  readonly approvalMovesUpdatedAt: boolean;
}

/** Everything that one Harvest account holds. */
export interface HarvestState {
  readonly clock: Clock;
  readonly rules: HarvestRules;
  readonly currency: string;
  readonly clients: Map<number, Client>;
  readonly projects: Map<number, Project>;
  readonly tasks: Map<number, Task>;
  readonly taskAssignments: Map<number, TaskAssignment>;
  readonly users: Map<number, User>;
  readonly userAssignments: Map<number, UserAssignment>;
  readonly timeEntries: Map<number, TimeEntry>;
  /** Id and times of a new object. */
  dated(): Dated;
  /** Notes a change of an object. */
  touch(object: Dated): void;
}

export function createHarvestState(clock: Clock, rules: HarvestRules): HarvestState {
  let lastId = 3_000_000;
  const state: HarvestState = {
    clock,
    rules,
    currency: 'EUR',
    clients: new Map(),
    projects: new Map(),
    tasks: new Map(),
    taskAssignments: new Map(),
    users: new Map(),
    userAssignments: new Map(),
    timeEntries: new Map(),
    dated: () => ({ id: ++lastId, createdAt: clock.now(), updatedAt: clock.now() }),
    touch(object) {
      object.updatedAt = clock.now();
    },
  };
  const administrator: User = {
    ...state.dated(),
    firstName: 'Ada',
    lastName: 'Admin',
    email: 'ada.admin@example.com',
    active: true,
    contractor: false,
    accessRoles: ['administrator'],
    accessToAllFutureProjects: false,
  };
  state.users.set(administrator.id, administrator);
  return state;
}

/** The task as it is booked on in a project. */
export function taskAssignmentOf(state: HarvestState, projectId: number, taskId: number) {
  for (const assignment of state.taskAssignments.values())
    if (assignment.projectId === projectId && assignment.taskId === taskId) return assignment;
  return undefined;
}

export function userAssignmentOf(state: HarvestState, projectId: number, userId: number) {
  for (const assignment of state.userAssignments.values())
    if (assignment.projectId === projectId && assignment.userId === userId) return assignment;
  return undefined;
}
