import type { Flow } from '../../bridge/rules/flow.ts';
import { createWorld, type World, type WorldOptions } from '../engine/world.ts';
import { actions, approvedTime, flowRules } from './sample-flows.ts';

/** What a test sees of an instance. */
export interface InstanceView {
  id: string;
  round: number;
  state: string;
  /** `step state`, in order. */
  steps: string[];
  waits: string | null;
}

export interface ExceptionView {
  key: string;
  owner: string;
  person: string | null;
  title: string;
  cause: string;
  instances: number;
  open: boolean;
}

/** A firm with Odoo and Harvest, one project that both know, one worker, and flows over them. */
export async function createFirm(options: WorldOptions & { flows?: readonly Flow[] } = {}) {
  const world = await createWorld({ rules: flowRules, flows: [approvedTime], actions, ...options });
  return { world, ...viewsOf(world) };
}

export function viewsOf(world: World) {
  const instances = (flow?: string): InstanceView[] =>
    world
      .rows<{ external_id: string; round: number; state: string; steps: string; waits_for: string | null }>(
        `select * from flow_instance where flow = coalesce(?, flow) order by external_id, round`,
        flow ?? null,
      )
      .map((row) => ({
        id: row.external_id,
        round: row.round,
        state: row.state,
        steps: (JSON.parse(row.steps) as { id: string; state: string }[]).map(
          ({ id, state }) => `${id} ${state}`,
        ),
        waits: row.waits_for,
      }));
  const exceptions = (): ExceptionView[] =>
    world
      .rows<ExceptionView & { closed_at: string | null }>('select * from exception order by seq')
      .map(({ key, owner, person, title, cause, instances: count, closed_at }) => ({
        key,
        owner,
        person,
        title,
        cause,
        instances: count,
        open: closed_at === null,
      }));
  return { instances, exceptions };
}

/** Both know the project, and Odoo knows who works. */
export async function openProject(world: World, id = 'p1', status = 'active'): Promise<void> {
  world.odoo.put('project', id, {
    name: `Project ${id}`,
    status,
    billable: true,
    customer: null,
    manager_email: 'lead@example.com',
  });
  world.odoo.put('worker', 'w', { email: 'w@example.com' });
  world.harvest.put('worker', 'hw', { email: 'w@example.com' });
  await world.tell(world.odoo, 'project', id);
  await world.tell(world.odoo, 'worker', 'w');
  await world.tell(world.harvest, 'worker', 'hw');
  await world.calm();
}

/** Harvest's own id of a project of Odoo. */
export function inHarvest(world: World, project = 'p1'): string {
  const [row] = world.rows<{ id: string }>(
    `select there.external_id as id from link as here join link as there on there.object_id = here.object_id
     where here.system = 'odoo' and here.entity = 'project' and here.external_id = ? and there.system = 'harvest'`,
    project,
  );
  if (row === undefined) throw new Error(`Harvest does not know the project ${project}`);
  return row.id;
}

export async function time(
  world: World,
  id: string,
  fields: Readonly<Record<string, string | boolean | null>> = {},
  project = 'p1',
): Promise<void> {
  world.harvest.put('timesheet', id, {
    worker: 'hw',
    project: inHarvest(world, project),
    day: '2026-01-05',
    hours: '2',
    notes: `note ${id}`,
    approval: 'approved',
    ...fields,
  });
  await world.tell(world.harvest, 'timesheet', id);
}
