import { SystemError } from '../error.ts';
import type { Finding, SystemExtension } from '../system.ts';
import { processFindings } from './check-processes.ts';
import type { OdooClient } from './client.ts';
import { type Description, describe } from './facade.ts';
import { checkOwnFields } from './own-fields-check.ts';
import type { OdooTransport } from './transport.ts';

/** Version of docs/protocol.md that this bridge speaks. */
const protocol = 1;
/** Oldest version whose calls are known to be the same, and the one that everything is tested with. */
const oldest = 17;
const tested = 19;

export interface Expectations {
  readonly url: string;
  readonly database: string;
  readonly login: string;
  /** UUID of the database that the bridge is pinned to, when it is. */
  readonly databaseUuid?: string;
  /** Keeps the first database that ever answered as the one that the bridge belongs to, and answers which that is. */
  readonly pin?: (uuid: string) => Promise<string>;
  /** Fields of the firm's own that the rules name. */
  readonly extensions?: readonly SystemExtension[];
}

/** Reachability, log-in, addon, rights. Changes nothing and never throws. */
export async function checkOdoo(
  client: OdooClient,
  expected: Expectations,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const transport = await client.transport(signal);
    findings.push(await versionFinding(transport, expected, signal));
    // Says whether the key is good without needing the addon.
    await client.call('res.users', 'context_get', {}, { action: 'log in to Odoo', repeatable: true, signal });
    findings.push({ level: 'ok', message: `${expected.login} is logged in by ${transport.name}` });
  } catch (error) {
    return [...findings, connectionFinding(error, expected)];
  }
  try {
    const addon = await describe(client, signal);
    findings.push(...addonFindings(addon, await pinnedTo(addon, expected)));
    findings.push(...(await ownFieldFindings(client, addon, expected, signal)));
  } catch (error) {
    findings.push(addonFailure(error));
  }
  return findings;
}

async function ownFieldFindings(
  client: OdooClient,
  addon: Description,
  { extensions = [] }: Expectations,
  signal: AbortSignal,
): Promise<Finding[]> {
  if (extensions.length === 0) return [];
  try {
    const findings = await checkOwnFields(client, extensions, addon, signal);
    if (findings.length > 0) return findings;
  } catch (error) {
    return [
      {
        level: 'error',
        message: `the firm's own fields could not be looked at: ${messageOf(error)}`,
        remedy:
          "Check that the apps they belong to are installed, and that the bridge's user may read there.",
      },
    ];
  }
  return [{ level: 'ok', message: `all ${extensions.length} fields of the firm's own are there` }];
}

/**
 * What forbids to work with this database: looked at before anything is read or written.
 *
 * @throws SystemError when Odoo or its addon cannot be asked
 */
export async function checkDatabase(
  client: OdooClient,
  expected: Expectations,
  signal: AbortSignal,
): Promise<Finding[]> {
  const addon = await describe(client, signal);
  // A copy for tests is refused as it is; the bridge must never come to belong to it.
  if (addon.neutralized) return [databaseFinding(addon, expected), ...neutralizedFindings(addon)];
  const findings = [databaseFinding(addon, await pinnedTo(addon, expected))];
  if (findings.some(({ level }) => level === 'error')) return findings;
  // Objects whose fields cannot be read would be given up one by one.
  return [...findings, ...(await checkOwnFields(client, expected.extensions ?? [], undefined, signal))];
}

async function pinnedTo(addon: Description, expected: Expectations): Promise<Expectations> {
  const databaseUuid = expected.databaseUuid ?? (await expected.pin?.(addon.database));
  return databaseUuid === undefined ? expected : { ...expected, databaseUuid };
}

async function versionFinding(
  transport: OdooTransport,
  expected: Expectations,
  signal: AbortSignal,
): Promise<Finding> {
  const { major, text } = await transport.version(signal);
  if (major < oldest) {
    return {
      level: 'error',
      message: `Odoo at ${expected.url} is version ${text}`,
      remedy: `The bridge speaks to Odoo from ${oldest} on, and is tested with ${tested}: upgrade Odoo.`,
    };
  }
  if (major !== tested) {
    return {
      level: 'warning',
      message: `Odoo at ${expected.url} is version ${text}, which the bridge was not tested with`,
      remedy: `It is tested with Odoo ${tested}, and the addon is made for that one.`,
    };
  }
  return { level: 'ok', message: `Odoo at ${expected.url} answers, version ${text}` };
}

