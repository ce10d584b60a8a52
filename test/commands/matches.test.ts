import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAdmin } from '../../bridge/console/admin.ts';
import { runProgram } from '../../bridge/program.ts';
import { Secret } from '../../bridge/secret.ts';
import { startServer } from '../../bridge/server.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { systems } from '../rules/folder.ts';
import { proposed } from '../store/proposed.ts';
import { temporaryPath } from '../store/temporary.ts';

const token = 'a-token-that-nobody-guesses';

/** A store with proposals of these candidates; the commands use it. */
async function prepared(
  candidates: Parameters<typeof proposed>[1],
): Promise<{ store: Store; ids: string[] }> {
  const path = temporaryPath();
  vi.stubEnv('DATABASE_PATH', path);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const store = await openStore(path);
  return { store, ids: await proposed(store, candidates) };
}

/** What a command prints, on both outputs, and how it ends. */
async function bridge(...argumentList: string[]): Promise<{ code: unknown; text: string }> {
  const lines: string[] = [];
  const print = (line: string) => {
    lines.push(line);
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(print),
    vi.spyOn(console, 'error').mockImplementation(print),
  ];
  try {
    await runProgram(['node', 'bridge', ...argumentList]);
    return { code: process.exitCode, text: lines.join('\n') };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
  }
}

/** The bridge as far as it listens, on a store that it holds open. */
async function running(store: Store, own: string | undefined): Promise<string> {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    notReady: () => [],
    onFailure: () => {},
    odooIntake: async (context) => context.json({}),
    ...(own === undefined
      ? {}
      : {
          admin: createAdmin({
            openProposals: store.openProposals,
            decide: store.decide,
            token: new Secret(own),
            rate: { take: () => 0 },
            stopping: () => false,
            onDecided: () => {},
            onRefused: () => {},
          }),
        }),
  });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  vi.stubEnv('PORT', String(server.port));
  return `http://127.0.0.1:${server.port}`;
}

describe('bridge matches', () => {
  test('shows what speaks for each, and how to decide', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await store.close();
    expect(await bridge('matches')).toEqual({
      code: 0,
      text: [
        'customer 1 of odoo may be customer c1 of hubspot: 0.95, since 0 s',
        '  name  1.00  Acme GmbH | ACME',
        `  bridge matches accept ${ids[0]}`,
        `  bridge matches reject ${ids[0]}`,
      ].join('\n'),
    });
    const { text } = await bridge('matches', '--json');
    expect(JSON.parse(text)).toMatchObject([{ id: ids[0], state: 'open', evidence: [{ field: 'name' }] }]);
  });

  test('offers no link for one that is taken', async () => {
    const { store, ids } = await prepared([{ id: 'c1', takenBy: '2' }]);
    await store.close();
    const { text } = await bridge('matches');
    expect(text).toContain('c1 is linked to 2 of odoo: if 2 and 1 are the same, merge them there');
    expect(text).not.toContain('accept');
    expect(text).toContain(`bridge matches reject ${ids[0]}`);
  });

  test('says that there is nothing', async () => {
    const { store } = await prepared([]);
    await store.close();
    expect(await bridge('matches')).toEqual({ code: 0, text: 'Nothing is proposed.' });
  });

  test('makes no database where there is none', async () => {
    vi.stubEnv('DATABASE_PATH', temporaryPath());
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    for (const command of [['matches'], ['matches', 'accept', 'x']]) {
      const { code, text } = await bridge(...command);
      expect([code, text]).toEqual([1, expect.stringContaining('There is no database at')]);
    }
  });
});

