import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { createHarvest } from '../../../bridge/systems/harvest/connector.ts';
import { describeConnector } from '../../conformance/connector.ts';
import type { PolledStream, RunningSystem, WrittenEntity } from '../../conformance/harness.ts';
import { book, createWorkplace, generous, spend, startHarvest } from './start.ts';

describeConnector('Harvest', {
  entities: ['customer', 'project', 'task', 'worker', 'assignment', 'invoice'],
  streams: ['time', 'expenses', 'clients', 'projects', 'tasks', 'users', 'assignments', 'invoices'],
  listed: ['timesheet', 'expense', 'customer', 'project', 'task', 'worker', 'assignment', 'invoice'],
  faults: true,
  // Harvest has no fields of one's own.
  extended: [],
  async start(): Promise<RunningSystem> {
    const running = await startHarvest();
    const { sandbox, clock, connector, call, close } = running;
    const { state } = sandbox;
    const workplace = await createWorkplace(running);
    let number = 0;

    const create = async (path: string, body: object): Promise<string> =>
      String((await call('POST', path, body)).id);
    const change = (path: string, body: object) => async (id: string) => {
      clock.advance(1000);
      await call('PATCH', `${path}/${id}`, body);
    };
    const remove = (path: string) => async (id: string) => {
      await call('DELETE', `${path}/${id}`);
    };
    const projectBody = () => ({
      client_id: workplace.client,
      name: `Project ${++number}`,
      is_billable: true,
      bill_by: 'none',
      budget_by: 'none',
    });
    const assignments = `/projects/${workplace.project}/task_assignments`;
    const places = `/projects/${workplace.project}/user_assignments`;
    const personBody = () => ({ first_name: 'P', last_name: `${++number}`, email: `p${number}@example.com` });
    const createPerson = () => create('/users', personBody());

    const written: WrittenEntity[] = [
      {
        entity: 'customer',
        fields: async () => ({ name: `Customer ${++number}`, active: true }),
        change: { active: false },
        refused: { name: '' },
        creates: { method: 'POST', path: '/v2/clients' },
        repeatable: false,
      },
      {
        entity: 'project',
        fields: async () => ({
          name: `Project ${++number}`,
          code: `S${number}`,
          customer: String(workplace.client),
          status: 'active',
          billable: true,
          budget_hours: '120.5',
          starts_on: '2026-03-01',
          ends_on: '2026-06-30',
        }),
        change: { status: 'paused', budget_hours: '80', ends_on: '2026-05-31' },
        refused: { ends_on: '2026-01-01' },
        creates: { method: 'POST', path: '/v2/projects' },
        repeatable: false,
      },
      {
        entity: 'task',
        fields: async () => ({
          name: `Task ${++number}`,
          project: String(workplace.project),
          billable: true,
          status: 'active',
        }),
        change: { billable: false },
        refused: { name: '' },
        creates: { method: 'POST', path: '/task_assignments' },
        repeatable: false,
      },
      {
        entity: 'worker',
        fields: async () => ({
          name: `Maria de Person ${++number}`,
          email: `person${number}@example.com`,
          active: true,
        }),
        change: { active: false },
        refused: { email: 'nowhere' },
        creates: { method: 'POST', path: '/v2/users' },
        repeatable: false,
      },
      {
        entity: 'assignment',
        fields: async () => ({
          worker: await createPerson(),
          project: String(workplace.project),
          status: 'confirmed',
        }),
        change: { status: 'cancelled' },
        refused: { worker: '4711' },
        creates: { method: 'POST', path: '/user_assignments' },
        repeatable: false,
      },
      {
        entity: 'invoice',
        fields: async () => ({
          number: `INV/${++number}`,
          customer: String(workplace.client),
          total: '1250.55',
          open: '1000.05',
          payment: 'partial',
          currency: 'CHF',
          issued_on: '2026-03-01',
          due_on: '2026-03-31',
        }),
        change: { open: '0', payment: 'paid' },
        refused: { customer: '4711' },
        creates: { method: 'POST', path: '/v2/invoices' },
        repeatable: false,
      },
    ];

    const streams: PolledStream[] = [
      {
        stream: 'time',
        entity: 'timesheet',
        create: async () => String(await book(running, workplace, { spent_date: '2026-02-27' })),
        change: change('/time_entries', { hours: 6.25 }),
        remove: remove('/time_entries'),
      },
      {
        stream: 'expenses',
        entity: 'expense',
        create: async () => String(await spend(running, workplace, { spent_date: '2026-02-27' })),
        change: change('/expenses', { total_cost: 99.9 }),
        remove: remove('/expenses'),
      },
      {
        stream: 'clients',
        entity: 'customer',
        create: () => create('/clients', { name: `Client ${++number}` }),
        change: change('/clients', { is_active: false }),
        remove: remove('/clients'),
      },
      {
        stream: 'projects',
        entity: 'project',
        create: () => create('/projects', projectBody()),
        change: change('/projects', { is_active: false }),
        remove: remove('/projects'),
      },
      {
        stream: 'tasks',
        entity: 'task',
        create: async () =>
          create(assignments, { task_id: (await call('POST', '/tasks', { name: `T${++number}` })).id }),
        change: change(assignments, { is_active: false }),
        remove: remove(assignments),
      },
      {
        stream: 'users',
        entity: 'worker',
        create: createPerson,
        change: change('/users', { is_active: false }),
        remove: remove('/users'),
      },
      {
        stream: 'assignments',
        entity: 'assignment',
        create: async () => create(places, { user_id: Number(await createPerson()) }),
        change: change(places, { is_active: false }),
        remove: remove(places),
      },
      {
        stream: 'invoices',
        entity: 'invoice',
        create: () => create('/invoices', { client_id: workplace.client, number: `INV/${++number}` }),
        change: change('/invoices', { due_date: '2027-01-31' }),
        remove: remove('/invoices'),
      },
    ];

    const sizes: Partial<Record<EntityName, () => number>> = {
      customer: () => state.clients.size,
      project: () => state.projects.size,
      task: () => state.taskAssignments.size,
      worker: () => state.users.size,
      assignment: () => state.userAssignments.size,
      invoice: () => state.invoices.size,
    };
    return {
      connector,
      connect: ({ unreachable, wrongSecret, timeoutMilliseconds }) =>
        createHarvest({
          baseUrl: unreachable ? 'http://127.0.0.1:1' : sandbox.url,
          token: () => (wrongSecret ? 'wrong-secret' : sandbox.token),
          accountId: sandbox.accountId,
          limit: generous,
          ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
        }),
      extensions: [],
      secrets: [sandbox.token, 'wrong-secret'],
      missingId: '4711',
      written,
      streams,
      count: async (entity) => sizes[entity]?.() ?? 0,
      async settle() {
        clock.advance(1000);
      },
      faults: sandbox.faults,
      readPath: '/v2/clients/4711',
      close,
    };
  },
});
