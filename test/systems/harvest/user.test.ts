import { afterEach, beforeEach, expect, it } from 'vitest';
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

const write = async (fields: State, more: Partial<WriteChange> = {}) => {
  const change = { reference: 'odoo:worker:1', fields, uncertain: false, ...more };
  return (await harvest.connector.write('worker', [change], never))[0];
};
const person = (fields: State = {}): State => ({
  name: 'Anna Maria Muster',
  email: 'anna@example.com',
  active: true,
  ...fields,
});
const userOf = (id: string) => harvest.sandbox.state.users.get(Number(id));
const patches = () => harvest.sandbox.calls.count('PATCH /v2/users/:id');

it('invites somebody with first and last name', async () => {
  const { id, result } = doneOf(await write(person()));
  expect(result).toBe('created');
  expect(userOf(id)).toMatchObject({
    firstName: 'Anna Maria',
    lastName: 'Muster',
    email: 'anna@example.com',
  });
});

it('adopts who has the address already, whatever its case', async () => {
  const result = await write(person({ name: 'Carla Consultant', email: 'carla@example.com' }));
  expect(result).toEqual({ ok: true, id: String(workplace.user), result: 'adopted' });
  expect(harvest.sandbox.state.users.size).toBe(2);
  expect(patches()).toBe(0);
});

it('invites nobody twice when the answer was lost, also when the address changed since', async () => {
  harvest.sandbox.faults.add({ method: 'POST', path: '/users', action: { kind: 'commit-then-drop' } });
  expect(await write(person())).toMatchObject({ ok: false, error: 'ambiguous' });
  const fields = person({ email: 'anna.muster@example.com' });
  const { id, result } = doneOf(await write(fields, { uncertain: true, earlier: [person()] }));
  expect(result).toBe('adopted');
  expect(harvest.sandbox.state.users.size).toBe(3);
  expect(userOf(id)?.email).toBe('anna.muster@example.com');
});

it('leaves the split of a name and the case of an address alone', async () => {
  const { id } = doneOf(await write(person()));
  await harvest.call('PATCH', `/users/${id}`, {
    first_name: 'Anna',
    last_name: 'Maria Muster',
    email: 'Anna@Example.com',
  });
  const before = patches();
  expect(await write(person(), { id })).toMatchObject({ result: 'unchanged' });
  expect(patches()).toBe(before);
});

it('renames somebody who leaves before, and somebody who comes back after', async () => {
  const { id } = doneOf(await write(person()));
  await write(person({ name: 'Anna Meier', active: false }), { id });
  expect(userOf(id)).toMatchObject({ lastName: 'Meier', active: false });
  await write(person({ name: 'Anna Huber', active: true }), { id });
  expect(userOf(id)).toMatchObject({ lastName: 'Huber', active: true });
});

it('says that Harvest renames nobody who is archived', async () => {
  const { id } = doneOf(await write(person({ active: false })));
  const result = await write(person({ name: 'Anna Meier', active: false }), { id });
  expect(result).toMatchObject({ error: 'conflict', message: expect.stringContaining('Anna Maria Muster') });
});

it('archives nobody whose timer is running, and says so', async () => {
  const { user, project, task } = workplace;
  const timer = { user_id: user, project_id: project, task_id: task, spent_date: '2026-03-02' };
  const { id } = await harvest.call('POST', '/time_entries', timer);
  const change = { id: String(user) };
  expect(await write({ active: false }, change)).toMatchObject({
    error: 'conflict',
    message: expect.stringContaining('running timer'),
  });
  await harvest.call('PATCH', `/time_entries/${id}/stop`);
  expect(await write({ active: false }, change)).toMatchObject({ result: 'updated' });
});

it.each<State>([{ name: 'Anna' }, { name: null }, { email: null }, { email: 'nowhere' }])(
  'refuses %o',
  async (wrong) => {
    expect(await write(person(wrong))).toMatchObject({ ok: false, error: 'invalid' });
    expect(harvest.sandbox.state.users.size).toBe(2);
  },
);
