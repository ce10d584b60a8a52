import * as v from 'valibot';
import type { Secret } from './secret.ts';
import {
  address,
  day,
  digits,
  oneOf,
  onOrOff,
  plain,
  secret,
  text,
  token,
  usually,
  uuid,
  webhookSecrets,
  wholeNumber,
} from './setting-kinds.ts';
import {
  collectValues,
  type Environment,
  isUsed,
  parse,
  readText,
  type SettingProblem,
  SettingsError,
} from './setting-values.ts';
import {
  type SubscriberSettings,
  secretsVariable,
  subscriberSettingsOf,
  subscribersIn,
  subscriberVariables,
  urlVariable,
} from './subscriber-settings.ts';

/** Everything that the machine decides; what the firm decides stands in `sync-rules/`. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Path of the SQLite file. */
  readonly databasePath: string;
  readonly rulesDirectory: string;
  readonly logLevel: LogLevel;
  /** Whether `/metrics` is served. */
  readonly metrics: boolean;
  readonly shutdownGraceSeconds: number;
  /** How long settled events, deliveries and attempts are kept. */
  readonly retentionDays: number;
  readonly intake: IntakeSettings;
  readonly odoo: OdooSettings;
  /** Absent when none of its variables is set. */
  readonly hubspot?: HubspotSettings;
  /** Absent when none of its variables is set. */
  readonly harvest?: HarvestSettings;
  /** By the name that variables have them under: `DATA_WAREHOUSE`. */
  readonly subscribers: Readonly<Record<string, SubscriberSettings>>;
  /** Who knows it may decide for people over HTTP; absent: nobody. */
  readonly adminToken?: Secret;
}

