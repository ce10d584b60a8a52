import type { State } from '../../entities/field.ts';
import { failed } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { budgetBody } from './budget.ts';
import { markIn, withMark } from './notes.ts';
import { inPath, lists, type Project } from './objects.ts';
import type { HarvestSettings } from './options.ts';
import { changed, done, present } from './result.ts';

export const projectFields = [
  'name',
  'code',
  'customer',
  'status',
  'billable',
  'budget',
  'budget_hours',
  'starts_on',
  'ends_on',
] as const;

/**
 * Writes a project. Its notes keep the reference in a line, which finds a project whose creation was not confirmed, and
 * whether it is paused.
 */
export async function writeProject(
  api: HarvestApi,
  settings: HarvestSettings,
  change: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  if (change.fields.customer === null)
    return failed('invalid', 'Harvest needs a client for every project: give the project a customer.');
  const body = bodyOf(change.fields);
  if (change.id !== undefined) {
    const path = `/projects/${inPath(change.id)}`;
    const project = await api.get<Project>(path, `read project ${change.id}`, signal);
    return update(api, settings, project, body, change, signal);
  }
  const { name, client_id: client } = body;
  if (typeof name !== 'string' || client === undefined)
    return failed('invalid', 'Harvest needs a name and a client for every project.');
  if (change.uncertain) {
    // Among those of all clients: the customer may have changed since it was created.
    const project = await findByReference(api, {}, change.reference, signal);
    if (project !== undefined) return update(api, settings, project, body, change, signal);
  }
  try {
    const project = await api.create<Project>(
      '/projects',
      {
        is_billable: true,
        bill_by: settings.billBy,
        budget_by: settings.budgetBy,
        ...budgetBody(change.fields, settings, undefined),
        ...present(body),
        notes: withMark(null, { reference: change.reference, paused: change.fields.status === 'paused' }),
      },
      `create the project of ${change.reference}`,
      signal,
    );
    return done(project.id, 'created');
  } catch (error) {
    if (!alreadyTaken(error)) throw error;
    const project = await findByReference(api, { client_id: client }, change.reference, signal);
    if (project !== undefined) return update(api, settings, project, body, change, signal);
    return failed(
      'conflict',
      `Harvest has another project of this name for client ${client}. Rename one of the two, or link them.`,
    );
  }
}

interface ProjectBody {
  readonly name: unknown;
  readonly code: unknown;
  readonly client_id: number | undefined;
  readonly is_active: boolean | undefined;
  readonly is_billable: unknown;
  readonly starts_on: unknown;
  readonly ends_on: unknown;
}

const bodyOf = (fields: State): ProjectBody => ({
  name: fields.name,
  code: fields.code,
  client_id: typeof fields.customer === 'string' ? Number(fields.customer) : undefined,
  is_active: fields.status === undefined ? undefined : fields.status === 'active',
  is_billable: fields.billable,
  starts_on: fields.starts_on,
  ends_on: fields.ends_on,
});

async function update(
  api: HarvestApi,
  settings: HarvestSettings,
  project: Project,
  body: ProjectBody,
  { id, fields, reference }: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const before = markIn(project.notes);
  const paused = fields.status === undefined ? before?.paused === true : fields.status === 'paused';
  const referenced = before?.reference === reference;
  const marked = referenced && before.paused === paused;
  const wanted = { ...body, ...budgetBody(fields, settings, project.budget_by) };
  const difference = changed({ ...project, client_id: project.client.id }, wanted);
  const adopted = id === undefined || !referenced;
  const same = difference === undefined && marked;
  if (!same) {
    const notes = marked ? {} : { notes: withMark(project.notes, { reference, paused }) };
    await api.change(
      `/projects/${project.id}`,
      { ...difference, ...notes },
      `change project ${project.id}`,
      signal,
    );
  }
  return done(project.id, adopted ? 'adopted' : same ? 'unchanged' : 'updated');
}

async function findByReference(
  api: HarvestApi,
  query: { readonly client_id?: number },
  reference: string,
  signal: AbortSignal,
): Promise<Project | undefined> {
  const projects = await api.all<Project>(lists.projects, query, signal);
  return projects.find((project) => markIn(project.notes)?.reference === reference);
}
