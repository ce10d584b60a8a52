import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  book,
  createWorkplace,
  type RunningHarvest,
  spend,
  startHarvest,
  type Workplace,
} from '../../systems/harvest/start.ts';

const day = '2026-02-27';

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
});
afterEach(() => harvest.close());

const call = <Answer = { id: number }>(method: string, path: string, body?: object): Promise<Answer> =>
  harvest.call<Answer>(method, path, body);
const places = () => `/projects/${workplace.project}/user_assignments`;
const placeOf = (user: number) =>
  [...harvest.sandbox.state.userAssignments.values()].find(({ userId }) => userId === user);

describe('people', () => {
  const user = () => `/users/${workplace.user}`;

  it('have addresses of their own', async () => {
    const body = { first_name: 'C', last_name: 'C', email: 'carla@example.com' };
    await expect(call('POST', '/users', body)).rejects.toThrow(/422.*taken/);
    await expect(call('POST', '/users', { ...body, email: 'nowhere' })).rejects.toThrow(/422.*Email/);
  });

  it('leave their projects when they are archived, and keep their names', async () => {
    await call('PATCH', user(), { is_active: false });
    expect(placeOf(workplace.user)?.active).toBe(false);
    await expect(call('PATCH', user(), { last_name: 'Other' })).rejects.toThrow(/422.*archived/);
    await call('PATCH', user(), { is_active: true });
    await call('PATCH', user(), { last_name: 'Other' });
    // They have to be added back one by one.
    expect(placeOf(workplace.user)?.active).toBe(false);
  });

  it('are not archived while their timer is running, as projects and tasks are not', async () => {
    const timer = { user_id: workplace.user, project_id: workplace.project, task_id: workplace.task };
    const { id } = await call('POST', '/time_entries', { ...timer, spent_date: day });
    const paths = [user(), `/projects/${workplace.project}`, `/tasks/${workplace.task}`];
    for (const path of paths)
      await expect(call('PATCH', path, { is_active: false })).rejects.toThrow(/422.*running timer/);
    await call('PATCH', `/time_entries/${id}/stop`);
    for (const path of paths) await call('PATCH', path, { is_active: false });
  });

  it('are deleted only without time and expenses', async () => {
    const expense = await spend(harvest, workplace, { spent_date: day });
    await expect(call('DELETE', user())).rejects.toThrow(/422.*cannot be deleted/);
    await call('DELETE', `/expenses/${expense}`);
    await call('DELETE', user());
    expect(placeOf(workplace.user)).toBeUndefined();
  });
});

describe('assignments', () => {
  it('are one for each person and project', async () => {
    await expect(call('POST', places(), { user_id: workplace.user })).rejects.toThrow(/422.*taken/);
    await expect(call('POST', places(), { user_id: 4711 })).rejects.toThrow(/422.*exist/);
  });

  it('are deleted only without time and expenses', async () => {
    const path = `${places()}/${placeOf(workplace.user)?.id}`;
    const entry = await book(harvest, workplace, { spent_date: day });
    await expect(call('DELETE', path)).rejects.toThrow(/422.*cannot be deleted/);
    await call('DELETE', `/time_entries/${entry}`);
    await call('DELETE', path);
    await expect(book(harvest, workplace, { spent_date: day })).rejects.toThrow(/422.*not assigned/);
    await expect(spend(harvest, workplace, { spent_date: day })).rejects.toThrow(/422.*not assigned/);
  });
});

describe('expenses', () => {
  interface Expense {
    readonly id: number;
    readonly total_cost: number;
    readonly project: { readonly id: number };
    readonly is_locked: boolean;
    readonly locked_reason: string | null;
  }
  const read = (id: number) => call<Expense>('GET', `/expenses/${id}`);

  it('cost what is said, or units at the price of their category', async () => {
    const mileage = { name: 'Mileage', unit_name: 'km', unit_price: 0.7 };
    const { id: category } = await call('POST', '/expense_categories', mileage);
    const { user, project } = workplace;
    const body = { user_id: user, project_id: project, expense_category_id: category, spent_date: day };
    const { id } = await call('POST', '/expenses', { ...body, units: 123, total_cost: 5 });
    expect((await read(id)).total_cost).toBe(86.1);
    await expect(call('POST', '/expense_categories', { name: 'Half', unit_price: 1 })).rejects.toThrow(/422/);
    await call('PATCH', `/expense_categories/${category}`, { is_active: false });
    await expect(call('POST', '/expenses', { ...body, units: 1 })).rejects.toThrow(/422.*archived/);
  });

  it('are not deleted once approved, and keep their project without a word', async () => {
    const id = await spend(harvest, workplace, { spent_date: day });
    harvest.sandbox.approvals.submit([id]);
    harvest.sandbox.approvals.approve([id]);
    await expect(call('DELETE', `/expenses/${id}`)).rejects.toThrow(/422.*locked/);
    await call('PATCH', `/expenses/${id}`, { project_id: 4711, total_cost: 1.5 });
    expect(await read(id)).toMatchObject({
      total_cost: 1.5,
      project: { id: workplace.project },
      is_locked: true,
      locked_reason: expect.stringContaining('Approved'),
    });
    harvest.sandbox.approvals.withdraw([id]);
    await expect(call('PATCH', `/expenses/${id}`, { project_id: 4711 })).rejects.toThrow(/422.*Project/);
    await call('DELETE', `/expenses/${id}`);
  });
});

describe('the rate of time', () => {
  it('comes from where the project says', async () => {
    const id = await book(harvest, workplace, { spent_date: day });
    const rate = async () =>
      (await call<{ billable_rate: number | null }>('GET', `/time_entries/${id}`)).billable_rate;
    const project = `/projects/${workplace.project}`;
    expect(await rate()).toBe(null);
    await call('PATCH', project, { bill_by: 'Project', hourly_rate: 100 });
    expect(await rate()).toBe(100);
    await call('PATCH', `${project}/task_assignments/${workplace.assignment}`, { hourly_rate: 110 });
    await call('PATCH', project, { bill_by: 'Tasks' });
    expect(await rate()).toBe(110);
    await call('PATCH', project, { bill_by: 'People' });
    expect(await rate()).toBe(0);
    const own = { use_default_rates: false, hourly_rate: 120 };
    await call('PATCH', `${places()}/${placeOf(workplace.user)?.id}`, own);
    expect(await rate()).toBe(120);
    await call('PATCH', project, { is_billable: false });
    expect(await rate()).toBe(null);
  });
});

it('lists time by its day, the latest first, over many pages', async () => {
  const entries = harvest.sandbox.seedTime({ entries: 500, from: '2026-02-01', to: '2026-02-28' });
  interface Page {
    readonly time_entries: readonly { readonly id: number; readonly spent_date: string }[];
    readonly links: { readonly next: string | null };
  }
  const found: { id: number; spent_date: string }[] = [];
  for (let path: string | null = '/time_entries?per_page=37'; path !== null; ) {
    const page: Page = await call<Page>('GET', path);
    found.push(...page.time_entries);
    path = page.links.next?.replace(`${harvest.sandbox.url}/v2`, '') ?? null;
  }
  const expected = [...entries].sort(
    (left, right) => right.spentDate.localeCompare(left.spentDate) || right.id - left.id,
  );
  expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
});
