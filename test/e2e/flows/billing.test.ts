import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sellMore } from '../../../scripts/demo/amendment.ts';
import { creditNote, draftsOf, numberOf, pay, post } from '../../../scripts/demo/billing.ts';
import { bookExpense, spend } from '../../../scripts/demo/expense.ts';
import { harvestUser } from '../../../scripts/demo/work.ts';
import { dueOf, stateOf, totalOf } from '../../sandbox/harvest/invoice.ts';
import { type Project, sellByDeal } from '../scene/deal.ts';
import { eventually } from '../scene/eventually.ts';
import { doneWith, exceptions, freeAt, stuckAt, waitsAt } from '../scene/flows.ts';
import { approve, bookTime, hoursArrived, inHarvest, timesheetLines } from '../scene/sale.ts';
import { type Scene, startScene } from '../scene/scene.ts';

let scene: Scene;

beforeAll(async () => {
  const everyTwoSeconds = '*/2 * * * * *';
  scene = await startScene({
    withoutWindows: true,
    schedules: { companies: everyTwoSeconds, expenses: everyTwoSeconds, projects: everyTwoSeconds },
  });
});

afterAll(() => scene?.close());

const finance = () => scene.firm.finance.odoo;

/** Resolves when the flow has made the draft invoice of an order. Answers its id. */
const draftOf = (project: Project, untaxed: number): Promise<number> =>
  eventually(`a draft of ${untaxed} for ${project.orderName}`, async () => {
    const drafts = await draftsOf(finance(), project.orderId);
    return drafts.find(({ amount_untaxed }) => amount_untaxed === untaxed)?.id;
  });

const dealShows = (name: string, property: string, value: string) =>
  eventually(`${property} ${value} on the deal ${name}`, () => {
    const [deal] = scene.deals(name);
    return deal?.properties[`services_bridge_${property}`] === value;
  });

/** The invoice of a number, looked at without Harvest's API: its limit is the bridge's. */
const inHarvestAs = (number: string) =>
  [...scene.harvest.state.invoices.values()].find((invoice) => invoice.number === number);

/** Resolves when Harvest shows the invoice so: `paid, 0 of 119.5`. */
const harvestShows = (number: string, shown: string) =>
  eventually(`${number} in Harvest: ${shown}`, () => {
    const invoice = inHarvestAs(number);
    return invoice && `${stateOf(invoice)}, ${dueOf(invoice)} of ${totalOf(invoice)}` === shown;
  });

const invoicesOf = ({ orderId }: Project) =>
  finance().searchRead(
    'account.move',
    [
      ['invoice_line_ids.sale_line_ids.order_id', '=', orderId],
      ['move_type', '=', 'out_invoice'],
    ],
    ['amount_untaxed', 'state'],
  );

