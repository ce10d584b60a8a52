import { createHarvest } from '../../../bridge/systems/harvest/connector.ts';
import type { HarvestOptions } from '../../../bridge/systems/harvest/options.ts';
import type { Connector } from '../../../bridge/systems/system.ts';
import { createManualClock, type ManualClock } from '../../sandbox/clock.ts';
import {
  type HarvestSandbox,
  type HarvestSandboxOptions,
  startHarvestSandbox,
} from '../../sandbox/harvest/sandbox.ts';

export interface RunningHarvest {
  readonly sandbox: HarvestSandbox;
  readonly clock: ManualClock;
  readonly connector: Connector;
  /** A call of the API as somebody else's software makes it; throws on refusal. */
  call<Answer = { id: number }>(method: string, path: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

export const generous = { requests: 10_000, milliseconds: 1000 };

/** A sandbox Harvest and a connector to it. */
export async function startHarvest(
  options: Partial<HarvestOptions> = {},
  sandboxOptions: HarvestSandboxOptions = {},
): Promise<RunningHarvest> {
  const clock = createManualClock();
  const sandbox = await startHarvestSandbox({ clock, quota: generous, ...sandboxOptions });
  const connector = createHarvest({
    baseUrl: sandbox.url,
    token: () => sandbox.token,
    accountId: sandbox.accountId,
    limit: generous,
    // Small pages, so that tests meet more than one.
    listPage: 2,
    now: clock.now,
    ...options,
  });
  return {
    sandbox,
    clock,
    connector,
    async call<Answer>(method: string, path: string, body?: object) {
      const answer = await fetch(`${sandbox.url}/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${sandbox.token}`,
          'harvest-account-id': sandbox.accountId,
          'user-agent': 'tests',
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    },
    async close() {
      await connector.close();
      await sandbox.close();
    },
  };
}

/** A project with a task that a consultant can book on. */
export interface Workplace {
  readonly user: number;
  readonly client: number;
  readonly project: number;
  readonly task: number;
  readonly assignment: number;
  readonly category: number;
}

export async function createWorkplace({ call }: RunningHarvest): Promise<Workplace> {
  const user = await call('POST', '/users', {
    first_name: 'Carla',
    last_name: 'Consultant',
    email: 'Carla@Example.com',
  });
  const client = await call('POST', '/clients', { name: 'Workplace client' });
  const project = await call('POST', '/projects', {
    client_id: client.id,
    name: 'Workplace',
    is_billable: true,
    bill_by: 'none',
    budget_by: 'none',
  });
  const task = await call('POST', '/tasks', { name: 'Workplace task' });
  const path = `/projects/${project.id}`;
  const assignment = await call('POST', `${path}/task_assignments`, { task_id: task.id, billable: true });
  await call('POST', `${path}/user_assignments`, { user_id: user.id });
  const category = await call('POST', '/expense_categories', { name: 'Travel' });
  return {
    user: user.id,
    client: client.id,
    project: project.id,
    task: task.id,
    assignment: assignment.id,
    category: category.id,
  };
}

/** Books time of the workplace's consultant; answers its id. */
export async function book(
  { call }: RunningHarvest,
  { user, project, task }: Workplace,
  more: { spent_date: string; hours?: number; notes?: string },
): Promise<number> {
  const entry = { user_id: user, project_id: project, task_id: task, hours: 7.5, ...more };
  return (await call('POST', '/time_entries', entry)).id;
}

/** Spends money of the workplace's consultant; answers the expense's id. */
export async function spend(
  { call }: RunningHarvest,
  { user, project, category }: Workplace,
  more: { spent_date: string; total_cost?: number; notes?: string; billable?: boolean },
): Promise<number> {
  const place = { user_id: user, project_id: project, expense_category_id: category };
  return (await call('POST', '/expenses', { ...place, total_cost: 33.35, ...more })).id;
}
