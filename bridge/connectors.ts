import type { ConnectorOffer } from './rules/offer.ts';
import type { SystemDeclaration } from './rules/rule.ts';
import type { Settings } from './settings.ts';
import { createHarvest } from './systems/harvest/connector.ts';
import { createHubspot } from './systems/hubspot/connector.ts';
import { createOdoo } from './systems/odoo/connector.ts';
import type { Connector } from './systems/system.ts';

/** A system of the rules whose settings are missing. */
export class MissingSettingsError extends Error {
  constructor(declaration: SystemDeclaration, variables: string) {
    super(
      `The rules have a system "${declaration.name}", but its settings are missing: set ${variables} (see .env.example).`,
    );
    this.name = 'MissingSettingsError';
  }
}

type Factory = (declaration: SystemDeclaration, settings: Settings, pinned: string | undefined) => Connector;

/** Every connector that there is, by the name that `sync-rules/systems.yaml` uses. */
const factories: Readonly<Record<string, Factory>> = {
  odoo: (declaration, { odoo }, pinned) => {
    const databaseUuid = odoo.databaseUuid ?? pinned;
    return createOdoo({
      system: declaration.name,
      url: odoo.url,
      database: odoo.database,
      login: odoo.login,
      apiKey: odoo.apiKey.reveal(),
      transport: odoo.transport,
      ...(databaseUuid === undefined ? {} : { databaseUuid }),
    });
  },
  hubspot: (declaration, { hubspot }) => {
    if (hubspot === undefined) throw new MissingSettingsError(declaration, 'HUBSPOT_TOKEN');
    return createHubspot({
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
      system: declaration.name,
      baseUrl: harvest.url,
      token: () => harvest.token.reveal(),
      accountId: harvest.accountId,
      start: harvest.start,
      limit: { requests: harvest.requestsPer15Seconds, milliseconds: 15_000 },
    });
  },
};

/** What the rules are checked against. */
export const connectorOffers: readonly ConnectorOffer[] = Object.keys(factories).map((name) => ({ name }));

/**
 * A connector for each system of the rules. Nothing is connected yet.
 *
 * @param pinnedDatabase UUID of the Odoo database that this bridge has belonged to so far
 * @throws MissingSettingsError
 */
export function createConnectors(
  declarations: readonly SystemDeclaration[],
  settings: Settings,
  pinnedDatabase: string | undefined,
): Connector[] {
  return declarations.map((declaration) => {
    const factory = factories[declaration.connector];
    if (factory === undefined) throw new Error(`There is no connector "${declaration.connector}"`);
    return factory(declaration, settings, pinnedDatabase);
  });
}
