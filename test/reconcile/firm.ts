import type { State } from '../../bridge/entities/field.ts';
import type { Random } from '../engine/random.ts';
import type { World } from '../engine/world.ts';

/** A firm whose approved time of January is in the erp, both systems and the bridge in agreement. */
export interface Firm {
  readonly projects: readonly string[];
  readonly entries: string[];
  /** A new entry, as the PSA has it; nobody is told. */
  enter(state?: Partial<State>): string;
}

export const january = { from: '2026-01-01', to: '2026-01-31' };

export async function createFirm(
  world: World,
  random: Random,
  size: { projects: number; entries: number },
): Promise<Firm> {
  for (let number = 1; number <= Math.ceil(size.projects / 2); number++)
    world.odoo.put('customer', `c${number}`, { name: `Customer ${number}`, vat: null, email: null });
  for (let number = 1; number <= size.projects; number++)
    world.odoo.put('project', `p${number}`, {
      name: `Project ${number}`,
      customer: `c${Math.ceil(number / 2)}`,
      status: 'open',
      billable: true,
      legal_entity: number % 2 === 0 ? 'BE' : 'FR',
    });
  for (const number of [1, 2]) {
    world.odoo.put('worker', `w${number}`, { name: `Worker ${number}`, email: `w${number}@firm.test` });
    world.harvest.put('worker', `h${number}`, { name: `Worker ${number}`, email: `w${number}@firm.test` });
  }
  await tellAll(world, ['customer', 'project', 'worker']);
  await world.pass(2000);
  await tellAll(world, ['customer', 'project', 'worker']);
  await world.calm();

  const projects = Object.keys(world.harvest.all('project'));
  const entries: string[] = [];
  const enter: Firm['enter'] = (state = {}) => {
    const id = `t${String(entries.length + 1).padStart(4, '0')}`;
    entries.push(id);
    world.harvest.put('timesheet', id, {
      worker: random.pick(['h1', 'h2']),
      project: random.pick(projects),
      day: dayIn('01', random),
      hours: hoursOf(random),
      notes: `Entry ${id}`,
      approval: random.chance(0.8) ? 'approved' : 'submitted',
      ...state,
    } as State);
    return id;
  };
  for (let number = 0; number < size.entries; number++) enter();
  await tellAll(world, ['timesheet']);
  await world.pass(2000);
  await tellAll(world, ['timesheet']);
  await world.calm();
  return { projects, entries, enter };
}

export const hoursOf = (random: Random): string => String((random.below(32) + 1) / 4);

export const dayIn = (month: string, random: Random): string =>
  `2026-${month}-${String(random.below(28) + 1).padStart(2, '0')}`;

/** The bridge hears of everything there is. */
export async function tellAll(
  world: World,
  entities: readonly ('customer' | 'project' | 'worker' | 'timesheet')[],
) {
  for (const system of [world.odoo, world.hubspot, world.harvest])
    for (const entity of entities)
      for (const id of Object.keys(system.all(entity))) await world.tell(system, entity, id);
  await world.calm();
}

/** The line of the erp that an entry of the PSA is, by what the bridge knows. */
export function lineOf(world: World, entry: string): string | undefined {
  const [row] = world.rows<{ id: string }>(
    `select there.external_id as id from link as here join link as there on there.object_id = here.object_id
      and there.system = 'odoo' where here.system = 'harvest' and here.entity = 'timesheet' and here.external_id = ?`,
    entry,
  );
  return row?.id;
}