describe('a decision', () => {
  test('is written into the store when no bridge runs', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }, { id: 'c2' }]);
    await store.close();
    expect(
      await bridge('matches', 'reject', ids[0] as string, '--reason', 'another town', '--by', 'ann'),
    ).toEqual({
      code: 0,
      text: 'customer 1 of odoo and customer c1 of hubspot stay two; this is never proposed again.',
    });
    expect(await bridge('matches', 'accept', ids[1] as string)).toEqual({
      code: 0,
      text: 'customer 1 of odoo and customer c2 of hubspot are one now.',
    });
    const { code, text } = await bridge('matches', 'accept', ids[0] as string);
    expect([code, text]).toEqual([1, expect.stringContaining('This was rejected by ann already')]);
    const trace = await bridge('trace', 'odoo:customer:1');
    expect(trace.text).toContain('may be hubspot:customer:c1, score 0.95: name 1.00');
    expect(trace.text).toContain('being hubspot:customer:c1: rejected by ann – another town');
  });

  test('has what each side owns brought to the other when the bridge starts', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await store.close();
    const phone = `{id: phone, from: crm, to: erp, create: never, match: [vat], fields: [phone]}`;
    const rules = dirname(process.env.DATABASE_PATH as string);
    writeFileSync(join(rules, 'systems.yaml'), systems);
    writeFileSync(join(rules, 'customer.yaml'), `entity: customer\nrules:\n  - ${phone}\n`);
    vi.stubEnv('RULES_DIRECTORY', rules);
    expect((await bridge('matches', 'accept', ids[0] as string)).code).toBe(0);
    const { text } = await bridge('trace', 'odoo:customer:1');
    expect(text).toMatch(/delivery +hubspot:customer:c1 {2}to odoo: pending/);
  });

  test('is refused where the rules cannot be used', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await store.close();
    vi.stubEnv('RULES_DIRECTORY', '/nowhere/rules');
    const { code, text } = await bridge('matches', 'accept', ids[0] as string);
    expect([code, text]).toEqual([1, expect.stringContaining('this folder cannot be read')]);
    expect((await bridge('matches')).text).toContain(ids[0]);
  });

  test.each(['..', '', 'a/b'])('about "%s" is about nothing', async (id) => {
    const { store } = await prepared([]);
    await store.close();
    expect(await bridge('matches', 'accept', id)).toEqual({ code: 1, text: `There is no proposal "${id}".` });
  });

  test('is sent to the bridge that runs', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await running(store, token);
    vi.stubEnv('ADMIN_TOKEN', token);
    expect(await bridge('matches', 'accept', ids[0] as string)).toEqual({
      code: 0,
      text: 'customer 1 of odoo and customer c1 of hubspot are one now.',
    });
    expect(await store.openProposals()).toEqual([]);
    expect(await bridge('matches', 'reject', 'none')).toEqual({
      code: 1,
      text: 'There is no proposal none.',
    });
  });

  test('finds the bridge by ADMIN_URL', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    vi.stubEnv('ADMIN_URL', await running(store, token));
    vi.stubEnv('PORT', '1');
    vi.stubEnv('ADMIN_TOKEN', token);
    expect((await bridge('matches', 'reject', ids[0] as string)).code).toBe(0);
  });

  test.each([
    ['this command has no token', undefined, token, 'Set ADMIN_TOKEN for the bridge and for this command'],
    ['the bridge has none', token, undefined, 'The running bridge has no ADMIN_TOKEN'],
    ['they differ', `${token}-other`, token, 'The token is missing or wrong'],
  ])('says what to do when %s', async (_, mine, its, message) => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await running(store, its);
    if (mine !== undefined) vi.stubEnv('ADMIN_TOKEN', mine);
    const { code, text } = await bridge('matches', 'accept', ids[0] as string);
    expect([code, text]).toEqual([1, expect.stringContaining(message)]);
    expect(await store.openProposals()).toHaveLength(1);
  });

  test('says what to do when something else answers there', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await running(store, token);
    const other = createServer((_, response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'error', message: 'resource not found' }));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });
    vi.stubEnv('ADMIN_TOKEN', token);
    vi.stubEnv('ADMIN_URL', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    const { code, text } = await bridge('matches', 'accept', ids[0] as string);
    expect([code, text]).toEqual([
      1,
      expect.stringContaining('answered 404, which is nothing a bridge says'),
    ]);
  });

  test('says what to do when the bridge cannot be reached', async () => {
    const { store, ids } = await prepared([{ id: 'c1' }]);
    await running(store, token);
    vi.stubEnv('ADMIN_TOKEN', token);
    vi.stubEnv('PORT', '1');
    const { code, text } = await bridge('matches', 'accept', ids[0] as string);
    expect([code, text]).toEqual([1, expect.stringContaining('Set ADMIN_URL to where it listens.')]);
  });
});

test('bridge status lists what is proposed under what needs a person', async () => {
  const { store, ids } = await prepared([{ id: 'c1' }]);
  await store.close();
  const { code, text } = await bridge('status');
  expect(code).toBe(1);
  expect(text.split('\n').slice(text.split('\n').indexOf('Needs a person'))).toEqual([
    'Needs a person',
    '  sales: customer 1 of odoo may be customer c1 of hubspot.',
    '    customer 1 of odoo, since 0 s (to hubspot)',
    '    Cause: They are alike (0.95, name), and only a person can say whether they are the same.',
    `    What to do: bridge matches accept ${ids[0]}, where they are the same; bridge matches reject ${ids[0]}, where they are not.`,
    '    bridge matches',
  ]);
  const listed = await bridge('exceptions', '--owner', 'sales');
  expect(listed.code).toBe(1);
  expect(listed.text).toContain('sales: customer 1 of odoo may be customer c1 of hubspot.');
});
