import { type HarvestState, type TimeEntry, taskAssignmentOf, userAssignmentOf } from './state.ts';

/** Whether the customer is to be billed for the time. */
export const isBillable = (state: HarvestState, { projectId, taskId }: TimeEntry): boolean =>
  state.projects.get(projectId)?.billable === true &&
  taskAssignmentOf(state, projectId, taskId)?.billable === true;

/** Price of an hour, which each project takes from another place; `null` where there is none. */
export function billableRate(state: HarvestState, entry: TimeEntry): number | null {
  if (!isBillable(state, entry)) return null;
  const { projectId, taskId, userId } = entry;
  const project = state.projects.get(projectId);
  switch (project?.billBy) {
    case 'Project':
      return project.hourlyRate;
    case 'Tasks':
      return taskAssignmentOf(state, projectId, taskId)?.hourlyRate ?? null;
    case 'People': {
      const assignment = userAssignmentOf(state, projectId, userId);
      return assignment === undefined || assignment.useDefaultRates
        ? (state.users.get(userId)?.defaultHourlyRate ?? null)
        : assignment.hourlyRate;
    }
    default:
      return null;
  }
}

/** Hours as they stand in reports and on invoices. */
export function roundedHours({ rules }: HarvestState, { hours }: TimeEntry): number {
  const { roundingMinutes } = rules;
  if (roundingMinutes === 0) return hours;
  const steps = Math.ceil(Math.round((hours * 60 * 1000) / roundingMinutes) / 1000);
  return Math.round((steps * roundingMinutes * 100) / 60) / 100;
}
