import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sellMore } from '../../../scripts/demo/amendment.ts';
import { employ } from '../../../scripts/demo/firm.ts';
import { bookOnOrder, harvestUser, setOnHold } from '../../../scripts/demo/work.ts';
import type { UserAssignment } from '../../sandbox/harvest/state.ts';
import { editDeal, type Project, quotationOf, sellByDeal, winDeal } from '../scene/deal.ts';
import { eventually } from '../scene/eventually.ts';
import { doneWith, freeAt, instances, stuckAt, waitsAt } from '../scene/flows.ts';
import { inHarvest } from '../scene/sale.ts';
import { type Scene, startScene } from '../scene/scene.ts';

let scene: Scene;
let project: Project;

beforeAll(async () => {
  const everyTwoSeconds = '*/2 * * * * *';
  scene = await startScene({
    withoutWindows: true,
    schedules: { projects: everyTwoSeconds, assignments: everyTwoSeconds, users: everyTwoSeconds },
  });
});

afterAll(() => scene?.close());

const customersNamed = (name: string) =>
  scene.firm.sales.odoo.searchRead('res.partner', [['name', '=', name]], ['id', 'vat', 'city']);
const leadsNamed = (name: string) =>
  scene.firm.sales.odoo.searchRead('crm.lead', [['name', '=', name]], ['won_status', 'expected_revenue']);

describe('lead to project', () => {
  const terms = { name: 'Lead AG', amount: '3600', method: 'time_and_materials' } as const;
  let dealId: string;

  test('a deal that is won without its terms waits for its salesperson, and nothing of it is in Odoo', async () => {
    dealId = await winDeal(scene, terms, { services_bridge_billing_method: '' });
    expect(await stuckAt(scene, 'lead-to-project', 'commercial-terms')).toMatchObject({
      object: `hubspot:opportunity:${dealId}`,
      owner: 'sales',
      person: 'sam.seller@example.com',
      instances: 1,
    });
    expect(await leadsNamed(terms.name)).toEqual([]);
    expect(await customersNamed(terms.name)).toEqual([]);
  });

  test('goes on by itself when they are there: customer, opportunity and quotation, each once', async () => {
    await editDeal(scene, dealId, { services_bridge_billing_method: terms.method });
    const quotation = await quotationOf(scene, terms.name);
    await freeAt(scene, 'lead-to-project', 'commercial-terms');
    expect(quotation).toMatchObject({ untaxed: 3600 });
    expect(await customersNamed(terms.name)).toMatchObject([{ city: 'Zürich' }]);
    expect(await leadsNamed(terms.name)).toMatchObject([{ won_status: 'won', expected_revenue: 3600 }]);
    const lines = await scene.firm.sales.odoo.searchRead(
      'sale.order.line',
      [['order_id', '=', quotation.orderId]],
      ['product_id', 'product_uom_qty', 'display_type'],
    );
    expect(lines.filter(({ display_type }) => !display_type)).toMatchObject([
      { product_id: [scene.firm.services.senior, expect.any(String)], product_uom_qty: 20 },
    ]);
    await waitsAt(scene, 'lead-to-project', `hubspot:opportunity:${dealId}`, 'approved');
  });

  test('survives that the bridge is killed, and brings the project when the order is confirmed', async () => {
    await scene.systems.bridge.kill();
    await scene.systems.restartBridge();
    const { orderId, orderName } = await quotationOf(scene, terms.name);
    await scene.firm.sales.odoo.call('sale.order', 'action_confirm', [[orderId]]);
    const done = await doneWith(scene, 'lead-to-project', `hubspot:opportunity:${dealId}`);
    expect(new Set(Object.values(done.steps))).toEqual(new Set(['done']));
    const { projects, tasks } = inHarvest(scene, { orderName });
    expect(projects).toMatchObject([{ costBudget: 3600 }]);
    expect(tasks).toHaveLength(1);
    const [deal] = scene.deals(terms.name);
    expect(deal?.properties.services_bridge_project).toContain(orderName);
    expect((await scene.status()).problems).toEqual([]);
  });

  test('takes the customer that is there already', async () => {
    const name = 'Known AG';
    await scene.firm.sales.odoo.create('res.partner', {
      name,
      is_company: true,
      website: 'https://www.known-ag.example',
    });
    const company = await scene.companyArrived(name);
    await winDeal(scene, { name, amount: '1800', method: 'time_and_materials' }, {}, company.id);
    await quotationOf(scene, name);
    expect(await customersNamed(name)).toHaveLength(1);
    expect(scene.companies(name)).toHaveLength(1);
  });

  test('asks finance where something else was confirmed than sold', async () => {
    const name = 'Other AG';
    const otherDeal = await winDeal(scene, { name, amount: '5000', method: 'fixed_fee' });
    const { orderId, lineIds } = await quotationOf(scene, name);
    const { odoo } = scene.firm.sales;
    await odoo.write('sale.order', [orderId], {
      order_line: [
        ...lineIds.map((id) => [2, id]),
        [0, 0, { product_id: scene.firm.services.senior, product_uom_qty: 20 }],
      ],
    });
    await odoo.call('sale.order', 'action_confirm', [[orderId]]);
    expect(await stuckAt(scene, 'lead-to-project', 'same-terms')).toMatchObject({ owner: 'finance' });
    await editDeal(scene, otherDeal, { services_bridge_billing_method: 'time_and_materials' });
    await doneWith(scene, 'lead-to-project', `hubspot:opportunity:${otherDeal}`);
    await freeAt(scene, 'lead-to-project', 'same-terms');
  });
});

