import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import type { State } from '../../../bridge/entities/field.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { doneOf, never } from '../../conformance/outcome.ts';
import { createWorkplace, type RunningHarvest, startHarvest, type Workplace } from './start.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
  harvest.sandbox.calls.clear();
});
afterEach(() => harvest.close());

const write = async (entity: EntityName, fields: State, more: Partial<WriteChange> = {}) => {
  const change = { reference: `odoo:${entity}:1`, fields, uncertain: false, ...more };
  return (await harvest.connector.write(entity, [change], never))[0];
};
const project = (fields: State = {}): State => ({
  name: 'Rollout',
  code: 'S00042',
  customer: String(workplace.client),
  billable: true,
  ...fields,
});

describe('writing customers', () => {
  it('adopts the client that has the name already, whatever its case', async () => {
    const result = await write('customer', { name: 'workplace CLIENT', active: true });
    expect(result).toEqual({ ok: true, id: String(workplace.client), result: 'adopted' });
    expect(harvest.sandbox.state.clients.size).toBe(1);
    expect([...harvest.sandbox.state.clients.values()][0]?.name).toBe('workplace CLIENT');
  });

  it('sends nothing when nothing differs', async () => {
    const fields = { name: 'Workplace client', active: true };
    expect(await write('customer', fields, { id: String(workplace.client) })).toMatchObject({
      result: 'unchanged',
    });
    expect(harvest.sandbox.calls.calls()).toEqual({ 'GET /v2/clients/:id': 1 });
  });
});

describe('what a try in doubt has left, when the object changed since', () => {
  const lose = (path: string) =>
    harvest.sandbox.faults.add({ method: 'POST', path, action: { kind: 'commit-then-drop' } });
  const names = (objects: ReadonlyMap<number, { readonly name: string }>) =>
    [...objects.values()].map(({ name }) => name);
  /** The answer to the first fields is lost; then the second ones are written, as the engine does it. */
  async function loseAndChange(entity: EntityName, path: string, before: State, after: State) {
    lose(path);
    expect(await write(entity, before)).toMatchObject({ ok: false, error: 'ambiguous' });
    return write(entity, after, { uncertain: true, earlier: [before] });
  }

  it('is the client of the old name', async () => {
    const before = { name: 'Old name', active: true };
    const result = await loseAndChange('customer', '/v2/clients', before, { name: 'New name', active: true });
    expect(result).toMatchObject({ ok: true, result: 'adopted' });
    expect(names(harvest.sandbox.state.clients)).toEqual(['Workplace client', 'New name']);
  });

  it('is a client only when it came to be', async () => {
    const result = await write(
      'customer',
      { name: 'New name' },
      { uncertain: true, earlier: [{ name: 'Newer name' }, { name: 'Old name' }] },
    );
    expect(result).toMatchObject({ ok: true, result: 'created' });
    expect(names(harvest.sandbox.state.clients)).toEqual(['Workplace client', 'New name']);
  });

  it('is the project at the old client', async () => {
    const { id: other } = await harvest.call('POST', '/clients', { name: 'Other client' });
    const after = project({ customer: String(other), name: 'Moved' });
    const result = await loseAndChange('project', '/v2/projects', project(), after);
    expect(result).toMatchObject({ ok: true, result: 'adopted' });
    expect([...harvest.sandbox.state.projects.values()]).toMatchObject([
      { name: 'Workplace' },
      { name: 'Moved', clientId: other },
    ]);
  });

  const task = (name: string): State => ({ name, project: String(workplace.project), billable: true });

  it('is the assignment of the task of the old name', async () => {
    const result = await loseAndChange('task', '/task_assignments', task('Old name'), task('New name'));
    expect(result).toMatchObject({ ok: true, result: 'adopted' });
    expect(names(harvest.sandbox.state.tasks)).toEqual(['Workplace task', 'New name']);
    expect(harvest.sandbox.state.taskAssignments.size).toBe(2);
  });

  it('is the task of the old name that was not assigned yet', async () => {
    const result = await loseAndChange('task', '/v2/tasks', task('Old name'), task('New name'));
    expect(result).toMatchObject({ ok: true, result: 'created' });
    expect(names(harvest.sandbox.state.tasks)).toEqual(['Workplace task', 'New name']);
    expect(harvest.sandbox.state.taskAssignments.size).toBe(2);
  });

  it('is never a task that other projects use under the old name', async () => {
    const { id: other } = await harvest.call('POST', '/projects', {
      client_id: workplace.client,
      name: 'Other',
      is_billable: true,
      bill_by: 'none',
      budget_by: 'none',
    });
    const elsewhere = { ...task('Workplace task'), project: String(other) };
    const renamed = { ...task('New name'), project: String(other) };
    expect(await write('task', renamed, { uncertain: true, earlier: [elsewhere] })).toMatchObject({
      ok: true,
    });
    expect(names(harvest.sandbox.state.tasks)).toEqual(['Workplace task', 'New name']);
  });
});