/** What commands need that ask the running bridge to do something. */
export interface AdminAccess {
  readonly databasePath: string;
  /** Where the bridge listens. */
  readonly url: string;
  readonly token?: Secret;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface IntakeSettings {
  /** `whsec_…`; a message signed with any of them is accepted. */
  readonly secrets: readonly Secret[];
  /** How far the time of a message may be away from ours. */
  readonly toleranceSeconds: number;
  readonly maxBytes: number;
  readonly requestsPerSecond: number;
}

export interface OdooSettings {
  readonly url: string;
  readonly database: string;
  readonly login: string;
  readonly apiKey: Secret;
  readonly transport: 'auto' | 'json2' | 'xmlrpc';
  /** The only database that is talked to; absent: the one that answers first. */
  readonly databaseUuid?: string;
}

export interface HubspotSettings {
  readonly url: string;
  readonly token: Secret;
  readonly requestsPer10Seconds: number;
}

export interface HarvestSettings {
  readonly url: string;
  readonly token: Secret;
  readonly accountId: string;
  /** The first day whose time is read, `YYYY-MM-DD`. */
  readonly start: string;
  readonly requestsPer15Seconds: number;
}

const bridgeVariables = v.object({
  HOST: usually('127.0.0.1', plain),
  PORT: usually('8484', wholeNumber(0, 65_535, 'port')),
  DATABASE_PATH: usually('./data/bridge.sqlite', plain),
  RULES_DIRECTORY: usually('./sync-rules', plain),
  LOG_LEVEL: usually('info', oneOf(logLevels)),
  METRICS: usually('on', onOrOff),
  SHUTDOWN_GRACE_SECONDS: usually('8', wholeNumber(0, 600, 'seconds')),
  RETENTION_DAYS: usually('90', wholeNumber(1, 3650, 'days')),
  WEBHOOK_SECRETS: webhookSecrets('the signing secret that the settings page of the addon shows in Odoo'),
  WEBHOOK_TOLERANCE_SECONDS: usually('300', wholeNumber(1, 3600, 'seconds')),
  INTAKE_MAX_BYTES: usually('1048576', wholeNumber(1024, 104_857_600, 'bytes')),
  ADMIN_TOKEN: v.optional(token),
  ADMIN_URL: v.optional(address('')),
  INTAKE_REQUESTS_PER_SECOND: usually('1000', wholeNumber(1, 1_000_000, 'requests')),
});

const odooVariables = v.object({
  ODOO_URL: address('the address of Odoo, such as https://odoo.example.com'),
  ODOO_DATABASE: text('the name of the Odoo database'),
  ODOO_LOGIN: text('the log-in of the bridge’s own user in Odoo'),
  ODOO_API_KEY: secret('an API key of that user: in Odoo, its preferences, security, "New API Key"'),
  ODOO_TRANSPORT: usually('auto', oneOf(['auto', 'json2', 'xmlrpc'])),
  ODOO_DATABASE_UUID: v.optional(uuid),
});

const hubspotVariables = v.object({
  HUBSPOT_URL: usually('https://api.hubapi.com', address('')),
  HUBSPOT_TOKEN: secret('the access token of a HubSpot private app'),
  HUBSPOT_REQUESTS_PER_10_SECONDS: usually('190', wholeNumber(1, 100_000, 'requests')),
});

const harvestVariables = v.object({
  HARVEST_URL: usually('https://api.harvestapp.com', address('')),
  HARVEST_TOKEN: secret('a personal access token, from the developers page of Harvest'),
  HARVEST_ACCOUNT_ID: digits('the number of the Harvest account, from the developers page of Harvest'),
  HARVEST_START: day('the first day whose time is carried to Odoo; earlier time was billed in other ways'),
  HARVEST_REQUESTS_PER_15_SECONDS: usually('100', wholeNumber(1, 100_000, 'requests')),
});

const sections = [bridgeVariables, odooVariables, hubspotVariables, harvestVariables];

/** Every variable that is read, besides those of subscribers; those that are secrets can also come from a file, as `<NAME>_FILE`. */
export const variableNames: readonly string[] = sections.flatMap((section) => Object.keys(section.entries));
export const secretNames = [
  'WEBHOOK_SECRETS',
  'ADMIN_TOKEN',
  'ODOO_API_KEY',
  'HUBSPOT_TOKEN',
  'HARVEST_TOKEN',
];

/**
 * The settings that an environment describes. A variable that is empty counts as not set.
 *
 * @param readFile gives the content of a secret's file, or throws
 * @throws SettingsError with every problem
 */
export function readSettings(
  environment: Environment,
  readFile: (path: string) => string = readText,
): Settings {
  const problems: SettingProblem[] = [];
  const subscribers = subscribersIn(environment);
  const names = [
    ...variableNames,
    ...subscribers.flatMap((name) => [urlVariable(name), secretsVariable(name)]),
  ];
  const secrets = [...secretNames, ...subscribers.map(secretsVariable)];
  const values = collectValues(environment, { names, secrets }, readFile, problems);
  const bridge = parse(bridgeVariables, values, problems);
  const odoo = parse(odooVariables, values, problems);
  const hubspot = isUsed(hubspotVariables, values) ? parse(hubspotVariables, values, problems) : undefined;
  const harvest = isUsed(harvestVariables, values) ? parse(harvestVariables, values, problems) : undefined;
  const told = subscribers.map((name) => parse(subscriberVariables(name), values, problems));
  if (bridge === undefined || odoo === undefined || problems.length > 0) throw new SettingsError(problems);
  return {
    host: bridge.HOST,
    port: bridge.PORT,
    databasePath: bridge.DATABASE_PATH,
    rulesDirectory: bridge.RULES_DIRECTORY,
    logLevel: bridge.LOG_LEVEL,
    metrics: bridge.METRICS,
    shutdownGraceSeconds: bridge.SHUTDOWN_GRACE_SECONDS,
    retentionDays: bridge.RETENTION_DAYS,
    intake: {
      secrets: bridge.WEBHOOK_SECRETS,
      toleranceSeconds: bridge.WEBHOOK_TOLERANCE_SECONDS,
      maxBytes: bridge.INTAKE_MAX_BYTES,
      requestsPerSecond: bridge.INTAKE_REQUESTS_PER_SECOND,
    },
    odoo: {
      url: odoo.ODOO_URL,
      database: odoo.ODOO_DATABASE,
      login: odoo.ODOO_LOGIN,
      apiKey: odoo.ODOO_API_KEY,
      transport: odoo.ODOO_TRANSPORT,
      ...(odoo.ODOO_DATABASE_UUID === undefined ? {} : { databaseUuid: odoo.ODOO_DATABASE_UUID }),
    },
    ...(bridge.ADMIN_TOKEN === undefined ? {} : { adminToken: bridge.ADMIN_TOKEN }),
    ...(hubspot === undefined
      ? {}
      : {
          hubspot: {
            url: hubspot.HUBSPOT_URL,
            token: hubspot.HUBSPOT_TOKEN,
            requestsPer10Seconds: hubspot.HUBSPOT_REQUESTS_PER_10_SECONDS,
          },
        }),
    ...(harvest === undefined
      ? {}
      : {
          harvest: {
            url: harvest.HARVEST_URL,
            token: harvest.HARVEST_TOKEN,
            accountId: harvest.HARVEST_ACCOUNT_ID,
            start: harvest.HARVEST_START,
            requestsPer15Seconds: harvest.HARVEST_REQUESTS_PER_15_SECONDS,
          },
        }),
    subscribers: Object.fromEntries(
      subscribers.map((name, index) => [name, subscriberSettingsOf(name, told[index] ?? {})]),
    ),
  };
}

/** Where the database is: all that commands need which only look at it. */
export const readDatabasePath = (environment: Environment): string =>
  v.parse(bridgeVariables.entries.DATABASE_PATH, environment.DATABASE_PATH?.trim() || undefined);

/** Where the rules are: all that is needed to look at them alone. */
export const readRulesDirectory = (environment: Environment): string =>
  v.parse(bridgeVariables.entries.RULES_DIRECTORY, environment.RULES_DIRECTORY?.trim() || undefined);

const adminVariables = v.pick(bridgeVariables, ['HOST', 'PORT', 'DATABASE_PATH', 'ADMIN_TOKEN', 'ADMIN_URL']);
/** Addresses that a server listens on, and nobody can be reached at. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * How commands reach the running bridge.
 *
 * @throws SettingsError with every problem
 */
export function readAdminAccess(
  environment: Environment,
  readFile: (path: string) => string = readText,
): AdminAccess {
  const problems: SettingProblem[] = [];
  const names = Object.keys(adminVariables.entries);
  const secrets = secretNames.filter((name) => names.includes(name));
  const values = collectValues(environment, { names, secrets }, readFile, problems);
  const settings = parse(adminVariables, values, problems);
  if (settings === undefined || problems.length > 0) throw new SettingsError(problems);
  const { HOST, PORT, DATABASE_PATH, ADMIN_TOKEN, ADMIN_URL } = settings;
  const host = everywhere[HOST] ?? HOST;
  const url = ADMIN_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
  return { databasePath: DATABASE_PATH, url, ...(ADMIN_TOKEN === undefined ? {} : { token: ADMIN_TOKEN }) };
}