/** Who works on the project in Harvest. */
const onProject = (): UserAssignment[] =>
  [...scene.harvest.state.userAssignments.values()].filter(
    ({ projectId, active }) => projectId === inHarvest(scene, project).projects[0]?.id && active,
  );

describe('staffing', () => {
  beforeAll(async () => {
    project = await sellByDeal(scene, { name: 'Staff AG', amount: '3600', method: 'time_and_materials' });
  });

  test('whoever is booked on the order may book time in Harvest, until the booking is taken back', async () => {
    const { consultant, delivery } = scene.firm;
    const userId = await harvestUser(scene.harvestApi, consultant.email);
    expect(onProject().map((assignment) => assignment.userId)).not.toContain(userId);
    const booking = await bookOnOrder(delivery.odoo, { ...project, employeeId: consultant.employeeId });
    await eventually('Carla on the project', () => onProject().some((one) => one.userId === userId));
    await doneWith(scene, 'staffing', `odoo:assignment:${booking}`);
    await delivery.odoo.call('project.sale.line.employee.map', 'unlink', [[booking]]);
    await eventually('Carla off the project', () => onProject().every((one) => one.userId !== userId));
  });

  test('a booking on a project that Odoo does not know is an exception, and closed when it is taken back', async () => {
    const { harvestApi, firm } = scene;
    const client = await harvestApi.post('/v2/clients', { name: 'Side business' });
    const side = await harvestApi.post('/v2/projects', {
      client_id: client.id,
      name: 'On the side',
      is_billable: true,
      bill_by: 'none',
      budget_by: 'none',
    });
    const path = `/v2/projects/${side.id}/user_assignments`;
    const userId = await harvestUser(harvestApi, firm.consultant.email);
    const assignment = await harvestApi.post(path, { user_id: userId });
    expect(await stuckAt(scene, 'booking', 'project-open')).toMatchObject({
      owner: 'delivery',
      cause: expect.stringContaining(`project ${side.id} of harvest`),
    });
    await harvestApi.patch(`${path}/${assignment.id}`, { is_active: false });
    await freeAt(scene, 'booking', 'project-open');
  });
});

describe('a contract changes', () => {
  test('the budget in Harvest follows an amendment', async () => {
    await sellMore(scene.firm.sales.odoo, project.orderId, 10);
    await eventually(
      'the budget of 30 hours',
      () => inHarvest(scene, project).projects[0]?.costBudget === 5400,
    );
    const rounds = await eventually('a second round', async () => {
      const found = await instances(scene, 'contract-amendment', `odoo:project:${project.projectId}`);
      return found.length > 1 && found.at(-1)?.state === 'done' && found;
    });
    expect(rounds.at(-1)?.steps).toEqual({ 'in-the-psa': 'done', budget: 'done' });
  });

  test('nobody books time on a paused project, until it goes on', async () => {
    const { odoo } = scene.firm.delivery;
    const active = () => inHarvest(scene, project).projects[0]?.active;
    await setOnHold(odoo, project.projectId, true);
    await eventually('the project is closed in Harvest', () => active() === false);
    await doneWith(scene, 'project-pause', `odoo:project:${project.projectId}`);
    await setOnHold(odoo, project.projectId, false);
    await eventually('the project is open in Harvest', () => active() === true);
  });
});

describe('people', () => {
  const account = (email: string) =>
    [...scene.harvest.state.users.values()].find((user) => user.email === email);

  test('who joins gets an account, and who leaves has it closed and no bookings', async () => {
    const { odoo } = scene.firm.people;
    const nora = await employ(odoo, 'Nora Newcomer', 'nora');
    const user = await eventually('an account for Nora', () => account(nora.email));
    expect(user).toMatchObject({ firstName: 'Nora', lastName: 'Newcomer', active: true });
    await doneWith(scene, 'worker-joins', `odoo:worker:${nora.employeeId}`);
    const { odoo: delivery } = scene.firm.delivery;
    const booking = await bookOnOrder(delivery, { ...project, employeeId: nora.employeeId });
    await eventually('Nora on the project', () => onProject().some(({ userId }) => userId === user.id));

    await odoo.write('hr.employee', [nora.employeeId], { active: false });
    await eventually('her account is closed', () => account(nora.email)?.active === false);
    expect(await stuckAt(scene, 'worker-leaves', 'off-the-orders')).toMatchObject({
      object: `odoo:assignment:${booking}`,
      owner: 'delivery',
    });
    // Harvest takes whose account is closed off all projects.
    expect(onProject().map(({ userId }) => userId)).not.toContain(user.id);
    await delivery.call('project.sale.line.employee.map', 'unlink', [[booking]]);
    await doneWith(scene, 'worker-leaves', `odoo:worker:${nora.employeeId}`);
    await freeAt(scene, 'worker-leaves', 'off-the-orders');
  });

  test('a new name arrives', async () => {
    const { odoo } = scene.firm.people;
    const { email, employeeId } = await employ(odoo, 'Otto Oldname', 'otto');
    await eventually('an account for Otto', () => account(email));
    await odoo.write('hr.employee', [employeeId], { name: 'Otto Newname' });
    await eventually('the new name', () => account(email)?.lastName === 'Newname');
  });
});
