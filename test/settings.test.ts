import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../bridge/secret.ts';
import { type Environment, SettingsError } from '../bridge/setting-values.ts';
import { readAdminAccess, readSettings, secretNames, variableNames } from '../bridge/settings.ts';

const signingSecret = (bytes: number, fill = 7) => `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`;

const least: Environment = {
  ODOO_URL: 'https://odoo.example.com/',
  ODOO_DATABASE: 'firm',
  ODOO_LOGIN: 'bridge@example.com',
  ODOO_API_KEY: 'odoo-api-key',
  WEBHOOK_SECRETS: signingSecret(32),
};
const hubspot: Environment = { HUBSPOT_TOKEN: 'pat-eu1-token' };
const harvest: Environment = {
  HARVEST_TOKEN: 'harvest-token',
  HARVEST_ACCOUNT_ID: '123456',
  HARVEST_START: '2026-01-01',
};

const adminToken = 'a-token-that-nobody-guesses';

const foreignLetters = 'must be plain ASCII: quotes or other characters came along when it was copied';

const noFiles = (path: string): string => {
  throw new Error(`No file ${path}`);
};

/** `VARIABLE message` of every problem; empty when the environment is good. */
function problemsOf(environment: Environment, readFile = noFiles): string[] {
  try {
    readSettings(environment, readFile);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ variable, message }) => `${variable} ${message}`);
  }
}

describe('what is read', () => {
  test('the least that is needed, and usual values', () => {
    const settings = readSettings(least, noFiles);
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8484,
      databasePath: './data/bridge.sqlite',
      rulesDirectory: './sync-rules',
      logLevel: 'info',
      metrics: true,
      shutdownGraceSeconds: 8,
      retentionDays: 90,
      intake: { toleranceSeconds: 300, maxBytes: 1_048_576, requestsPerSecond: 1000 },
      odoo: {
        url: 'https://odoo.example.com',
        database: 'firm',
        login: 'bridge@example.com',
        transport: 'auto',
      },
    });
    expect(settings.odoo.apiKey.reveal()).toBe('odoo-api-key');
    expect(settings.odoo).not.toHaveProperty('databaseUuid');
    expect(settings).not.toHaveProperty('hubspot');
    expect(settings).not.toHaveProperty('harvest');
  });

  test('partners', () => {
    const settings = readSettings({ ...least, ...hubspot, ...harvest }, noFiles);
    expect(settings.hubspot).toMatchObject({ url: 'https://api.hubapi.com', requestsPer10Seconds: 190 });
    expect(settings.hubspot?.token.reveal()).toBe('pat-eu1-token');
    expect(settings.harvest).toMatchObject({
      url: 'https://api.harvestapp.com',
      accountId: '123456',
      start: '2026-01-01',
      requestsPer15Seconds: 100,
    });
    expect(settings.harvest?.token.reveal()).toBe('harvest-token');
  });

  test('several signing secrets, separated in any way', () => {
    const secrets = [signingSecret(24, 1), signingSecret(48, 2), signingSecret(64, 3)];
    const settings = readSettings(
      { ...least, WEBHOOK_SECRETS: `${secrets[0]} ${secrets[1]},\n${secrets[2]}\n` },
      noFiles,
    );
    expect(settings.intake.secrets.map((secret) => secret.reveal())).toEqual(secrets);
  });

  test('subscribers, under their names in variables', () => {
    const secrets = [signingSecret(32, 1), signingSecret(32, 2)];
    const settings = readSettings(
      {
        ...least,
        SUBSCRIBER_DATA_WAREHOUSE_URL: 'https://example.com/events?source=bridge',
        SUBSCRIBER_DATA_WAREHOUSE_SECRETS: secrets.join(' '),
        SUBSCRIBER_BI_URL: 'http://127.0.0.1:9/',
        SUBSCRIBER_BI_SECRETS_FILE: '/run/bi',
      },
      () => `${secrets[0]}\n`,
    );
    expect(revealAll(settings.subscribers)).toEqual({
      BI: { url: 'http://127.0.0.1:9/', secrets: [secrets[0]] },
      DATA_WAREHOUSE: { url: 'https://example.com/events?source=bridge', secrets },
    });
    expect(readSettings(least, noFiles).subscribers).toEqual({});
  });

  test('a database to pin, in lower case', () => {
    const uuid = '6A0D7E5C-11AB-4C8E-9F00-0242AC120002';
    const settings = readSettings({ ...least, ODOO_DATABASE_UUID: uuid }, noFiles);
    expect(settings.odoo.databaseUuid).toBe(uuid.toLowerCase());
  });

  test.each(secretNames)('%s from a file, without the line break at its end', (name) => {
    const all: Environment = { ...least, ...hubspot, ...harvest, ADMIN_TOKEN: adminToken };
    const direct = readSettings(all, noFiles);
    const { [name]: value, ...others } = all;

    const settings = readSettings({ ...others, [`${name}_FILE`]: '/run/secret' }, (path) => {
      expect(path).toBe('/run/secret');
      return `${value}\n`;
    });

    expect(revealAll(settings)).toEqual(revealAll(direct));
  });
});

