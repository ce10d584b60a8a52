import { SystemError } from '../error.ts';
import { failed } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { inPath, lists, type UserAssignment } from './objects.ts';
import { done } from './result.ts';

export const assignmentFields = ['worker', 'project', 'status'] as const;

/**
 * Writes who works on a project. Harvest has people in projects, without days: active or not. A project has a person once,
 * so a creation that was not confirmed is found by its person, and is the same as one that people made before.
 */
export async function writeAssignment(
  api: HarvestApi,
  change: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { worker, project, status } = change.fields;
  if (status === 'tentative')
    return failed('invalid', 'Harvest has no tentative bookings: bring only those that are confirmed.');
  const active = status === undefined ? undefined : status === 'confirmed';
  if (change.id !== undefined) return update(api, change, change.id, active, signal);
  if (typeof worker !== 'string' || typeof project !== 'string')
    return failed('invalid', 'Harvest needs a person and a project for every booking.');
  try {
    const assignment = await api.create<UserAssignment>(
      pathOf(project),
      { user_id: Number(worker), ...(active === undefined ? {} : { is_active: active }) },
      `put user ${worker} on project ${project}`,
      signal,
    );
    return done(assignment.id, 'created');
  } catch (error) {
    if (!alreadyTaken(error)) throw error;
    const [assignment] = await ofProject(api, project, worker, signal);
    if (assignment === undefined) throw error;
    await setActive(api, assignment, active, signal);
    return done(assignment.id, 'adopted');
  }
}

/** All of them, of all projects. */
export const readAssignments = (api: HarvestApi, signal: AbortSignal): Promise<UserAssignment[]> =>
  api.all(lists.userAssignments, {}, signal);

/**
 * Takes a person off a project. Their time may be booked there already, so nothing is deleted.
 *
 * @param assignments those of all projects
 */
export async function endAssignment(
  api: HarvestApi,
  id: string,
  assignments: readonly UserAssignment[],
  signal: AbortSignal,
): Promise<WriteResult> {
  const assignment = withId(assignments, id);
  const altered = assignment !== undefined && (await setActive(api, assignment, false, signal));
  return done(id, altered ? 'updated' : 'unchanged');
}

const withId = (assignments: readonly UserAssignment[], id: string): UserAssignment | undefined =>
  assignments.find((candidate) => String(candidate.id) === id);

const pathOf = (project: string): string => `/projects/${inPath(project)}/user_assignments`;

/** The person's place in the project; none where one of the two is not there. */
async function ofProject(
  api: HarvestApi,
  project: string,
  worker: string,
  signal: AbortSignal,
): Promise<UserAssignment[]> {
  try {
    const list = { ...lists.userAssignments, path: pathOf(project) };
    const found = await api.all<UserAssignment>(list, { user_id: worker }, signal);
    return found.filter(({ user }) => String(user.id) === worker);
  } catch (error) {
    if (error instanceof SystemError && error.kind === 'missing') return [];
    throw error;
  }
}

async function update(
  api: HarvestApi,
  { fields: { worker, project } }: WriteChange,
  id: string,
  active: boolean | undefined,
  signal: AbortSignal,
): Promise<WriteResult> {
  const near =
    typeof worker === 'string' && typeof project === 'string'
      ? await ofProject(api, project, worker, signal)
      : [];
  // Elsewhere only when it is not where it should be.
  const assignment = withId(near, id) ?? withId(await readAssignments(api, signal), id);
  if (assignment === undefined) return failed('missing', `Harvest has no user assignment ${id} any more.`);
  const moved =
    (typeof worker === 'string' && worker !== String(assignment.user.id)) ||
    (typeof project === 'string' && project !== String(assignment.project.id));
  if (moved)
    return failed(
      'conflict',
      'Harvest cannot hand a booking to another person or project. Cancel it and make a new one.',
    );
  return done(id, (await setActive(api, assignment, active, signal)) ? 'updated' : 'unchanged');
}

/** Answers whether there was something to change. */
async function setActive(
  api: HarvestApi,
  { id, project, is_active: before }: UserAssignment,
  active: boolean | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (active === undefined || active === before) return false;
  const path = `${pathOf(String(project.id))}/${id}`;
  await api.change(path, { is_active: active }, `change user assignment ${id}`, signal);
  return true;
}
