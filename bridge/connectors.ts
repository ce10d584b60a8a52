import { loadRules } from './rules/load.ts';
import type { ConnectorOffer } from './rules/offer.ts';
import type { RuleSet, SystemDeclaration } from './rules/rule.ts';
import type { Settings } from './settings.ts';
import { createHarvest } from './systems/harvest/connector.ts';
import { declaredOptions as harvestOptions } from './systems/harvest/options.ts';
import { createHubspot } from './systems/hubspot/connector.ts';
import { declaredOptions as hubspotOptions } from './systems/hubspot/options.ts';
import { createOdoo } from './systems/odoo/connector.ts';
import type { Connector } from './systems/system.ts';

/** A system of the rules whose settings are missing. */
class MissingSettingsError extends Error {
  constructor(declaration: SystemDeclaration, variables: string) {
    super(
      `The rules have a system "${declaration.name}", but its settings are missing: set ${variables} (see .env.example).`,
    );
    this.name = 'MissingSettingsError';
  }
}

/** Keeps the UUID of the first Odoo database that ever answered, and answers which one that was. */
export type PinDatabase = (uuid: string) => Promise<string>;

type Factory = (declaration: SystemDeclaration, settings: Settings, pin: PinDatabase) => Connector;

/** Every connector that there is, by the name that `sync-rules/systems.yaml` uses. */
const factories: Readonly<Record<string, Factory>> = {
  odoo: (declaration, { odoo }, pin) =>
    createOdoo({
      system: declaration.name,
      url: odoo.url,
      database: odoo.database,
      login: odoo.login,
      apiKey: odoo.apiKey.reveal(),
      transport: odoo.transport,
      ...(odoo.databaseUuid === undefined ? { pin } : { databaseUuid: odoo.databaseUuid }),
    }),
  hubspot: (declaration, { hubspot }) => {
    if (hubspot === undefined) throw new MissingSettingsError(declaration, 'HUBSPOT_TOKEN');
    return createHubspot({
      ...hubspotOptions(declaration.options),
      system: declaration.name,
      baseUrl: hubspot.url,
      token: () => hubspot.token.reveal(),
      limit: { requests: hubspot.requestsPer10Seconds, milliseconds: 10_000 },
    });
  },
  harvest: (declaration, { harvest }) => {
    if (harvest === undefined)
      throw new MissingSettingsError(declaration, 'HARVEST_TOKEN and HARVEST_ACCOUNT_ID');
    return createHarvest({
      ...harvestOptions(declaration.options),
      system: declaration.name,
      baseUrl: harvest.url,
      token: () => harvest.token.reveal(),
      accountId: harvest.accountId,
      start: harvest.start,
      limit: { requests: harvest.requestsPer15Seconds, milliseconds: 15_000 },
    });
  },
};

export interface Configuration {
  readonly rules: RuleSet;
  /** One for each system of the rules. Nothing is connected yet. */
  readonly connectors: readonly Connector[];
}

/**
 * Reads the rules, makes the connectors that they name, and checks that these can do what the rules ask of them.
 *
 * @param pin decides which Odoo database this bridge belongs to, where the settings do not
 * @throws RulesError, MissingSettingsError, RangeError for an option that a connector does not take
 */
export function configure(settings: Settings, pin: PinDatabase): Configuration {
  const known: ConnectorOffer[] = Object.keys(factories).map((name) => ({ name }));
  const { systems } = loadRules(settings.rulesDirectory, known);
  const connectors = createConnectors(systems, settings, pin);
  const offers = systems.map((declaration, index): ConnectorOffer => {
    const { streams, entities } = connectors[index] as Connector;
    return { name: declaration.connector, streams, entities };
  });
  const unused = known.filter((offer) => !offers.some((other) => other.name === offer.name));
  return { rules: loadRules(settings.rulesDirectory, [...offers, ...unused]), connectors };
}

function createConnectors(
  declarations: readonly SystemDeclaration[],
  settings: Settings,
  pin: PinDatabase,
): Connector[] {
  return declarations.map((declaration) => {
    const factory = factories[declaration.connector];
    if (factory === undefined) throw new Error(`There is no connector "${declaration.connector}"`);
    return factory(declaration, settings, pin);
  });
}