describe('time and materials', () => {
  const name = 'Hours AG';
  let project: Project;
  let invoiceId: number;
  let entry: number;

  test('approved time comes to Odoo and onto a draft, which finance posts', async () => {
    project = await sellByDeal(scene, { name, amount: '3600', method: 'time_and_materials' });
    entry = await bookTime(scene, project, 6, 'Workshop');
    approve(scene, entry);
    await hoursArrived(scene, project, [6]);
    invoiceId = await draftOf(project, 1080);
    await waitsAt(scene, 'time-to-bill', `harvest:timesheet:${entry}`, 'posted');
    await waitsAt(scene, 'invoice-to-cash', `odoo:invoice:${invoiceId}`, 'posted');
    expect(scene.harvest.state.invoices.size).toBe(0);
    await post(finance(), invoiceId);
    await doneWith(scene, 'time-to-bill', `harvest:timesheet:${entry}`);
    await waitsAt(scene, 'invoice-to-cash', `odoo:invoice:${invoiceId}`, 'paid');
    await scene.settled();
    expect(await invoicesOf(project)).toMatchObject([{ amount_untaxed: 1080, state: 'posted' }]);
  });

  test('sales and delivery see what was paid in part, contested and settled', async () => {
    const number = await numberOf(finance(), invoiceId);
    const total = totalOf(await eventually('the invoice in Harvest', () => inHarvestAs(number)));
    await harvestShows(number, `open, ${total} of ${total}`);
    await pay(finance(), invoiceId, 500);
    await dealShows(name, 'billing_status', 'partial');
    await harvestShows(number, `open, ${total.minus(500)} of ${total}`);
    await finance().call('account.move', 'action_toggle_block_payment', [[invoiceId]]);
    expect(await stuckAt(scene, 'invoice-dispute', 'settled')).toMatchObject({
      object: `odoo:invoice:${invoiceId}`,
      owner: 'sales',
    });
    await eventually('the dispute in Harvest', () => inHarvestAs(number)?.notes?.includes('Disputed'));
    await finance().call('account.move', 'action_toggle_block_payment', [[invoiceId]]);
    await freeAt(scene, 'invoice-dispute', 'settled');
    await pay(finance(), invoiceId);
    await dealShows(name, 'billing_status', 'paid');
    await harvestShows(number, `paid, 0 of ${total}`);
    await doneWith(scene, 'invoice-in-the-psa', `odoo:invoice:${invoiceId}`);
    await doneWith(scene, 'invoice-in-the-crm', `odoo:invoice:${invoiceId}`);
    await doneWith(scene, 'invoice-to-cash', `odoo:invoice:${invoiceId}`);
  });

  test('time that is withdrawn while it is on a draft goes when the draft does', async () => {
    const later = await bookTime(scene, project, 2, 'By mistake');
    approve(scene, later);
    const draft = await draftOf(project, 360);
    await waitsAt(scene, 'time-to-bill', `harvest:timesheet:${later}`, 'posted');
    scene.harvest.approvals.withdraw([later]);
    expect(await stuckAt(scene, 'time-withdrawn', 'not-billed')).toMatchObject({
      object: `odoo:invoice:${draft}`,
      owner: 'finance',
    });
    await finance().call('account.move', 'unlink', [[draft]]);
    await hoursArrived(scene, project, [6]);
    await doneWith(scene, 'time-withdrawn', `harvest:timesheet:${later}`);
    expect(await draftsOf(finance(), project.orderId)).toEqual([]);
  });

  test('time that is withdrawn after its invoice goes when there is a credit note', async () => {
    const later = await bookTime(scene, project, 3, 'Contested');
    approve(scene, later);
    const second = await draftOf(project, 540);
    await post(finance(), second);
    await doneWith(scene, 'time-to-bill', `harvest:timesheet:${later}`);
    scene.harvest.approvals.withdraw([later]);
    expect(await stuckAt(scene, 'time-withdrawn', 'not-billed')).toMatchObject({
      object: `odoo:invoice:${second}`,
      owner: 'finance',
    });
    expect(await timesheetLines(scene, project)).toHaveLength(2);
    await creditNote(finance(), second, 'Contested');
    const number = await numberOf(finance(), second);
    await eventually('the invoice closed in Harvest', () => inHarvestAs(number)?.stage === 'closed');
    await doneWith(scene, 'time-withdrawn', `harvest:timesheet:${later}`);
    await hoursArrived(scene, project, [6]);
    await freeAt(scene, 'time-withdrawn', 'not-billed');
    await eventually('nothing needs a person', async () => (await scene.status()).problems.length === 0);
    expect(await draftsOf(finance(), project.orderId)).toEqual([]);
  });
});

describe('what time is checked against', () => {
  let project: Project;

  beforeAll(async () => {
    project = await sellByDeal(scene, { name: 'Checked AG', amount: '3600', method: 'time_and_materials' });
  });

  test('a cap: what is above it waits for delivery, and goes on when it is raised', async () => {
    const { odoo } = scene.firm.sales;
    await odoo.write('sale.order', [project.orderId], { services_bridge_cap_hours: 8 });
    approve(scene, await bookTime(scene, project, 6, 'Below'));
    await hoursArrived(scene, project, [6]);
    const [first, second] = [
      await bookTime(scene, project, 3, 'Above'),
      await bookTime(scene, project, 4, 'Too'),
    ];
    approve(scene, first);
    approve(scene, second);
    const stuck = await eventually('both wait for one cause', async () =>
      (await exceptions(scene)).find(({ step, instances }) => step === 'below-the-cap' && instances === 2),
    );
    expect(stuck).toMatchObject({ object: `odoo:contract:${project.orderId}`, owner: 'delivery' });
    expect(await timesheetLines(scene, project)).toHaveLength(1);
    await odoo.write('sale.order', [project.orderId], { services_bridge_cap_hours: 40 });
    await hoursArrived(scene, project, [3, 4, 6]);
    await freeAt(scene, 'time-to-bill', 'below-the-cap');
  });

  test('a period that is closed: finance is told which', async () => {
    const entry = await bookTime(scene, project, 1, 'Too late');
    const { admin } = scene.firm;
    const [company] = await admin.searchRead('res.company', [], ['id']);
    const today = new Date().toISOString().slice(0, 10);
    await admin.write('res.company', [Number(company?.id)], { sale_lock_date: today });
    approve(scene, entry);
    expect(await stuckAt(scene, 'time-to-bill', 'in-the-erp')).toMatchObject({
      object: `harvest:timesheet:${entry}`,
      owner: 'finance',
      cause: expect.stringMatching(/lock|closed/),
    });
    await admin.write('res.company', [Number(company?.id)], { sale_lock_date: false });
    // Nothing in Odoo says that a period is open again, so the time is handed in once more.
    scene.harvest.approvals.withdraw([entry]);
    await freeAt(scene, 'time-to-bill', 'in-the-erp');
    approve(scene, entry);
    await hoursArrived(scene, project, [1, 3, 4, 6]);
  });
});

