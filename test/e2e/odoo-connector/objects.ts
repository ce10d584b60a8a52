import { expect, test } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { signal, type Workbench } from './workbench.ts';

/** Objects are read, found and written as the entities say. */
export function testObjects(bench: Workbench): void {
  test('reads a customer, and no customer where there is none', async () => {
    expect(await bench.stateOf('customer', bench.firm.customer)).toMatchObject({
      name: 'Acme Consulting GmbH',
      is_company: true,
      parent: null,
      legal_entity: null,
      vat: 'BE0477472701',
      email: 'office@acme-consulting.example',
      domain: 'acme-consulting.example',
      phone: '+32 2 290 34 90',
      street: 'Chaussée de Namur 40, Building B',
      city: 'Grand-Rosière',
      postal_code: '1367',
      country: 'BE',
      active: true,
    });
    expect(await bench.stateOf('customer', bench.firm.contact)).toBeNull();
    expect(await bench.stateOf('customer', 999_999)).toBeNull();
    expect(await bench.odoo.read('customer', ['not-an-id'], signal)).toEqual([
      { entity: 'customer', id: 'not-an-id', state: null },
    ]);
  });

  test('tells what was deleted from what its user may not see', async () => {
    const { admin } = bench.firm;
    const company = await admin.create('res.company', { name: `Other by ${bench.transport}` });
    const theirs = await admin.create('res.partner', {
      name: 'Theirs',
      is_company: true,
      company_id: company,
    });
    const gone = await admin.create('res.partner', { name: 'Gone', is_company: true });
    await admin.call('res.partner', 'unlink', [[gone]]);
    const ids = [theirs, gone, bench.firm.contact].map(String);
    const [hidden, deleted, noCustomer] = await bench.odoo.read('customer', ids, signal);
    expect(hidden).toEqual({ entity: 'customer', id: String(theirs), state: null, hidden: true });
    for (const snapshot of [deleted, noCustomer]) expect(snapshot).not.toHaveProperty('hidden');
  });

  test('finds customers and workers by what people know them by', async () => {
    const acme = [String(bench.firm.customer)];
    expect(await bench.odoo.find('customer', 'vat', ['BE0477472701', 'BE0'], signal)).toEqual([acme, []]);
    expect(
      await bench.odoo.find('customer', 'domain', ['example', 'acme-consulting.example'], signal),
    ).toEqual([[], acme]);
    expect(await bench.odoo.find('customer', 'email', ['office@acme-consulting.example'], signal)).toEqual([
      acme,
    ]);
    expect(
      await bench.odoo.find('customer', 'name', ['acme consulting gmbh', 'Acme%', 'Jane Doe'], signal),
    ).toEqual([acme, [], []]);
    expect(
      await bench.odoo.find('worker', 'email', ['carla@firm.example', 'arla@firm.example'], signal),
    ).toEqual([[String(bench.firm.employee)], []]);
  });

  test('reads 200 objects in as many calls as one', async () => {
    const { admin, proxy } = bench.firm;
    const create = async (model: string, values: (index: number) => Record<string, unknown>) =>
      (await admin.call(model, 'create', [
        Array.from({ length: 199 }, (_, index) => values(index)),
      ])) as number[];
    const sale = await bench.sell('Many');
    const customers = await create('res.partner', (index) => ({ name: `Many ${index}`, is_company: true }));
    const opportunities = await create('crm.lead', (index) => ({
      type: 'opportunity',
      name: `Many ${index}`,
      partner_id: customers[index],
    }));
    const orders = await create('sale.order', (index) => ({
      partner_id: bench.firm.contact,
      opportunity_id: opportunities[index],
      order_line: [[0, 0, { product_id: bench.firm.product, product_uom_qty: 1 }]],
    }));
    const projects = await create('project.project', (index) => ({
      name: `Many ${index}`,
      user_id: false,
    }));
    const milestones = await create('project.milestone', (index) => ({
      name: `Many ${index}`,
      project_id: sale.project,
    }));
    const timesheets = await create('account.analytic.line', (index) => ({
      name: `Many ${index}`,
      project_id: sale.project,
      task_id: sale.task,
      employee_id: bench.firm.employee,
      unit_amount: 0.25,
    }));
    const tasks = await create('project.task', (index) => ({ name: `${index}`, project_id: sale.project }));
    const read = async (entity: EntityName, ids: readonly number[]) => {
      proxy.forget();
      const snapshots = await bench.odoo.read(entity, ids.map(String), signal);
      return { calls: proxy.requests.length, found: snapshots.filter(({ state }) => state !== null).length };
    };
    const [entry] = timesheets.splice(0, 1);
    const [milestone] = milestones.splice(0, 1);
    // What is asked for once in a while only is asked for here.
    await bench.odoo.read('contract', [String(sale.order)], signal);
    for (const [entity, one, others] of [
      ['customer', bench.firm.customer, customers],
      ['opportunity', sale.opportunity, opportunities],
      ['task', sale.task, tasks],
      ['quote', sale.order, orders],
      ['project', sale.project, projects],
      ['milestone', Number(milestone), milestones],
      ['timesheet', Number(entry), timesheets],
    ] as const) {
      const { calls } = await read(entity, [one]);
      expect(await read(entity, [one, ...others]), entity).toEqual({ calls, found: others.length + 1 });
      expect(calls, entity).toBeLessThanOrEqual(7);
    }
  });

  test('writes customers where the firm allows it', async () => {
    const fields = {
      name: `Globex ${bench.transport}`,
      is_company: true,
      vat: null,
      email: `info@globex-${bench.transport}.example`,
      domain: `globex-${bench.transport}.example`,
      street: 'Main Street 1',
      city: 'Springfield',
      postal_code: '12345',
      country: 'DE',
      phone: null,
      active: true,
      parent: null,
    };
    const change = { reference: `${bench.transport}:globex`, uncertain: false, fields };
    const [created, refused] = await bench.odoo.write(
      'customer',
      [change, { ...change, reference: `${bench.transport}:atlantis`, fields: { ...fields, country: 'XX' } }],
      signal,
    );
    if (!created?.ok) throw new Error(created?.message);
    expect(refused).toMatchObject({ ok: false, error: 'invalid', message: expect.stringContaining('"XX"') });
    expect(await bench.stateOf('customer', Number(created.id))).toMatchObject(fields);
    const archived = { ...change, fields: { active: false } };
    expect(await bench.odoo.write('customer', [archived], signal)).toMatchObject([
      { ok: true, result: 'updated' },
    ]);
    expect(await bench.stateOf('customer', Number(created.id))).toMatchObject({ active: false });
    expect(await bench.odoo.find('customer', 'name', [fields.name], signal)).toEqual([[created.id]]);
  });
}
