import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../scripts/demo/firm.ts';
import { signBatch } from './scene/batch.ts';
import { eventually } from './scene/eventually.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.close());

const secret = () => scene.systems.environment.WEBHOOK_SECRETS as string;
const writesToCompanies = () => scene.hubspot.calls.count('POST /crm/v3/objects/companies/batch/upsert');
const newProjects = () => scene.harvest.calls.count('POST /v2/projects');

/** Dora makes a project for a customer. */
const createProject = (name: string, customer: number): Promise<number> =>
  scene.firm.delivery.odoo.create('project.project', {
    name,
    partner_id: customer,
    allow_billable: true,
    allow_timesheets: true,
  });

const projectsNamed = (name: string) =>
  [...scene.harvest.state.projects.values()].filter((project) => project.name === name);

/** Does something in Odoo and resolves when the batch with its event is recorded. */
async function recorded(model: string, act: () => Promise<unknown>) {
  const { recorder } = scene;
  const before = recorder.batches.length;
  await act();
  return eventually(`a batch about ${model}`, () =>
    recorder.batches.slice(before).find((batch) => batch.events.some((event) => event.model === model)),
  );
}

describe('an event', () => {
  test('that comes again, late and in reverse, changes nothing', async () => {
    const { recorder, firm } = scene;
    const customer = await scene.createCustomer('Again Ltd');
    await scene.companyArrived('Again Ltd');
    await createProject('Again', customer);
    await firm.sales.odoo.write('res.partner', [customer], { city: 'Basel' });
    await eventually(
      'the city in HubSpot',
      () => scene.companies('Again Ltd')[0]?.properties.city === 'Basel',
    );
    await scene.settled();
    const [companies, projects] = [writesToCompanies(), newProjects()];
    const batches = [...recorder.batches];
    expect(batches.length).toBeGreaterThan(2);
    for (const batch of [...batches, ...batches.toReversed()]) {
      const size = batch.events.length;
      expect(await recorder.replay(batch)).toEqual({ status: 200, body: { accepted: 0, duplicates: size } });
    }
    await scene.settled();
    // The marker is a company of its own; nothing else was written.
    expect(writesToCompanies() - companies).toBe(1);
    expect(projectsNamed('Again')).toHaveLength(1);
    expect(newProjects() - projects).toBe(0);
  });

  test('that was delayed for an hour leads to the newest state, which is there already', async () => {
    const customer = await scene.createCustomer('Late Ltd');
    await scene.companyArrived('Late Ltd');
    await scene.settled();
    const before = writesToCompanies();
    const anHourAgo = new Date(Date.now() - 60 * 60_000).toISOString();
    const late = signBatch({
      secret: secret(),
      database: scene.odoo.databaseUuid,
      events: [{ model: 'res.partner', res_id: customer, fields: ['name'], occurred_at: anHourAgo }],
    });
    expect(await scene.recorder.replay(late)).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
    await scene.settled();
    expect(writesToCompanies() - before).toBe(1);
    expect(scene.companies('Late Ltd')).toHaveLength(1);
  });

  test('that overtakes the ones before it ends in the same', async () => {
    const { recorder, firm } = scene;
    const { odoo } = firm.sales;
    let customer = 0;
    let gone = 0;
    recorder.set('capture');
    const batches = [
      await recorded('res.partner', async () => {
        customer = await scene.createCustomer('First name');
      }),
      await recorded('res.partner', () => odoo.write('res.partner', [customer], { name: 'Second name' })),
      await recorded('project.project', () => createProject('Overtaken', customer)),
      await recorded('res.partner', async () => {
        gone = await scene.createCustomer('Gone Ltd');
      }),
      await recorded('res.partner', () => odoo.call('res.partner', 'unlink', [[gone]])),
    ];
    recorder.set('forward');
    expect(projectsNamed('Overtaken')).toEqual([]);
    for (const batch of batches.toReversed()) {
      expect(await recorder.replay(batch)).toMatchObject({ status: 200, body: { duplicates: 0 } });
    }
    const project = await eventually('the project in Harvest', () => projectsNamed('Overtaken')[0]);
    await scene.settled();
    expect(scene.companies('Second name')).toHaveLength(1);
    expect(projectsNamed('Overtaken')).toHaveLength(1);
    expect(scene.harvest.state.clients.get(project.clientId)?.name).toBe('Second name');
    expect(scene.companies('First name')).toEqual([]);
    expect(scene.companies('Gone Ltd')).toEqual([]);
  });
});

