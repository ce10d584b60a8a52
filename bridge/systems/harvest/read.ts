import type { EntityName } from '../../entities/catalogue.ts';
import type { State } from '../../entities/field.ts';
import type { Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { customerState, projectState, taskState, timesheetState, workerState } from './mapping.ts';
import { inPath, lists, type TaskAssignment } from './objects.ts';

/** Objects are read one by one: more of them at a time would use up the account's requests. */
export const readLimit = 25;

type Read = (id: string, signal: AbortSignal) => Promise<State | null>;

/** Reads objects by id. */
export function createReader(api: HarvestApi) {
  const one =
    <Item>(path: string, state: (item: Item) => State): Read =>
    async (id, signal) => {
      const item = await api.getIfThere<Item>(`${path}/${inPath(id)}`, `read ${path.slice(1)} ${id}`, signal);
      return item === undefined ? null : state(item);
    };
  const readers: Partial<Record<EntityName, Read>> = {
    customer: one('/clients', customerState),
    project: one('/projects', projectState),
    worker: one('/users', workerState),
    timesheet: one('/time_entries', timesheetState),
  };

  /** Task assignments can only be read by id within a project, which the id does not tell: list them all. */
  async function readTasks(ids: readonly string[], signal: AbortSignal): Promise<Snapshot[]> {
    const assignments = await api.all<TaskAssignment>(lists.taskAssignments, {}, signal);
    const byId = new Map(assignments.map((assignment) => [String(assignment.id), assignment]));
    return ids.map((id) => {
      const assignment = byId.get(id);
      return { entity: 'task', id, state: assignment === undefined ? null : taskState(assignment) };
    });
  }

  return async (entity: EntityName, ids: readonly string[], signal: AbortSignal): Promise<Snapshot[]> => {
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return [];
    if (entity === 'task') return readTasks(distinct, signal);
    const read = readers[entity];
    if (read === undefined) throw new TypeError(`Harvest has no ${entity}`);
    return Promise.all(distinct.map(async (id) => ({ entity, id, state: await read(id, signal) })));
  };
}

export type Reader = ReturnType<typeof createReader>;
