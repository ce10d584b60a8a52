import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { never } from '../../conformance/outcome.ts';
import {
  book,
  createWorkplace,
  type RunningHarvest,
  spend,
  startHarvest,
  type Workplace,
} from '../../systems/harvest/start.ts';
import { createDescription } from './openapi.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
});
afterEach(() => harvest.close());

const descriptionFile = fileURLToPath(
  new URL('../../../../shared/specs/harvest.openapi.yaml', import.meta.url),
);
const described = existsSync(descriptionFile);
if (!described)
  console.warn(
    `SKIPPED: comparing the sandbox with Harvest's OpenAPI description, ${descriptionFile} is not there.`,
  );

describe.runIf(described)("Harvest's own description", () => {
  it('knows every request of the connector and every answer of the sandbox', async () => {
    const { connector, sandbox, call } = harvest;
    const customer = String(workplace.client);
    const id = await book(harvest, workplace, { spent_date: '2026-02-27', notes: 'Workshop' });
    sandbox.approvals.submit([id]);
    const expense = await spend(harvest, workplace, { spent_date: '2026-02-27' });
    const changes = {
      customer: { name: 'Client', active: true },
      project: {
        name: 'Project',
        code: 'S1',
        customer,
        status: 'active',
        billable: true,
        budget_hours: '40',
        starts_on: '2026-03-01',
      },
      worker: { name: 'Anna Muster', email: 'anna@example.com', active: true },
      assignment: { worker: '3000001', project: String(workplace.project), status: 'confirmed' },
      task: { name: 'Task', project: String(workplace.project), billable: true, status: 'active' },
      invoice: {
        number: 'INV/1',
        customer,
        total: '119.5',
        open: '19.5',
        payment: 'partial',
        currency: 'EUR',
        issued_on: '2026-03-01',
        due_on: '2026-03-31',
      },
    } as const;
    const ends = {
      customer: { active: false },
      project: { status: 'paused', budget_hours: '60' },
      task: { status: 'closed' },
      worker: { name: 'Anna Meier', active: false },
      assignment: { ...changes.assignment, status: 'cancelled' },
      invoice: { ...changes.invoice, total: '239', open: '0', payment: 'reversed', due_on: '2026-04-30' },
    };
    for (const entity of ['customer', 'project', 'task', 'worker', 'assignment', 'invoice'] as const) {
      const change = { reference: `odoo:${entity}:1`, fields: changes[entity], uncertain: true };
      const [first] = await connector.write(entity, [change], never);
      if (first?.ok !== true) throw new Error(`cannot write ${entity}`);
      await connector.write(entity, [{ ...change, id: first.id, fields: ends[entity] }], never);
    }
    for (const stream of connector.streams)
      for await (const page of connector.poll(stream, undefined, never))
        for (const { entity, id } of page.snapshots ?? []) await connector.read(entity, [id], never);
    for (const entity of Object.keys(connector.entities) as EntityName[])
      for await (const _ of connector.list?.(entity, { from: '2026-01-01', to: '2026-12-31' }, never) ?? []);
    await connector.check(never);
    await call('PATCH', `/time_entries/${id}`, { hours: 3 });
    await call('PATCH', `/time_entries/${id}/restart`);
    await call('PATCH', `/time_entries/${id}/stop`);
    await call('PATCH', `/expenses/${expense}`, { total_cost: 12.5 });
    const category = await call('POST', '/expense_categories', {
      name: 'Mileage',
      unit_name: 'km',
      unit_price: 0.7,
    });
    await call('PATCH', `/expense_categories/${category.id}`, { unit_price: 0.75 });
    await call('GET', `/expense_categories/${category.id}`);
    await call('GET', '/expense_categories');
    const place = { user_id: workplace.user, project_id: workplace.project, spent_date: '2026-02-27' };
    await call('POST', '/expenses', { ...place, expense_category_id: category.id, units: 120 });
    for (const name of ['clients', 'projects', 'team', 'tasks'])
      await call('GET', `/reports/time/${name}?from=20260101&to=20261231`);
    for (const name of ['clients', 'projects', 'team', 'categories'])
      await call('GET', `/reports/expenses/${name}?from=20260101&to=20261231`);
    const [invoice] = sandbox.state.invoices.values();
    await call('GET', `/invoices/${invoice?.id}/messages`);
    await call('DELETE', `/invoices/${invoice?.id}`);
    await call('DELETE', `/time_entries/${id}`);
    await call('DELETE', `/expenses/${expense}`);

    const description = createDescription(descriptionFile);
    const entries = sandbox.calls.entries();
    expect(entries.length).toBeGreaterThan(60);
    const problems = new Set(entries.flatMap((entry) => description.check(entry)));
    // In cursor mode the page is null, which the vendor's pages say and its description does not.
    const expected = [...problems].filter((problem) => !problem.endsWith('.page is null'));
    expect(expected).toEqual([]);
  });

  it('would show a field that is not described', () => {
    const [entry] = harvest.sandbox.calls.entries().filter(({ path }) => path === '/v2/clients');
    if (entry === undefined) throw new Error('no request to look at');
    const wrong = { ...entry, request: { nome: 'x' }, response: { id: 'one' } };
    expect(createDescription(descriptionFile).check(wrong)).toEqual([
      'POST /v2/clients sends.name is missing',
      'POST /v2/clients sends.nome is not described',
      'POST /v2/clients answers.id is no integer',
    ]);
  });
});

