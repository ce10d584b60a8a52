import { checkRules } from '../../bridge/connectors.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import { actionsInOdoo } from '../../bridge/systems/odoo/act.ts';
import { createWorld } from '../engine/world.ts';
import { viewsOf } from './firm.ts';

const shipped = checkRules('sync-rules');

/** The three systems with the shipped rules, and some of the shipped flows. */
export async function createShippedFirm(...flows: readonly string[]) {
  const world = await createWorld({
    rules: shipped.rules,
    flows: flows.map((id) => shipped.flows.find((flow) => flow.id === id) as Flow),
    actions: actionsInOdoo,
  });
  const { instances, exceptions } = viewsOf(world);

  return {
    world,
    instances,
    exceptions,
    open: () => exceptions().filter((one) => one.open),
    /** Somebody makes or changes an object. */
    async put(system: 'odoo' | 'hubspot' | 'harvest', entity: EntityName, id: string, state: State) {
      world[system].put(entity, id, state);
      await world.tell(world[system], entity, id);
      await world.calm();
    },
    async remove(system: 'odoo' | 'hubspot' | 'harvest', entity: EntityName, id: string) {
      world[system].delete(entity, id);
      await world.tell(world[system], entity, id);
      await world.calm();
    },
    /** The other system's own id. */
    idIn(target: 'odoo' | 'hubspot' | 'harvest', system: string, entity: EntityName, id: string): string {
      const [row] = world.rows<{ id: string }>(
        `select there.external_id as id from link as here join link as there on there.object_id = here.object_id
         where here.system = ? and here.entity = ? and here.external_id = ? and there.system = ?`,
        system,
        entity,
        id,
        target,
      );
      if (row === undefined) throw new Error(`${target} does not know ${entity} ${id} of ${system}`);
      return row.id;
    },
  };
}