describe('what is refused', () => {
  test('nothing at all: everything that is needed is named at once', () => {
    expect(problemsOf({})).toEqual([
      'WEBHOOK_SECRETS is missing: the signing secret that the settings page of the addon shows in Odoo',
      'ODOO_URL is missing: the address of Odoo, such as https://odoo.example.com',
      'ODOO_DATABASE is missing: the name of the Odoo database',
      'ODOO_LOGIN is missing: the log-in of the bridge’s own user in Odoo',
      'ODOO_API_KEY is missing: an API key of that user: in Odoo, its preferences, security, "New API Key"',
    ]);
  });

  test('a partner that is half filled in', () => {
    expect(
      problemsOf({ ...least, HARVEST_URL: 'http://127.0.0.1:9', HUBSPOT_REQUESTS_PER_10_SECONDS: '5' }),
    ).toEqual([
      'HUBSPOT_TOKEN is missing: the access token of a HubSpot private app',
      'HARVEST_TOKEN is missing: a personal access token, from the developers page of Harvest',
      'HARVEST_ACCOUNT_ID is missing: the number of the Harvest account, from the developers page of Harvest',
      'HARVEST_START is missing: the first day whose time is carried to Odoo; earlier time was billed in other ways',
    ]);
  });

  test('a subscriber that is half filled in, or wrong', () => {
    const subscriber = { SUBSCRIBER_BI_URL: 'https://a:b@example.com' };
    expect(problemsOf({ ...least, ...subscriber })).toEqual([
      'SUBSCRIBER_BI_URL must not contain a user, a password or "#"',
      'SUBSCRIBER_BI_SECRETS is missing: the signing secret that the subscriber checks signatures with: whsec_ and 24 to 64 bytes in base64',
    ]);
  });

  test('an empty value counts as missing', () => {
    expect(problemsOf({ ...least, ODOO_DATABASE: '  ' })).toEqual([
      'ODOO_DATABASE is missing: the name of the Odoo database',
    ]);
  });

  test.each([
    ['PORT', '80a', 'must be a whole number from 0 to 65535 (port)'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535 (port)'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535 (port)'],
    ['RETENTION_DAYS', '0', 'must be a whole number from 1 to 3650 (days)'],
    ['INTAKE_MAX_BYTES', '1e6', 'must be a whole number from 1024 to 104857600 (bytes)'],
    ['LOG_LEVEL', 'verbose', 'must be one of trace, debug, info, warn, error'],
    ['METRICS', 'yes', 'must be one of on, off'],
    ['ODOO_TRANSPORT', 'json-2', 'must be one of auto, json2, xmlrpc'],
    ['ODOO_URL', 'odoo.example.com', 'must be an address such as "https://example.com"'],
    ['ODOO_URL', 'ftp://odoo.example.com', 'must be an address such as "https://example.com"'],
    ['ODOO_URL', 'https://o.example.com/?db=a', 'must end after the path, without "?" or "#"'],
    [
      'ODOO_URL',
      'https://admin:geheim@odoo.example.com',
      'must not contain a user or password: those have variables of their own',
    ],
    ['ODOO_API_KEY', 'two words', 'must not contain spaces or line breaks'],
    ['ODOO_API_KEY', '\u201cgeheim\u201d', foreignLetters],
    ['HUBSPOT_TOKEN', 'pat\u2013eu1', foreignLetters],
    ['HARVEST_TOKEN', '\u200bgeheim', foreignLetters],
    ['ADMIN_TOKEN', `\u00bb${adminToken}\u00ab`, foreignLetters],
    [
      'ODOO_DATABASE_UUID',
      'production',
      'must be a UUID: the value of "database.uuid" in Odoo’s system parameters',
    ],
    ['HARVEST_ACCOUNT_ID', 'firm', 'must be a number'],
    ['HARVEST_START', '2026-02-30', 'must be a day of the calendar such as "2026-01-31"'],
    ['HARVEST_START', '01.01.2026', 'must be a day of the calendar such as "2026-01-31"'],
    [
      'WEBHOOK_SECRETS',
      ',',
      'is missing: the signing secret that the settings page of the addon shows in Odoo',
    ],
    ['WEBHOOK_SECRETS', 'geheim', 'has a wrong secret (number 1): it must begin with "whsec_"'],
    [
      'WEBHOOK_SECRETS',
      'whsec_kein!base64',
      'has a wrong secret (number 1): after "whsec_" it must be base64',
    ],
    [
      'WEBHOOK_SECRETS',
      signingSecret(23),
      'has a wrong secret (number 1): it must hold 24 to 64 bytes, not 23',
    ],
    [
      'WEBHOOK_SECRETS',
      `${signingSecret(24)} ${signingSecret(65)}`,
      'has a wrong secret (number 2): it must hold 24 to 64 bytes, not 65',
    ],
  ])('%s=%s', (name, value, message) => {
    expect(problemsOf({ ...least, ...hubspot, ...harvest, [name]: value })).toEqual([`${name} ${message}`]);
  });

  test('a secret given twice', () => {
    expect(problemsOf({ ...least, ODOO_API_KEY_FILE: '/run/key' }, () => 'other')).toEqual([
      'ODOO_API_KEY_FILE is set beside ODOO_API_KEY: keep one of them',
    ]);
  });

  test('a file that cannot be read, or is empty', () => {
    const { ODOO_API_KEY: _, ...others } = least;
    const files = { ...others, ODOO_API_KEY_FILE: '/run/key' };
    expect(problemsOf(files)).toEqual(['ODOO_API_KEY_FILE names /run/key, which cannot be read']);
    expect(problemsOf(files, () => '\n')).toEqual(['ODOO_API_KEY_FILE names /run/key, which is empty']);
  });

  test('a file that is not UTF-8, without showing it', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'bridge-settings-')), 'key');
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    writeFileSync(path, Buffer.from('\xabgeheim\xbb', 'latin1'));
    const { ODOO_API_KEY: _, ...others } = least;
    for (const read of [readSettings, readAdminAccess]) {
      const error = catchError(() => read({ ...others, ODOO_API_KEY_FILE: path, ADMIN_TOKEN_FILE: path }));
      const { problems } = error as SettingsError;
      const names = read === readSettings ? ['ADMIN_TOKEN_FILE', 'ODOO_API_KEY_FILE'] : ['ADMIN_TOKEN_FILE'];
      expect(problems).toEqual(
        names.map((variable) => ({
          variable,
          message: `names ${path}, which is not UTF-8: save the file as UTF-8`,
        })),
      );
      expect(inspect(error, { depth: 10 })).not.toContain('geheim');
    }
  });

  test('a file in UTF-8 is read as it is', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'bridge-settings-')), 'key');
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    writeFileSync(path, '\ufeffgeheim\r\n');
    const { ODOO_API_KEY: _, ...others } = least;
    expect(readSettings({ ...others, ODOO_API_KEY_FILE: path }).odoo.apiKey.reveal()).toBe('geheim');
  });

  test('messages never show a secret', () => {
    const error = catchError(() =>
      readSettings({ ...least, ODOO_API_KEY: 'geheim eins', WEBHOOK_SECRETS: 'geheim' }, noFiles),
    );
    expect(String(error)).not.toContain('geheim');
    expect(inspect(error, { depth: 10 })).not.toContain('geheim');
  });
});