describe('the sandbox refuses', () => {
  const entry = (more: object = {}) => ({
    user_id: workplace.user,
    project_id: workplace.project,
    task_id: workplace.task,
    spent_date: '2026-03-02',
    hours: 1,
    ...more,
  });

  it('time of people and tasks that the project does not have', async () => {
    const { call } = harvest;
    const task = await call('POST', '/tasks', { name: 'Elsewhere' });
    await expect(call('POST', '/time_entries', entry({ task_id: task.id }))).rejects.toThrow(/422.*Task/);
    await expect(call('POST', '/time_entries', entry({ user_id: 3_000_001 }))).rejects.toThrow(/422.*User/);
    await call('PATCH', `/projects/${workplace.project}`, { is_active: false });
    await expect(call('POST', '/time_entries', entry())).rejects.toThrow(/422.*archived/);
  });

  it('changes of approved time, and approvals of time that was not handed in', async () => {
    const { call, sandbox } = harvest;
    const { id } = await call('POST', '/time_entries', entry());
    expect(() => sandbox.approvals.approve([id])).toThrow(/unsubmitted/);
    sandbox.approvals.submit([id]);
    sandbox.approvals.approve([id]);
    expect(await call('GET', `/time_entries/${id}`)).toMatchObject({
      is_locked: true,
      approval_status: 'approved',
    });
    await expect(call('PATCH', `/time_entries/${id}`, { hours: 2 })).rejects.toThrow(/422.*locked/i);
    await expect(call('DELETE', `/time_entries/${id}`)).rejects.toThrow(/422.*locked/i);
    sandbox.approvals.withdraw([id]);
    await call('PATCH', `/time_entries/${id}`, { hours: 2 });
  });

  it('projects without what Harvest requires', async () => {
    const body = {
      client_id: workplace.client,
      name: 'P',
      is_billable: true,
      bill_by: 'none',
      budget_by: 'none',
    };
    for (const field of Object.keys(body)) {
      const incomplete = Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
      await expect(harvest.call('POST', '/projects', incomplete)).rejects.toThrow(/422/);
    }
    await harvest.call('POST', '/projects', body);
    await expect(harvest.call('POST', '/projects', body)).rejects.toThrow(/already been taken/);
  });

  it('requests without the headers that Harvest requires', async () => {
    const { sandbox } = harvest;
    const good = { authorization: `Bearer ${sandbox.token}`, 'harvest-account-id': sandbox.accountId };
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${sandbox.url}/v2/clients`, { headers: { 'user-agent': 'tests', ...headers } })).status;
    expect(await status(good)).toBe(200);
    expect(await status({ ...good, authorization: 'Bearer other' })).toBe(401);
    expect(await status({ ...good, 'harvest-account-id': '1' })).toBe(403);
    expect(await status({ ...good, 'user-agent': '' })).toBe(400);
  });

  it('more requests than Harvest takes, and says when to come back', async () => {
    await harvest.close();
    harvest = await startHarvest({}, { quota: { requests: 2, milliseconds: 15_000 } });
    const get = () => fetch(`${harvest.sandbox.url}/v2/clients`);
    await get();
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(14);
  });
});

it('shows people what is in it, and lets them approve time as in the pages of Harvest', async () => {
  const { sandbox } = harvest;
  const id = await book(harvest, workplace, { spent_date: '2026-02-27', notes: 'A <b>workshop</b>' });
  const step = (name: string) =>
    fetch(`${sandbox.url}/__sandbox/timesheets/${name}`, {
      method: 'POST',
      body: JSON.stringify({ ids: [id] }),
    });
  await spend(harvest, workplace, { spent_date: '2026-02-27', notes: 'Train to Bern' });
  expect((await step('submit')).status).toBe(200);
  expect((await step('approve')).status).toBe(200);
  expect((await step('approve')).status).toBe(422);
  const page = await (await fetch(sandbox.url)).text();
  expect(page).toContain('Carla Consultant');
  expect(page).toContain('approved');
  expect(page).toContain('A &lt;b&gt;workshop&lt;/b&gt;');
  expect(page).toContain('33.35 EUR');
  expect(page).toContain('Assignments');
});
