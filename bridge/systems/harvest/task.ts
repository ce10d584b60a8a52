import type { State } from '../../entities/field.ts';
import { failed } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { earlierNames, sameName } from './name.ts';
import { inPath, lists, type Task, type TaskAssignment } from './objects.ts';
import { changed, done, present } from './result.ts';

export const taskFields = ['name', 'project', 'billable', 'status'] as const;

/**
 * Writes a task of a project. Harvest has account-wide tasks with unique names, which are assigned to projects; the
 * assignment is our task. A project has a task only once, so a creation that was not confirmed is found by its name,
 * and by the one that was sent then.
 */
export async function writeTask(
  api: HarvestApi,
  change: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { name, project } = change.fields;
  if (change.id !== undefined) return update(api, change, change.id, signal);
  if (typeof name !== 'string' || typeof project !== 'string')
    return failed('invalid', 'Harvest needs a name and a project for every task.');
  if (change.uncertain) {
    const result = await adoptEarlier(api, change, name, signal);
    if (result !== undefined) return result;
  }
  const task = await findOrCreate(api, name, change.reference, signal);
  const body = bodyOf(change.fields);
  try {
    const assignment = await api.create<TaskAssignment>(
      `/projects/${inPath(project)}/task_assignments`,
      { task_id: task.id, ...present(body) },
      `assign task ${task.id} to project ${project}`,
      signal,
    );
    return done(assignment.id, 'created');
  } catch (error) {
    if (!alreadyTaken(error)) throw error;
    const assignments = await ofProject(api, project, signal);
    const assignment = assignments.find((candidate) => candidate.task.id === task.id);
    if (assignment === undefined) throw error;
    await changeAssignment(api, assignment, body, signal);
    return done(assignment.id, 'adopted');
  }
}

interface AssignmentBody {
  readonly billable: unknown;
  readonly is_active: boolean | undefined;
}

const bodyOf = (fields: State): AssignmentBody => ({
  billable: fields.billable,
  is_active: fields.status === undefined ? undefined : fields.status === 'active',
});

const ofProject = (api: HarvestApi, project: string, signal: AbortSignal): Promise<TaskAssignment[]> =>
  api.all({ ...lists.taskAssignments, path: `/projects/${inPath(project)}/task_assignments` }, {}, signal);

async function update(
  api: HarvestApi,
  { fields }: WriteChange,
  id: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const assignments = await api.all<TaskAssignment>(lists.taskAssignments, {}, signal);
  const assignment = assignments.find((candidate) => String(candidate.id) === id);
  if (assignment === undefined) return failed('missing', `Harvest has no task assignment ${id} any more.`);
  return updateAssignment(api, fields, assignment, assignments, signal);
}

/**
 * Goes on from what an earlier try in doubt left under another name, as if its answer had come: its assignment, or, where
 * it came no further, an account-wide task that no project uses yet. `undefined` when there is nothing to go on from.
 */
async function adoptEarlier(
  api: HarvestApi,
  change: WriteChange,
  name: string,
  signal: AbortSignal,
): Promise<WriteResult | undefined> {
  const names = earlierNames(change).filter((earlier) => !sameName(earlier, name));
  const sent = (change.earlier ?? []).filter((fields) => fieldsDiffer(fields, change.fields));
  if (sent.length === 0) return undefined;
  const assignments = await api.all<TaskAssignment>(lists.taskAssignments, {}, signal);
  for (const fields of sent) {
    const assignment = assignments.find((candidate) => isOf(candidate, fields));
    if (assignment === undefined) continue;
    const result = await updateAssignment(api, change.fields, assignment, assignments, signal);
    return result.ok ? { ...result, result: 'adopted' } : result;
  }
  if (names.length === 0) return undefined;
  const tasks = await api.all<Task>(lists.tasks, {}, signal);
  if (tasks.some((task) => sameName(task.name, name))) return undefined;
  const unused = tasks.filter((task) => !assignments.some((assignment) => assignment.task.id === task.id));
  const left = unused.find((task) => names.some((earlier) => sameName(task.name, earlier)));
  if (left !== undefined) await api.change(`/tasks/${left.id}`, { name }, `rename task ${left.id}`, signal);
  return undefined;
}

/** Whether a try that sent other fields may have left another assignment than these would. */
const fieldsDiffer = (sent: State, fields: State): boolean =>
  sent.project !== fields.project || !sameName(String(sent.name), String(fields.name));

const isOf = ({ task, project }: TaskAssignment, fields: State): boolean =>
  typeof fields.name === 'string' &&
  sameName(task.name, fields.name) &&
  String(project.id) === fields.project;

/** `assignments` are those of all projects. */
async function updateAssignment(
  api: HarvestApi,
  fields: State,
  assignment: TaskAssignment,
  assignments: readonly TaskAssignment[],
  signal: AbortSignal,
): Promise<WriteResult> {
  if (typeof fields.project === 'string' && fields.project !== String(assignment.project.id))
    return failed('conflict', 'Harvest cannot move a task with its time to another project.');
  const { task } = assignment;
  const renamed = typeof fields.name === 'string' && fields.name !== task.name;
  if (renamed) {
    const projects = assignments.filter((candidate) => candidate.task.id === task.id).length;
    if (projects > 1)
      return failed(
        'conflict',
        `The Harvest task ${task.id} is used by ${projects} projects, so its name cannot be changed for one of them. Rename it in Harvest for all, or keep the name.`,
      );
    await api.change(`/tasks/${task.id}`, { name: fields.name }, `rename task ${task.id}`, signal);
  }
  const altered = await changeAssignment(api, assignment, bodyOf(fields), signal);
  return done(assignment.id, altered || renamed ? 'updated' : 'unchanged');
}

/** Answers whether there was something to change. */
async function changeAssignment(
  api: HarvestApi,
  assignment: TaskAssignment,
  body: AssignmentBody,
  signal: AbortSignal,
): Promise<boolean> {
  const difference = changed(assignment, body);
  if (difference === undefined) return false;
  const path = `/projects/${assignment.project.id}/task_assignments/${assignment.id}`;
  await api.change(path, difference, `change task assignment ${assignment.id}`, signal);
  return true;
}

/** The account-wide task of a name, made or brought back from the archive when needed. */
async function findOrCreate(
  api: HarvestApi,
  name: string,
  reference: string,
  signal: AbortSignal,
): Promise<Task> {
  const task = await findByName(api, name, signal);
  if (task?.is_active) return task;
  if (task !== undefined)
    return api.change<Task>(`/tasks/${task.id}`, { is_active: true }, `reactivate task ${task.id}`, signal);
  try {
    return await api.create<Task>('/tasks', { name }, `create the task of ${reference}`, signal);
  } catch (error) {
    // Somebody else was faster.
    const other = alreadyTaken(error) ? await findByName(api, name, signal) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function findByName(api: HarvestApi, name: string, signal: AbortSignal): Promise<Task | undefined> {
  const tasks = await api.all<Task>(lists.tasks, {}, signal);
  return tasks.find((task) => sameName(task.name, name));
}
