import { type Role, roles } from '../entities/role.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Connector } from '../systems/system.ts';

/** The systems of this firm, the rules between them, and the connectors that speak to them. */
export interface Landscape {
  readonly rules: RuleSet;
  readonly systems: readonly string[];
  connector(system: string): Connector;
  roleOf(system: string): Role;
  /** The system in this role, where the firm has one. */
  systemIn(role: Role): string | undefined;
}

/** @throws Error when a declared system has no connector: the wiring is wrong, not the configuration */
export function createLandscape(rules: RuleSet, connectors: readonly Connector[]): Landscape {
  const bySystem = new Map(connectors.map((connector) => [connector.system, connector]));
  const roleBySystem = new Map(rules.systems.map((system) => [system.name, system.role]));
  const systemByRole = new Map<Role, string>();
  for (const role of roles) {
    const system = rules.systems.find((candidate) => candidate.role === role);
    if (system !== undefined) systemByRole.set(role, system.name);
  }

  function known<Value>(value: Value | undefined, system: string): Value {
    if (value === undefined) throw new Error(`There is no system "${system}"`);
    return value;
  }

  const landscape: Landscape = {
    rules,
    systems: rules.systems.map((system) => system.name),
    connector: (system) => known(bySystem.get(system), system),
    roleOf: (system) => known(roleBySystem.get(system), system),
    systemIn: (role) => systemByRole.get(role),
  };
  for (const system of landscape.systems) landscape.connector(system);
  return landscape;
}

/** The name the bridge gives an object of a system everywhere else. */
export const referenceOf = (system: string, entity: Rule['entity'], id: string): string =>
  `${system}:${entity}:${id}`;