const settings = 'ODOO_URL, ODOO_DATABASE, ODOO_LOGIN and ODOO_API_KEY';

function connectionFinding(error: unknown, expected: Expectations): Finding {
  const message = messageOf(error);
  const { kind, status } = error instanceof SystemError ? error : {};
  if (kind === 'denied') {
    return {
      level: 'error',
      message: `Odoo refuses ${expected.login} on database ${expected.database}: ${message}`,
      remedy:
        'Log in to Odoo as that user, make a new API key under My Preferences, Security, and give it to the bridge. ' +
        'Keys of ordinary users expire after 90 days at most.',
    };
  }
  const answersOtherwise = kind === 'unavailable' && status !== undefined && status < 500;
  if (kind === 'missing' || kind === 'invalid' || answersOtherwise) {
    return {
      level: 'error',
      message: `Odoo at ${expected.url} cannot be used: ${message}`,
      remedy: `Check ${settings}: the address must lead to Odoo itself, and the database must be there.`,
    };
  }
  return {
    level: 'error',
    message: `Odoo at ${expected.url} does not answer: ${message}`,
    remedy: 'Check that Odoo runs, and that the address can be reached from this machine.',
  };
}

function addonFailure(error: unknown): Finding {
  const kind = error instanceof SystemError ? error.kind : undefined;
  if (kind === 'missing') {
    return {
      level: 'error',
      message: 'the addon services_bridge is not installed in this database',
      remedy: 'Put odoo_addon/services_bridge into an addons path of Odoo and install it under Apps.',
    };
  }
  if (kind === 'denied') {
    return {
      level: 'error',
      message: `the addon refuses this user: ${messageOf(error)}`,
      remedy: "Give the user the group for the bridge's service user, in Odoo under Settings, Users.",
    };
  }
  return {
    level: 'error',
    message: messageOf(error),
    remedy: 'Install the addon that belongs to this bridge.',
  };
}

function addonFindings(addon: Description, expected: Expectations): Finding[] {
  const findings: Finding[] = [
    addon.protocol === protocol
      ? { level: 'ok', message: `the addon is installed, version ${addon.addon}` }
      : {
          level: 'error',
          message: `the addon speaks version ${addon.protocol} of the protocol, this bridge version ${protocol}`,
          remedy: addon.protocol < protocol ? 'Upgrade the addon in Odoo.' : 'Upgrade the bridge.',
        },
    databaseFinding(addon, expected),
    ...neutralizedFindings(addon),
  ];
  if (!addon.enabled) {
    findings.push({
      level: 'warning',
      message: 'sending events is switched off in the addon',
      remedy: 'Switch it on in Odoo under Settings, Services Bridge.',
    });
  }
  if (addon.user.login !== expected.login) {
    findings.push({
      level: 'error',
      message: `the API key belongs to ${addon.user.login}, not to ${expected.login}`,
      remedy: 'Make the API key while logged in as the user that ODOO_LOGIN names.',
    });
  }
  for (const { model, operation } of addon.missing_rights) {
    findings.push({
      level: 'error',
      message: `${addon.user.login} may not ${operation} ${model}`,
      remedy: "Give the user the group for the bridge's service user, in Odoo under Settings, Users.",
    });
  }
  if (addon.missing_rights.length === 0) {
    findings.push({ level: 'ok', message: `${addon.user.login} has the rights that the bridge needs` });
  }
  return [...findings, ...processFindings(addon)];
}

function databaseFinding(addon: Description, expected: Expectations): Finding {
  if (expected.databaseUuid === undefined || expected.databaseUuid === addon.database) {
    return { level: 'ok', message: `the database is ${expected.database} (${addon.database})` };
  }
  return {
    level: 'error',
    message: `the database has the UUID ${addon.database}, but the bridge is pinned to ${expected.databaseUuid}`,
    remedy:
      'If this database is the right one, change ODOO_DATABASE_UUID; a copy of it must not be used instead.',
  };
}

/** Partners must never hear of what happens in a copy, so the bridge does not even read it. */
const neutralizedFindings = (addon: Description): Finding[] =>
  addon.neutralized
    ? [
        {
          level: 'error',
          message:
            'the database is neutralized: it is a copy for tests, and the bridge does not work with it',
          remedy: 'Point ODOO_URL and ODOO_DATABASE to the production database.',
        },
      ]
    : [];

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
