import { afterEach, beforeEach, expect, it } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { doneOf, never } from '../../conformance/outcome.ts';
import { book, createWorkplace, type RunningHarvest, startHarvest, type Workplace } from './start.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
let other: string;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
  const person = { first_name: 'Otto', last_name: 'Other', email: 'otto@example.com' };
  other = String((await harvest.call('POST', '/users', person)).id);
  harvest.sandbox.calls.clear();
});
afterEach(() => harvest.close());

const write = async (fields: State, more: Partial<WriteChange> = {}) => {
  const change = { reference: 'odoo:assignment:1', fields, uncertain: false, ...more };
  return (await harvest.connector.write('assignment', [change], never))[0];
};
const booking = (fields: State = {}): State => ({
  worker: other,
  project: String(workplace.project),
  status: 'confirmed',
  ...fields,
});
const remove = (...ids: string[]) => {
  const changes = ids.map((id) => ({ reference: `odoo:assignment:${id}`, id }));
  return harvest.connector.remove('assignment', changes, never);
};
const place = (id: string) => harvest.sandbox.state.userAssignments.get(Number(id));

it('puts somebody on a project, once', async () => {
  const { id, result } = doneOf(await write(booking()));
  expect(result).toBe('created');
  const [snapshot] = await harvest.connector.read('assignment', [id], never);
  expect(snapshot?.state).toEqual(booking());
  expect(await write(booking(), { id })).toMatchObject({ result: 'unchanged' });
});

it('takes over what people have made, and brings it back when it was ended', async () => {
  const path = `/projects/${workplace.project}/user_assignments`;
  const made = await harvest.call('POST', path, { user_id: Number(other), is_active: false });
  expect(await write(booking())).toEqual({ ok: true, id: String(made.id), result: 'adopted' });
  expect(place(String(made.id))?.active).toBe(true);
});

it('ends a booking that is cancelled or gone, with the time that was booked there', async () => {
  const fields = booking({ worker: String(workplace.user) });
  const { id } = doneOf(await write(fields));
  const entry = await book(harvest, workplace, { spent_date: '2026-02-27' });
  await write({ ...fields, status: 'cancelled' }, { id });
  expect(place(id)?.active).toBe(false);
  await write(fields, { id });
  expect(place(id)?.active).toBe(true);
  expect(await remove(id)).toMatchObject([{ ok: true, id, result: 'updated' }]);
  expect(place(id)?.active).toBe(false);
  expect(harvest.sandbox.state.timeEntries.has(entry)).toBe(true);
});

it('counts as done what is ended or gone already', async () => {
  const { id } = doneOf(await write(booking({ status: 'cancelled' })));
  expect(await remove(id, '4711')).toMatchObject([
    { ok: true, result: 'unchanged' },
    { ok: true, result: 'unchanged' },
  ]);
  expect(harvest.sandbox.calls.count('PATCH /v2/projects/:id/user_assignments/:id')).toBe(0);
});

it('goes on with the other removals when one is refused', async () => {
  const first = doneOf(await write(booking())).id;
  const second = doneOf(await write(booking({ worker: String(workplace.user) }))).id;
  harvest.sandbox.faults.add({ method: 'PATCH', action: { kind: 'status', status: 422 } });
  expect(await remove(first, second)).toMatchObject([{ ok: false, error: 'invalid' }, { ok: true }]);
});

it('hands a booking to nobody else', async () => {
  const { id } = doneOf(await write(booking()));
  expect(await write(booking({ worker: String(workplace.user) }), { id })).toMatchObject({
    error: 'conflict',
    message: expect.stringContaining('another person or project'),
  });
});

it('knows no tentative bookings, and none of archived people or on archived projects', async () => {
  expect(await write(booking({ status: 'tentative' }))).toMatchObject({ error: 'invalid' });
  const { id } = doneOf(await write(booking()));
  await harvest.call('PATCH', `/users/${other}`, { is_active: false });
  // Harvest takes archived people off their projects.
  const [snapshot] = await harvest.connector.read('assignment', [id], never);
  expect(snapshot?.state).toMatchObject({ status: 'cancelled' });
  expect(await write(booking(), { id })).toMatchObject({ error: 'conflict' });
});

it('removes nothing but bookings', async () => {
  await expect(
    harvest.connector.remove('project', [{ reference: 'odoo:project:1', id: '1' }], never),
  ).rejects.toMatchObject({ kind: 'invalid' });
});