describe('a secret', () => {
  const secret = new Secret('geheim');

  test('reveals itself only on request', () => expect(secret.reveal()).toBe('geheim'));

  test.each([
    ['a template', `${secret}`],
    ['String', String(secret)],
    ['concatenation', `token ${secret as unknown as string}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ secret }, { depth: 5, showHidden: true })],
    ['its keys', Object.entries(secret).join()],
  ])('does not appear in %s', (_, printed) => expect(printed).not.toContain('geheim'));

  test('does not appear in printed settings', () => {
    const settings = readSettings({ ...least, ...hubspot, ...harvest }, noFiles);
    const printed = JSON.stringify(settings) + inspect(settings, { depth: 10 });
    for (const value of ['odoo-api-key', 'pat-eu1-token', 'harvest-token', 'whsec_'])
      expect(printed).not.toContain(value);
    expect(printed).toContain('•••');
  });
});

describe('.env.example', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const assignments = lines.flatMap((line) => {
    const match = /^(# )?([A-Z0-9_]+)=(.*)$/.exec(line);
    return match === null
      ? []
      : [{ isUsual: match[1] !== undefined, name: match[2] as string, value: match[3] as string }];
  });

  test('names every variable once, and no other', () => {
    expect(assignments.map(({ name }) => name).sort()).toEqual([...variableNames].sort());
  });

  test('mentions the file of every secret', () => {
    for (const name of secretNames) expect(lines).toContain(`# From a file: ${name}_FILE`);
  });

  test('shows the usual values', () => {
    const usual = assignments.filter(({ isUsual }) => isUsual).map(({ name, value }) => [name, value]);
    const all = { ...least, ...hubspot, ...harvest };
    const written = readSettings({ ...Object.fromEntries(usual), ...all }, noFiles);
    expect(revealAll(written)).toEqual(revealAll(readSettings(all, noFiles)));
  });

  test('leaves empty what must be filled in', () => {
    const open = assignments.filter(({ isUsual }) => !isUsual);
    expect(open.map(({ name }) => name).sort()).toEqual(
      Object.keys({ ...least, ...hubspot, ...harvest }).sort(),
    );
    expect(open.every(({ value }) => value === '')).toBe(true);
  });
});

/** Settings as plain data with their secrets, to compare. */
function revealAll(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealAll(item)]));
}

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

