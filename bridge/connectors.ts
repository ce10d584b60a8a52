import { entityNames } from './entities/catalogue.ts';
import type { Role } from './entities/role.ts';
import { loadRules } from './rules/load.ts';
import type { ConnectorOffer } from './rules/offer.ts';
import type { RuleSet, SystemDeclaration } from './rules/rule.ts';
import type { Settings } from './settings.ts';
import type { Pinned } from './store/meta.ts';
import { nameInSettings, secretsVariable, urlVariable } from './subscriber-settings.ts';
import { createHarvest } from './systems/harvest/connector.ts';
import {
  optionNames as harvestOptionNames,
  declaredOptions as harvestOptions,
} from './systems/harvest/options.ts';
import { createHubspot } from './systems/hubspot/connector.ts';
import {
  optionNames as hubspotOptionNames,
  declaredOptions as hubspotOptions,
} from './systems/hubspot/options.ts';
import { createOdoo } from './systems/odoo/connector.ts';
import { createSubscriber } from './systems/subscriber/connector.ts';
import type { Connector, SystemExtension } from './systems/system.ts';

/** A system or subscriber of the rules whose settings are missing. */
class MissingSettingsError extends Error {
  constructor({ name }: { readonly name: string }, variables: string, what = 'system') {
    super(
      `The rules have a ${what} "${name}", but its settings are missing: set ${variables} (see .env.example), or take it out of ${what}s.yaml.`,
    );
    this.name = 'MissingSettingsError';
  }
}

/** Keeps the first one that ever answered, and answers which one that was. */
export type Pin = (kind: Pinned, id: string) => Promise<string>;

type Factory = (
  declaration: SystemDeclaration,
  settings: Settings,
  extensions: readonly SystemExtension[],
  pin: Pin,
) => Connector;

/** Every connector that there is, by the name that `sync-rules/systems.yaml` uses. */
const factories: Readonly<Record<string, Factory>> = {
  odoo: (declaration, { odoo }, extensions, pin) =>
    createOdoo({
      system: declaration.name,
      url: odoo.url,
      database: odoo.database,
      login: odoo.login,
      apiKey: odoo.apiKey.reveal(),
      transport: odoo.transport,
      extensions,
      ...(odoo.databaseUuid === undefined
        ? { pin: (uuid) => pin('odoo.database', uuid) }
        : { databaseUuid: odoo.databaseUuid }),
    }),
  hubspot: (declaration, { hubspot }, extensions, pin) => {
    if (hubspot === undefined) throw new MissingSettingsError(declaration, 'HUBSPOT_TOKEN');
    return createHubspot({
      ...hubspotOptions(declaration.options),
      system: declaration.name,
      baseUrl: hubspot.url,
      token: () => hubspot.token.reveal(),
      pin: (account) => pin('hubspot.account', account),
      limit: { requests: hubspot.requestsPer10Seconds, milliseconds: 10_000 },
      extensions,
    });
  },
  harvest: (declaration, { harvest }, _extensions, pin) => {
    if (harvest === undefined)
      throw new MissingSettingsError(declaration, 'HARVEST_TOKEN and HARVEST_ACCOUNT_ID');
    return createHarvest({
      ...harvestOptions(declaration.options),
      system: declaration.name,
      baseUrl: harvest.url,
      token: () => harvest.token.reveal(),
      accountId: harvest.accountId,
      pin: (account) => pin('harvest.account', account),
      start: harvest.start,
      limit: { requests: harvest.requestsPer15Seconds, milliseconds: 15_000 },
    });
  },
};

/** Options that a declaration can set, by connector. */
const optionNames: Readonly<Record<string, readonly string[]>> = {
  odoo: [],
  hubspot: hubspotOptionNames,
  harvest: harvestOptionNames,
};

export interface Configuration {
  readonly rules: RuleSet;
  /** One for each system and each subscriber of the rules. Nothing is connected yet. */
  readonly connectors: readonly Connector[];
}

/** Every connector as far as it is known before it is made. */
const known: readonly ConnectorOffer[] = Object.keys(factories).map((name) => ({
  name,
  options: optionNames[name] ?? [],
}));

/**
 * Reads the rules and checks them as far as that can be done without settings.
 *
 * @throws RulesError
 */
export const checkRules = (directory: string): RuleSet => loadRules(directory, known);

/**
 * Reads the rules, makes the connectors that they name, and checks that these can do what the rules ask of them.
 *
 * @param pin decides which Odoo database and which accounts this bridge belongs to, where the settings do not
 * @throws RulesError, MissingSettingsError, RangeError for an option that a connector does not take
 */
export function configure(settings: Settings, pin: Pin): Configuration {
  const rules = checkRules(settings.rulesDirectory);
  const { systems } = rules;
  const connectors = createConnectors(rules, settings, pin);
  const offers = systems.map((declaration, index): ConnectorOffer => {
    const { streams, entities, actions = {} } = connectors[index] as Connector;
    return { name: declaration.connector, streams, entities, actions };
  });
  const unused = known.filter((offer) => !offers.some((other) => other.name === offer.name));
  const checked = loadRules(settings.rulesDirectory, [...offers, ...unused]);
  return { rules: checked, connectors: [...connectors, ...createSubscribers(checked, settings)] };
}

/**
 * A connector for each system whose settings there are, whatever the rules say: whether it can be reached and used can be
 * asked where they are wrong. It knows no options and none of the firm's own fields.
 */
export function connectorsWithoutRules(settings: Settings, pin: Pin): Connector[] {
  return Object.entries(factories).flatMap(([name, factory]) => {
    const declaration = { name, connector: name, role: 'erp', poll: {}, options: {}, shadow: false } as const;
    try {
      return [factory(declaration, settings, [], pin)];
    } catch (error) {
      if (error instanceof MissingSettingsError) return [];
      throw error;
    }
  });
}

function createSubscribers({ subscribers }: RuleSet, settings: Settings): Connector[] {
  return subscribers.map((declaration) => {
    const { name } = declaration;
    const found = settings.subscribers[nameInSettings(name)];
    if (found === undefined) {
      const variables = `${urlVariable(name)} and ${secretsVariable(name)}`;
      throw new MissingSettingsError(declaration, variables, 'subscriber');
    }
    const { url, secrets } = found;
    return createSubscriber({ name, url, secrets: () => secrets.map((secret) => secret.reveal()) });
  });
}

/** The firm's own fields as the system with a role keeps them. */
export function extensionsFor(rules: Pick<RuleSet, 'entities' | 'rules'>, role: Role): SystemExtension[] {
  return entityNames.flatMap((entity) =>
    Object.values(rules.entities[entity]?.extensions ?? {}).flatMap((extension): SystemExtension[] => {
      const { field, kind, meaning, values } = extension;
      const name = extension.names[role];
      if (name === undefined) return [];
      const written = rules.rules.some(
        (rule) =>
          rule.entity === entity &&
          rule.to === role &&
          [rule, rule.initial, ...rule.overrides].some((part) => part?.fields?.includes(field)),
      );
      return [{ entity, field, kind, meaning, name, written, ...(values === undefined ? {} : { values }) }];
    }),
  );
}

function createConnectors(rules: RuleSet, settings: Settings, pin: Pin): Connector[] {
  return rules.systems.map((declaration) => {
    const factory = factories[declaration.connector];
    if (factory === undefined) throw new Error(`There is no connector "${declaration.connector}"`);
    return factory(declaration, settings, extensionsFor(rules, declaration.role), pin);
  });
}
