import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { check } from '../../bridge/commands/check.ts';
import { type Files, good } from '../rules/folder.ts';
import { startHubspotSandbox } from '../sandbox/hubspot/sandbox.ts';
import { temporaryPath } from '../store/temporary.ts';

interface Outcome {
  readonly code: number;
  readonly text: string;
}

/** What `bridge check` prints with these rules and settings alone, and its exit code. */
async function checked(rules: Files, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const path = temporaryPath();
  const folder = join(dirname(path), 'rules');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(rules)) writeFileSync(join(folder, name), content);
  for (const name of Object.keys(process.env))
    if (/^(ODOO|HUBSPOT|HARVEST|SUBSCRIBER|WEBHOOK)_/.test(name)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({
    DATABASE_PATH: path,
    RULES_DIRECTORY: folder,
    ...environment,
  }))
    vi.stubEnv(name, value);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line);
  });
  try {
    return { code: await check(), text: lines.join('\n') };
  } finally {
    print.mockRestore();
    vi.unstubAllEnvs();
  }
}

test('rules are looked at also while settings are missing', async () => {
  const { code, text } = await checked({ ...good, 'task.yaml': 'entity: tsk\nrules: []\n' });
  expect(code).toBe(1);
  expect(text).toContain('✗ The settings are not complete or not right (see .env.example):\n    WEBHOOK_');
  expect(text).toContain('task.yaml:1:9 "entity" must be one of');
});

test('rules that are right say that the systems were not asked', async () => {
  const { code, text } = await checked(good);
  expect(code).toBe(1);
  expect(text).toMatch(
    /! 1 rules between odoo, hubspot, harvest, 0 flows, version \w{12}; what each system can do/,
  );
});

/** Rules and settings of a firm that has everything right, with a HubSpot that the bridge has not been at. */
async function firm(): Promise<{ rules: Files; environment: Readonly<Record<string, string>> }> {
  const hubspot = await startHubspotSandbox();
  onTestFinished(() => hubspot.close());
  return {
    rules: { 'systems.yaml': 'systems:\n  hubspot: {connector: hubspot, role: crm}\n' },
    environment: {
      ODOO_URL: 'http://127.0.0.1:9',
      ODOO_DATABASE: 'firm',
      ODOO_LOGIN: 'bridge',
      ODOO_API_KEY: 'key',
      WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      HUBSPOT_URL: hubspot.url,
      HUBSPOT_TOKEN: hubspot.token,
    },
  };
}

test('what the bridge puts right when it starts is said, and is nothing wrong', async () => {
  const { rules, environment } = await firm();
  const { code, text } = await checked(rules, environment);
  expect(text).toMatch(/! HubSpot's companies lack .*\n {4}→ The bridge creates them when it starts\./);
  expect(text).not.toContain('✗');
  expect(code).toBe(0);
});

test('a database that the bridge cannot start with is wrong, whatever else is right', async () => {
  const { rules, environment } = await firm();
  const { code, text } = await checked(rules, { ...environment, DATABASE_PATH: dirname(temporaryPath()) });
  expect(text.match(/✗ .*/g)).toEqual([expect.stringMatching(/ is a folder$/)]);
  expect(text).toContain('The bridge creates them when it starts.');
  expect(code).toBe(1);
});

test('where the rules are wrong, the systems are asked all the same', async () => {
  const { environment } = await firm();
  const { code, text } = await checked({ 'systems.yaml': 'systems:\n  hubspot: {role: crm}\n' }, environment);
  expect(code).toBe(1);
  expect(text).toMatch(/^rules\n {2}✗ /m);
  expect(text).toMatch(/^odoo\n {2}✗ /m);
  expect(text).toMatch(/^hubspot\n {2}[✓!] /m);
  expect(text).not.toMatch(/^harvest$/m);
});