test('what Odoo rolls back is no event and has no effect', async () => {
  const { odoo } = scene.firm.sales;
  const customer = await scene.createCustomer('Steady Ltd');
  await scene.companyArrived('Steady Ltd');
  await scene.settled();
  const outbox = () => scene.odoo.sql('SELECT count(*)::int AS rows FROM services_bridge_event');
  const rows = await outbox();
  // Both fail after Odoo has written.
  await expect(
    odoo.write('res.partner', [customer], { name: 'Rolled back', parent_id: customer }),
  ).rejects.toThrow(/recursive|Recursion/);
  const two = [
    { name: 'Rolled back too', is_company: true },
    { name: 'Cause', parent_id: 99_999_999 },
  ];
  await expect(odoo.call('res.partner', 'create', [two])).rejects.toThrow();
  expect(await outbox()).toEqual(rows);
  await scene.settled();
  expect(scene.companies('Steady Ltd')).toHaveLength(1);
  expect(scene.companies('Rolled back')).toEqual([]);
  expect(scene.companies('Rolled back too')).toEqual([]);
});

describe('the intake stores nothing', () => {
  const refused = async (options: {
    transaction: string;
    database?: string;
    at?: number;
    secret?: string;
  }) => {
    const { transaction, ...rest } = options;
    const batch = signBatch({
      secret: secret(),
      database: scene.odoo.databaseUuid,
      events: [{ model: 'res.partner', res_id: 1, transaction }],
      ...rest,
    });
    const answer = await scene.recorder.replay(batch);
    expect(await scene.trace(`odoo:${transaction}`)).toEqual([]);
    return answer;
  };

  test('of another database', async () => {
    expect(await refused({ transaction: '9001', database: '00000000-0000-4000-8000-000000000000' })).toEqual({
      status: 409,
      body: {
        error: 'wrong_database',
        message: expect.stringContaining(`belongs to the database ${scene.odoo.databaseUuid}`),
      },
    });
  });

  test('from a clock that is wrong by more than five minutes', async () => {
    const answer = {
      status: 401,
      body: { error: 'bad_timestamp', message: expect.stringContaining('clock') },
    };
    expect(await refused({ transaction: '9002', at: Date.now() - 302_000 })).toEqual(answer);
    expect(await refused({ transaction: '9003', at: Date.now() + 302_000 })).toEqual(answer);
  });

  test('signed with an unknown secret', async () => {
    expect(await refused({ transaction: '9004', secret: newSecret() })).toMatchObject({
      status: 401,
      body: { error: 'bad_signature' },
    });
  });

  test('but what is right', async () => {
    await expect(refused({ transaction: '9005' })).rejects.toThrow();
    expect(await scene.trace('odoo:9005')).toMatchObject([{ kind: 'event', object: 'odoo:res.partner:1' }]);
  });
});

test('a secret is replaced in flight without losing an event', async () => {
  const { firm, systems, recorder } = scene;
  const old = secret();
  const next = newSecret();
  const restart = async (secrets: string) => {
    await systems.bridge.stop();
    await systems.restartBridge({ WEBHOOK_SECRETS: secrets });
  };
  const signatures = () => recorder.batches.at(-1)?.headers['webhook-signature']?.split(' ').length;
  const arrives = async (name: string) => {
    await scene.createCustomer(name);
    await scene.companyArrived(name);
  };

  await firm.admin.call('services.bridge.settings', 'configure', [{ secret: next }]);
  await arrives('Signed by both, bridge knows the old one');
  expect(signatures()).toBe(2);
  await restart(`${old},${next}`);
  await arrives('Signed by both, bridge knows both');
  const [first] = (await firm.admin.call('services.bridge.secret', 'search', [[]], {
    order: 'id',
  })) as number[];
  await firm.admin.call('services.bridge.secret', 'unlink', [[first]]);
  await arrives('Signed by the new one, bridge knows both');
  expect(signatures()).toBe(1);
  await restart(next);
  await arrives('Signed by the new one, bridge knows the new one');

  // In the wrong order: the addon keeps what is refused, and sends it again when both agree.
  const third = newSecret();
  await restart(third);
  await scene.createCustomer('Refused at first');
  await eventually('the bridge refuses', () => recorder.batches.at(-1)?.status === 401);
  await firm.admin.call('services.bridge.settings', 'configure', [{ secret: third }]);
  await scene.companyArrived('Refused at first');
  await scene.settled();
  expect(scene.companies('Refused at first')).toHaveLength(1);
  const unsent = await scene.odoo.sql(`SELECT id FROM services_bridge_event WHERE state <> 'sent'`);
  expect(unsent).toEqual([]);
});