describe('writing without the rights', () => {
  const customers = ['A', 'B', 'C'].map((name) => ({
    reference: `odoo:customer:${name}`,
    fields: { name, active: true },
    uncertain: false,
  }));
  const answer = (status: number, times = 1) =>
    harvest.sandbox.faults.add({ method: 'POST', action: { kind: 'status', status }, times });
  const pass = () =>
    harvest.sandbox.faults.add({ method: 'POST', action: { kind: 'delay', milliseconds: 0 } });
  const writeAll = () => harvest.connector.write('customer', customers, never);

  it('lets the rest of a call wait when the token ends amid it', async () => {
    pass();
    answer(401);
    expect(await writeAll()).toMatchObject([
      { ok: true },
      { ok: false, error: 'unavailable' },
      { ok: false, error: 'unavailable' },
    ]);
    expect(harvest.sandbox.calls.count('POST /v2/clients')).toBe(2);
  });

  it('blames an object that is refused beside others that work', async () => {
    pass();
    answer(403);
    expect(await writeAll()).toMatchObject([{ ok: true }, { ok: false, error: 'denied' }, { ok: true }]);
  });

  it('fails as a whole when every object is refused', async () => {
    answer(403, 3);
    await expect(writeAll()).rejects.toMatchObject({ kind: 'denied', status: 403 });
  });

  it('blames no object for its rights while nothing works', async () => {
    answer(422);
    answer(403, 2);
    expect(await writeAll()).toMatchObject([
      { error: 'invalid' },
      { error: 'unavailable' },
      { error: 'unavailable' },
    ]);
  });
});

it('names no value of an object in what it says of a failed call', async () => {
  const secret = 'Confidential name';
  const { faults } = harvest.sandbox;
  const told = async (method: string, path: string, entity: EntityName, fields: State, id?: number) => {
    faults.add({ method, path, action: { kind: 'status', status: 401 } });
    const more = id === undefined ? {} : { id: String(id) };
    const error = await write(entity, fields, more).catch((failure) => failure);
    expect(error).toMatchObject({ kind: 'denied' });
    expect(`${error.action} ${error.message}`).not.toContain(secret);
  };
  const named = { name: secret };
  const task = { name: secret, project: String(workplace.project) };
  await told('POST', '/clients', 'customer', named);
  await told('PATCH', '/clients', 'customer', named, workplace.client);
  await told('POST', '/projects', 'project', project(named));
  await told('PATCH', '/projects', 'project', project(named), workplace.project);
  await told('POST', '/tasks', 'task', task);
  await told('POST', '/task_assignments', 'task', task);
  await told('PATCH', '/tasks', 'task', task, workplace.assignment);
  await harvest.call('PATCH', `/clients/${workplace.client}`, named);
  await told('PATCH', '/clients', 'customer', { active: false }, workplace.client);
});