describe('how commands reach the running bridge', () => {
  test('where it listens, with what is needed to write to its store', () => {
    expect(readAdminAccess({}, noFiles)).toEqual({
      databasePath: './data/bridge.sqlite',
      url: 'http://127.0.0.1:8484',
    });
    expect(
      revealAll(readAdminAccess({ HOST: '0.0.0.0', PORT: '80', ADMIN_TOKEN: adminToken }, noFiles)),
    ).toMatchObject({
      url: 'http://127.0.0.1:80',
      token: adminToken,
    });
    expect(readAdminAccess({ HOST: '::' }, noFiles).url).toBe('http://[::1]:8484');
    expect(readAdminAccess({ ADMIN_URL: 'https://bridge.example/' }, noFiles).url).toBe(
      'https://bridge.example',
    );
    expect(
      revealAll(readAdminAccess({ ADMIN_TOKEN_FILE: '/run/token' }, () => `${adminToken}\n`)),
    ).toMatchObject({
      token: adminToken,
    });
  });

  test('needs no other settings, and refuses a token that can be guessed', () => {
    expect(() => readAdminAccess({ ADMIN_TOKEN: 'short' }, noFiles)).toThrow(
      'ADMIN_TOKEN must have at least 24 characters',
    );
    expect(problemsOf({ ...least, ADMIN_TOKEN: 'short' })).toEqual([
      'ADMIN_TOKEN must have at least 24 characters; "openssl rand -base64 32" makes one',
    ]);
    expect(readSettings(least, noFiles).adminToken).toBeUndefined();
  });
});
