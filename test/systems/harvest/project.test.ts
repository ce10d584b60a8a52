import { afterEach, describe, expect, it } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { HarvestOptions } from '../../../bridge/systems/harvest/options.ts';
import { doneOf, never } from '../../conformance/outcome.ts';
import { createWorkplace, type RunningHarvest, startHarvest, type Workplace } from './start.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
afterEach(() => harvest.close());
async function start(options: Partial<HarvestOptions> = {}): Promise<void> {
  harvest = await startHarvest(options);
  workplace = await createWorkplace(harvest);
}

const write = async (fields: State, id?: string) => {
  const change = {
    reference: 'odoo:project:7',
    fields,
    uncertain: false,
    ...(id === undefined ? {} : { id }),
  };
  return (await harvest.connector.write('project', [change], never))[0];
};
const project = (fields: State = {}): State => ({
  name: 'Rollout',
  customer: String(workplace.client),
  billable: true,
  ...fields,
});
const kept = (id: string) => harvest.sandbox.state.projects.get(Number(id));
async function stateOf(id: string): Promise<State | null | undefined> {
  return (await harvest.connector.read('project', [id], never))[0]?.state;
}

describe('the budget of a project', () => {
  it('is of hours or money, as it is given', async () => {
    await start();
    const hours = doneOf(await write(project({ budget_hours: '120.5' }))).id;
    expect(kept(hours)).toMatchObject({ budgetBy: 'project', budget: 120.5, costBudget: null });
    expect(await stateOf(hours)).toMatchObject({ budget_hours: '120.5' });
    expect(await stateOf(hours)).not.toHaveProperty('budget');
    const money = doneOf(await write(project({ name: 'B', budget: '9999.95' }))).id;
    expect(kept(money)).toMatchObject({ budgetBy: 'project_cost', costBudget: 9999.95 });
    expect(await stateOf(money)).toMatchObject({ budget: '9999.95' });
    const none = doneOf(await write(project({ name: 'C', budget: null, budget_hours: null }))).id;
    expect(await stateOf(none)).toMatchObject({ budget: null, budget_hours: null });
  });

  it('is of what the options say where both are given', async () => {
    await start({ budgetBy: 'project_cost' });
    const fields = project({ budget: '5000', budget_hours: '40' });
    const { id } = doneOf(await write(fields));
    expect(kept(id)).toMatchObject({ budgetBy: 'project_cost', costBudget: 5000, budget: null });
    expect(await write(fields, id)).toMatchObject({ result: 'unchanged' });
  });

  it('follows an amendment, and ends with it', async () => {
    await start();
    const { id } = doneOf(await write(project({ budget_hours: '40' })));
    expect(await write(project({ budget_hours: '60' }), id)).toMatchObject({ result: 'updated' });
    expect(kept(id)?.budget).toBe(60);
    await write(project({ budget_hours: null }), id);
    expect(kept(id)?.budget).toBe(null);
  });

  it('begins with a project that had none, and leaves that of single tasks alone', async () => {
    await start();
    const { id } = doneOf(await write(project()));
    await write(project({ budget_hours: '40' }), id);
    expect(kept(id)).toMatchObject({ budgetBy: 'project', budget: 40 });
    await harvest.call('PATCH', `/projects/${id}`, { budget_by: 'task', budget: null });
    expect(await write(project({ budget_hours: '50' }), id)).toMatchObject({ result: 'unchanged' });
    expect(kept(id)).toMatchObject({ budgetBy: 'task', budget: null });
    expect(await stateOf(id)).not.toHaveProperty('budget_hours');
  });
});

describe('a paused project', () => {
  it('is inactive, and known as paused until it is active again', async () => {
    await start();
    const { id } = doneOf(await write(project({ status: 'active' })));
    await harvest.call('PATCH', `/projects/${id}`, { notes: `Ask Ada.\n${kept(id)?.notes}` });
    await write(project({ status: 'paused' }), id);
    expect(kept(id)).toMatchObject({
      active: false,
      notes: 'Ask Ada.\nservices-bridge: odoo:project:7 (paused)',
    });
    expect(await stateOf(id)).toMatchObject({ status: 'paused' });
    expect(await write(project({ status: 'paused' }), id)).toMatchObject({ result: 'unchanged' });
    // Other changes do not end the pause.
    await write({ name: 'Renamed' }, id);
    expect(await stateOf(id)).toMatchObject({ status: 'paused', name: 'Renamed' });
    await write(project({ status: 'closed' }), id);
    expect(await stateOf(id)).toMatchObject({ status: 'closed' });
    await write(project({ status: 'active' }), id);
    expect(kept(id)).toMatchObject({ active: true, notes: 'Ask Ada.\nservices-bridge: odoo:project:7' });
  });

  it('is active when people restore it in Harvest, and is found by its reference', async () => {
    await start();
    const { id } = doneOf(await write(project({ status: 'paused' })));
    const again = { reference: 'odoo:project:7', fields: project({ status: 'paused' }), uncertain: true };
    const [found] = await harvest.connector.write('project', [again], never);
    expect(found).toMatchObject({ id, result: 'adopted' });
    await harvest.call('PATCH', `/projects/${id}`, { is_active: true });
    expect(await stateOf(id)).toMatchObject({ status: 'active' });
  });

  it('is not archived while a timer is running on it', async () => {
    await start();
    const timer = { user_id: workplace.user, project_id: workplace.project, task_id: workplace.task };
    await harvest.call('POST', '/time_entries', { ...timer, spent_date: '2026-03-02' });
    expect(await write({ status: 'paused' }, String(workplace.project))).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('running timer'),
    });
  });
});
