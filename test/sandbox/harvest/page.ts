import { tablesPage } from '../page.ts';
import type { HarvestState } from './state.ts';

const yesNo = (value: boolean | undefined): string => (value ? 'yes' : 'no');

/** Clients, projects, tasks and time, for people who watch a demo. */
export function harvestPage(state: HarvestState) {
  const project = (id: number): string => state.projects.get(id)?.name ?? '';
  const task = (id: number): string => state.tasks.get(id)?.name ?? '';
  const person = (id: number): string => {
    const user = state.users.get(id);
    return user === undefined ? '' : `${user.firstName} ${user.lastName}`;
  };
  return tablesPage(
    'Sandbox Harvest',
    'A stand-in for a Harvest account. Nothing here leaves this machine.',
    [
      {
        title: 'Clients',
        columns: ['Id', 'Name', 'Currency', 'Active'],
        rows: [...state.clients.values()].map(({ id, name, currency, active }) => [
          String(id),
          name,
          currency,
          yesNo(active),
        ]),
      },
      {
        title: 'Projects',
        columns: ['Id', 'Client', 'Code', 'Project', 'Tasks', 'Billable', 'Active'],
        rows: [...state.projects.values()].map((item) => [
          String(item.id),
          state.clients.get(item.clientId)?.name,
          item.code,
          item.name,
          [...state.taskAssignments.values()]
            .filter(({ projectId }) => projectId === item.id)
            .map(({ taskId }) => task(taskId))
            .join(', '),
          yesNo(item.billable),
          yesNo(item.active),
        ]),
      },
      {
        title: 'Time entries',
        columns: ['Id', 'Day', 'Person', 'Project', 'Task', 'Hours', 'Notes', 'Approval'],
        rows: [...state.timeEntries.values()].map((entry) => [
          String(entry.id),
          entry.spentDate,
          person(entry.userId),
          project(entry.projectId),
          task(entry.taskId),
          String(entry.hours),
          entry.notes,
          entry.approval,
        ]),
      },
    ],
  );
}
