import type { Capability, Connector, WriteChange } from '../systems/system.ts';
import { actionsOf } from './context.ts';

/**
 * Lets what flows ask a system to do leave like everything else: a target of its own whose writes are the system's
 * actions. Each action stands where entities do, so that a call is of one action, in the batches that it takes.
 *
 * @param shadow the system is only looked at, nothing is set up in it
 */
export function createActionConnector(system: Connector, shadow: boolean): Connector {
  const { actions = {} } = system;
  const entities: Record<string, Capability> = {};
  for (const [action, { batch }] of Object.entries(actions))
    entities[action] = { write: { batch, fields: [] } };
  const onlyDone = () =>
    Promise.reject(new TypeError(`Things are done in ${system.system} there; nothing else is asked of it`));

  return {
    system: actionsOf(system.system),
    entities,
    streams: [],
    ...(system.claimLimit === undefined ? {} : { claimLimit: system.claimLimit }),
    entitiesOf: () => [],
    read: onlyDone,
    find: onlyDone,
    remove: onlyDone,
    write(action, changes, signal) {
      if (system.act === undefined) return onlyDone();
      return system.act(action, changes.map(requestOf), signal);
    },
    poll() {
      throw new TypeError(`Things are done in ${system.system} there; nothing is read from it`);
    },
    // Nothing is done in a system that is not fit to be written to.
    setup: async (signal) =>
      shadow ? (await system.check(signal)).filter(({ bySetup }) => bySetup !== true) : system.setup(signal),
    check: (signal) => system.check(signal),
    close: async () => {},
  };
}

const requestOf = ({ reference, fields, uncertain }: WriteChange) => ({
  reference,
  id: fields.object as string,
  fields: JSON.parse(fields.input as string),
  uncertain,
});