describe('a retainer', () => {
  const name = 'Retainer AG';
  let project: Project;

  test('is billed when it is sold', async () => {
    project = await sellByDeal(scene, { name, amount: '1500', method: 'retainer' });
    const invoiceId = await draftOf(project, 1500);
    await post(finance(), invoiceId);
    await dealShows(name, 'billing_status', 'open');
    const number = await numberOf(finance(), invoiceId);
    await eventually('the invoice in Harvest', () => inHarvestAs(number));
    await finance().call('account.move', 'button_draft', [[invoiceId]]);
    await eventually('no invoice in Harvest', () => inHarvestAs(number) === undefined);
    await post(finance(), invoiceId);
    await eventually('the invoice in Harvest again', () => inHarvestAs(number)?.stage === 'sent');
  });

  test('is watched: sales sells more before it runs out, delivery stops work that nobody pays', async () => {
    approve(scene, await bookTime(scene, project, 8, 'Most of it'));
    await waitsAt(scene, 'retainer-runs-low', `odoo:contract:${project.orderId}`, 'renewed');
    approve(scene, await bookTime(scene, project, 3, 'Too much'));
    expect(await stuckAt(scene, 'retainer-used-up', 'covered')).toMatchObject({
      object: `odoo:contract:${project.orderId}`,
      owner: 'delivery',
    });
    await sellMore(scene.firm.sales.odoo, project.orderId, 10);
    await freeAt(scene, 'retainer-used-up', 'covered');
    await draftOf(project, 1500);
  });
});

test('milestones are billed when they are reached', async () => {
  const project = await sellByDeal(scene, { name: 'Steps AG', amount: '20000', method: 'milestone' });
  const { odoo } = scene.firm.delivery;
  const [milestone] = await odoo.searchRead(
    'project.milestone',
    [['project_id', '=', project.projectId]],
    ['id'],
  );
  const milestoneId = Number(milestone?.id);
  await odoo.write('project.milestone', [milestoneId], { name: 'Concept', quantity_percentage: 0.4 });
  await waitsAt(scene, 'milestone-to-bill', `odoo:milestone:${milestoneId}`, 'reached');
  expect(await invoicesOf(project)).toEqual([]);
  await odoo.write('project.milestone', [milestoneId], { is_reached: true });
  const invoiceId = await draftOf(project, 8000);
  await post(finance(), invoiceId);
  await doneWith(scene, 'milestone-to-bill', `odoo:milestone:${milestoneId}`);
  await dealShows('Steps AG', 'billing_status', 'open');
});

test('a fixed fee is billed as soon as it is sold, and never by its hours', async () => {
  const project = await sellByDeal(scene, { name: 'Fixed AG', amount: '9000', method: 'fixed_fee' });
  const invoiceId = await draftOf(project, 9000);
  await post(finance(), invoiceId);
  const entry = await bookTime(scene, project, 5, 'Included');
  approve(scene, entry);
  await hoursArrived(scene, project, [5]);
  const { steps } = await doneWith(scene, 'time-to-bill', `harvest:timesheet:${entry}`);
  expect(steps).toMatchObject({ 'in-the-erp': 'done', drafted: 'skipped', posted: 'skipped' });
  scene.harvest.approvals.withdraw([entry]);
  await hoursArrived(scene, project, []);
  await doneWith(scene, 'time-withdrawn', `harvest:timesheet:${entry}`);
  await scene.settled();
  expect(await invoicesOf(project)).toMatchObject([{ amount_untaxed: 9000 }]);
});

test('an approved expense is handed in for finance, and booked', async () => {
  const project = await sellByDeal(scene, { name: 'Train AG', amount: '1800', method: 'time_and_materials' });
  await bookTime(scene, project, 1, 'On the way');
  const expenseId = await spend(scene.harvestApi, {
    userId: await harvestUser(scene.harvestApi, scene.firm.consultant.email),
    projectId: inHarvest(scene, project).projects[0]?.id ?? 0,
    amount: 86.4,
    notes: 'Train',
  });
  await scene.quiet();
  expect(await finance().searchRead('hr.expense', [], ['id'])).toEqual([]);
  approve(scene, expenseId);
  await waitsAt(scene, 'expense-to-finance', `harvest:expense:${expenseId}`, 'posted');
  const expenses = await finance().searchRead('hr.expense', [], ['state', 'total_amount_currency']);
  expect(expenses).toMatchObject([{ state: 'submitted', total_amount_currency: 86.4 }]);
  await bookExpense(finance(), Number(expenses[0]?.id));
  await doneWith(scene, 'expense-to-finance', `harvest:expense:${expenseId}`);
});
