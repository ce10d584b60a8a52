import { expect, test } from 'vitest';
import { createExplain } from '../../bridge/controls/explain.ts';
import { controlReport } from '../../bridge/controls/report.ts';
import { createTerrain } from '../../bridge/engine/landscape.ts';
import { openOverview } from '../../bridge/store/overview.ts';
import { declarations, type World } from '../engine/world.ts';
import { createFirm, inHarvest, openProject } from '../flows/firm.ts';
import { approvedTime, flowRules } from '../flows/sample-flows.ts';

function reportOf(world: World) {
  const overview = openOverview(world.path);
  const rules = {
    version: 'test',
    systems: declarations(),
    rules: flowRules,
    entities: {},
    tables: {},
    subscribers: [],
    flows: [approvedTime],
    reconciliations: [],
  };
  try {
    const explain = createExplain(overview, rules);
    return controlReport({ overview, terrain: createTerrain(rules), explain, period: {}, nowMs: Date.now() });
  } finally {
    overview.close();
  }
}

test('what a flow is stuck by is the reason, with its owner, person and remedy', async () => {
  const { world } = await createFirm();
  await openProject(world);
  const project = inHarvest(world);
  world.odoo.patch('project', 'p1', { status: 'closed' });
  await world.tell(world.odoo, 'project', 'p1');
  await world.calm();
  const entry = {
    project,
    worker: 'hw',
    day: '2026-01-02',
    hours: '7.5',
    approval: 'approved',
    billable: true,
  };
  world.harvest.put('timesheet', '5', entry);
  await world.tell(world.harvest, 'timesheet', '5');
  await world.calm();

  const { lines, balance, balanced } = reportOf(world);

  const step = approvedTime.steps.find(({ kind }) => kind === 'require');
  expect(lines).toEqual([
    expect.objectContaining({
      control: 'approved_not_posted',
      hours: '7.5',
      owner: step?.owner,
      person: 'lead@example.com',
      next: step?.remedy,
      reason: expect.stringContaining(step?.says as string),
    }),
  ]);
  expect(balance[0]?.sums.rejected.hours.toFixed()).toBe('7.5');
  expect(balanced).toBe(true);
});
