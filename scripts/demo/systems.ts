import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHarvestSandbox } from '../../test/sandbox/harvest/sandbox.ts';
import { startHubspotSandbox } from '../../test/sandbox/hubspot/sandbox.ts';
import { freePort } from '../odoo/free-port.ts';
import type { OdooServer } from '../odoo/odoo.ts';
import { type BridgeProcess, startBridgeProcess } from './bridge-process.ts';
import { configureAddon, type Firm, newSecret, setUpFirm } from './firm.ts';
import { type PartnerApi, partnerApi } from './partner-api.ts';

type Environment = Readonly<Record<string, string>>;

/** Everything that takes part, running on this machine. */
export interface Systems {
  readonly odoo: OdooServer;
  readonly firm: Firm;
  readonly hubspot: Awaited<ReturnType<typeof startHubspotSandbox>>;
  readonly hubspotApi: PartnerApi;
  readonly harvest: Awaited<ReturnType<typeof startHarvestSandbox>>;
  readonly harvestApi: PartnerApi;
  readonly bridge: BridgeProcess;
  /** The settings that the bridge runs with. */
  readonly environment: Environment;
  /**
   * Starts the bridge again after it was stopped or killed, on the same database.
   *
   * @param changes settings that differ from now on
   */
  restartBridge(changes?: Environment): Promise<BridgeProcess>;
  /** Stops the bridge and the sandboxes and removes what they left. Odoo stays, it is the caller's. */
  stop(): Promise<void>;
}

const shippedRules = fileURLToPath(new URL('../../sync-rules', import.meta.url));

export interface SystemsOptions {
  /** Settings of the bridge besides those that it needs. */
  readonly environment?: Environment;
  /** Folder of rules that stand beside the shipped ones, or instead of those with the same file name. */
  readonly ownRules?: string;
  /** Whether what is to be done in set windows of time, as finance wants it, may be done at any time. Default: false. */
  readonly withoutWindows?: boolean;
  /** What the administrator sets up in Odoo besides, before the bridge is switched on. */
  readonly prepare?: (firm: Firm) => Promise<void>;
  /** When streams are polled, by name, where that differs from the rules. */
  readonly schedules?: Readonly<Record<string, string>>;
}

/** Sets up the firm in Odoo, starts the sandbox partners and the bridge between them. */
export async function startSystems(odoo: OdooServer, options: SystemsOptions = {}): Promise<Systems> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-'));
  const firm = await setUpFirm(odoo);
  await options.prepare?.(firm);
  const hubspot = await startHubspotSandbox();
  const harvest = await startHarvestSandbox();
  const harvestApi = partnerApi(harvest.url, {
    authorization: `Bearer ${harvest.token}`,
    'harvest-account-id': harvest.accountId,
    'user-agent': 'Services Bridge demo',
  });
  const [firstName = '', lastName = ''] = firm.consultant.name.split(' ');
  await harvestApi.post('/v2/users', {
    first_name: firstName,
    last_name: lastName,
    email: firm.consultant.email,
  });

  const secret = newSecret();
  let environment: Environment = {
    PORT: String(await freePort()),
    DATABASE_PATH: join(folder, 'bridge.sqlite'),
    RULES_DIRECTORY: composeRules(join(folder, 'sync-rules'), options),
    WEBHOOK_SECRETS: secret,
    // Commands ask the running bridge to do something.
    ADMIN_TOKEN: randomBytes(32).toString('hex'),
    ODOO_URL: odoo.url,
    ODOO_DATABASE: odoo.databaseName,
    ODOO_LOGIN: firm.bridge.login,
    ODOO_API_KEY: firm.bridge.apiKey,
    HUBSPOT_URL: hubspot.url,
    HUBSPOT_TOKEN: hubspot.token,
    HARVEST_URL: harvest.url,
    HARVEST_TOKEN: harvest.token,
    HARVEST_ACCOUNT_ID: harvest.accountId,
    HARVEST_START: new Date(Date.now() - 30 * 24 * 60 * 60_000).toISOString().slice(0, 10),
    ...options.environment,
  };
  const logFile = join(folder, 'bridge.log');
  let bridge = await startBridgeProcess(environment, logFile);
  await configureAddon(firm, bridge.address, secret);
  await propertiesMade(hubspot, bridge);
  return {
    odoo,
    firm,
    hubspot,
    hubspotApi: partnerApi(hubspot.url, { authorization: `Bearer ${hubspot.token}` }),
    harvest,
    harvestApi,
    get bridge() {
      return bridge;
    },
    get environment() {
      return environment;
    },
    async restartBridge(changes = {}) {
      environment = { ...environment, ...changes };
      bridge = await startBridgeProcess(environment, logFile);
      return bridge;
    },
    async stop() {
      await bridge.stop();
      await Promise.all([hubspot.close(), harvest.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What salespeople fill in, and what the bridge makes last. */
const awaited = ['services_bridge_service_line', 'services_bridge_billing_invoice_status'];
const setUpTimeoutMs = 30_000;

/** Resolves when the bridge has added its properties to HubSpot: before that, nobody can fill them in. */
async function propertiesMade(
  { state }: Awaited<ReturnType<typeof startHubspotSandbox>>,
  { logFile }: BridgeProcess,
): Promise<void> {
  const deadline = Date.now() + setUpTimeoutMs;
  while (awaited.some((name) => state.properties.deals.get(name) === undefined)) {
    if (Date.now() > deadline) throw new Error(`The bridge has not set up HubSpot. Its log: ${logFile}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The folder of rules that a bridge of these options runs with. Answers it. */
export function composeRules(
  folder: string,
  {
    ownRules,
    schedules = {},
    withoutWindows,
  }: Pick<SystemsOptions, 'ownRules' | 'schedules' | 'withoutWindows'>,
): string {
  cpSync(shippedRules, folder, { recursive: true });
  if (ownRules !== undefined) cpSync(ownRules, folder, { recursive: true });
  edit(join(folder, 'systems.yaml'), (text) => {
    let edited = text;
    for (const [stream, expression] of Object.entries(schedules)) {
      const line = new RegExp(`^( +${stream}: )".*"$`, 'm');
      if (!line.test(edited)) throw new Error(`the rules do not poll the stream "${stream}"`);
      edited = edited.replace(line, `$1"${expression}"`);
    }
    return edited;
  });
  if (withoutWindows)
    edit(join(folder, 'contract-to-invoice.yaml'), (text) =>
      text.replace(/^ +timing: .*\n/m, '').replace('pause: 15m', 'pause: 4s'),
    );
  return folder;
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
