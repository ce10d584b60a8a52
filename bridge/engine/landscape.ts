import { type Role, roles } from '../entities/role.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Connector } from '../systems/system.ts';

/** The systems of this firm and the rules between them: all that is needed to decide what has to be done. */
export interface Terrain {
  readonly rules: RuleSet;
  readonly systems: readonly string[];
  roleOf(system: string): Role;
  /** The system in this role, where the firm has one. */
  systemIn(role: Role): string | undefined;
}

/** The same, with the connectors that speak to the systems. */
export interface Landscape extends Terrain {
  connector(system: string): Connector;
}

export function createTerrain(rules: RuleSet): Terrain {
  const roleBySystem = new Map(rules.systems.map((system) => [system.name, system.role]));
  const systemByRole = new Map<Role, string>();
  for (const role of roles) {
    const system = rules.systems.find((candidate) => candidate.role === role);
    if (system !== undefined) systemByRole.set(role, system.name);
  }
  return {
    rules,
    systems: rules.systems.map((system) => system.name),
    roleOf: (system) => known(roleBySystem.get(system), system),
    systemIn: (role) => systemByRole.get(role),
  };
}

/** @throws Error when a declared system or subscriber has no connector: the wiring is wrong, not the configuration */
export function createLandscape(rules: RuleSet, connectors: readonly Connector[]): Landscape {
  const bySystem = new Map(connectors.map((connector) => [connector.system, connector]));
  const landscape: Landscape = {
    ...createTerrain(rules),
    connector: (system) => known(bySystem.get(system), system),
  };
  const subscribers = rules.subscribers.map(({ name }) => name);
  for (const name of [...landscape.systems, ...subscribers]) landscape.connector(name);
  return landscape;
}

function known<Value>(value: Value | undefined, system: string): Value {
  if (value === undefined) throw new Error(`There is no system "${system}"`);
  return value;
}

/** The name the bridge gives an object of a system everywhere else. */
export const referenceOf = (system: string, entity: Rule['entity'], id: string): string =>
  `${system}:${entity}:${id}`;