describe('writing projects', () => {
  it("keeps people's notes around the reference", async () => {
    const id = String(workplace.project);
    await harvest.call('PATCH', `/projects/${id}`, {
      notes: 'Ask Ada first.\nservices-bridge: old\nThanks!',
    });
    const result = await write('project', project(), { id });
    expect(result).toMatchObject({ result: 'adopted' });
    expect(harvest.sandbox.state.projects.get(workplace.project)).toMatchObject({
      notes: 'Ask Ada first.\nThanks!\nservices-bridge: odoo:project:1',
      name: 'Rollout',
      code: 'S00042',
    });
    expect(await write('project', project(), { id })).toMatchObject({ result: 'unchanged' });
  });

  it('finds a project whose creation was not confirmed, even when it was renamed since', async () => {
    const { id } = doneOf(await write('project', project()));
    await harvest.call('PATCH', `/projects/${id}`, { name: 'Renamed by people' });
    const result = await write('project', project(), { uncertain: true });
    expect(result).toEqual({ ok: true, id, result: 'adopted' });
    expect(harvest.sandbox.state.projects.size).toBe(2);
  });

  it('does not take over a project of other people that has the name', async () => {
    const result = await write('project', project({ name: 'Workplace' }));
    expect(result).toMatchObject({
      ok: false,
      error: 'conflict',
      message: expect.stringContaining(`client ${workplace.client}`),
    });
  });

  it('asks for a customer', async () => {
    expect(await write('project', project({ customer: null }))).toMatchObject({
      ok: false,
      error: 'invalid',
    });
    expect(harvest.sandbox.calls.calls()).toEqual({});
  });

  it('leaves the rest of a call untried when Harvest wants to be left alone', async () => {
    const changes = ['A', 'B', 'C'].map((name) => ({
      reference: `odoo:project:${name}`,
      fields: project({ name }),
      uncertain: false,
    }));
    const { sandbox, connector } = harvest;
    sandbox.faults.add({ method: 'POST', action: { kind: 'delay', milliseconds: 0 } });
    sandbox.faults.add({ method: 'POST', action: { kind: 'status', status: 429, retryAfterSeconds: 3 } });
    const results = await connector.write('project', changes, never);
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: 'limited', retryAfterMilliseconds: 3000 },
      { ok: false, error: 'limited', retryAfterMilliseconds: 3000 },
    ]);
    expect(sandbox.calls.count('POST /v2/projects')).toBe(2);
  });

  it('does not count objects as uncertain that were never sent', async () => {
    const changes = ['A', 'B'].map((name) => ({
      reference: `odoo:project:${name}`,
      fields: project({ name }),
      uncertain: false,
    }));
    harvest.sandbox.faults.add({ method: 'POST', action: { kind: 'commit-then-drop' } });
    expect(await harvest.connector.write('project', changes, never)).toMatchObject([
      { ok: false, error: 'ambiguous' },
      { ok: false, error: 'unavailable' },
    ]);
  });
});

it('stays below the limit of the account', async () => {
  await harvest.close();
  const quota = { requests: 8, milliseconds: 400 };
  harvest = await startHarvest({ limit: quota }, { quota });
  const changes = Array.from({ length: 20 }, (_, number) => ({
    reference: `odoo:customer:${number}`,
    fields: { name: `Client ${number}`, active: true },
    uncertain: false,
  }));
  const calls = changes.map((change) => harvest.connector.write('customer', [change], never));
  const results = await Promise.all(calls);
  expect(results.flat().every(({ ok }) => ok)).toBe(true);
  expect(harvest.sandbox.calls.calls()).toEqual({ 'POST /v2/clients': 20 });
});

describe('writing tasks', () => {
  const task = (fields: State = {}): State => ({
    name: 'Consulting',
    project: String(workplace.project),
    billable: true,
    ...fields,
  });

  it('uses the account-wide task of the name, and brings it back from the archive', async () => {
    const shared = await harvest.call('POST', '/tasks', { name: 'consulting', is_active: false });
    const { id, result } = doneOf(await write('task', task()));
    expect(result).toBe('created');
    expect(harvest.sandbox.state.taskAssignments.get(Number(id))?.taskId).toBe(shared.id);
    expect(harvest.sandbox.state.tasks.get(shared.id)?.active).toBe(true);
  });

  it('adopts an assignment that the project has already', async () => {
    const result = await write('task', task({ name: 'Workplace task', billable: false }));
    expect(result).toEqual({ ok: true, id: String(workplace.assignment), result: 'adopted' });
    expect(harvest.sandbox.state.taskAssignments.get(workplace.assignment)?.billable).toBe(false);
  });

  it('renames a task of one project, but never one that others use', async () => {
    const id = String(workplace.assignment);
    expect(await write('task', task({ name: 'New name' }), { id })).toMatchObject({ result: 'updated' });
    expect(harvest.sandbox.state.tasks.get(workplace.task)?.name).toBe('New name');

    const other = doneOf(await write('project', project())).id;
    await write('task', task({ name: 'New name', project: other }));
    const refused = await write('task', task({ name: 'Newer name' }), { id });
    expect(refused).toMatchObject({
      ok: false,
      error: 'conflict',
      message: expect.stringContaining('2 projects'),
    });
    expect(harvest.sandbox.state.tasks.get(workplace.task)?.name).toBe('New name');
  });

  it('does not move a task to another project', async () => {
    const other = doneOf(await write('project', project())).id;
    const moved = task({ name: 'Workplace task', project: other });
    expect(await write('task', moved, { id: String(workplace.assignment) })).toMatchObject({
      error: 'conflict',
    });
  });

  it('says that a closed project takes no task', async () => {
    await harvest.call('PATCH', `/projects/${workplace.project}`, { is_active: false });
    expect(await write('task', task())).toMatchObject({ ok: false, error: 'conflict' });
  });
});
