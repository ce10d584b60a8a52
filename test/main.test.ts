import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBridge } from '../bridge/main.ts';
import { createRunning } from '../bridge/running.ts';
import { readSettings, type Settings } from '../bridge/settings.ts';
import { logLines } from './observe/lines.ts';
import { temporaryPath } from './store/temporary.ts';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function settingsFor(odooPort: number, port: number, declaration = 'connector: odoo, role: erp') {
  const directory = temporaryPath();
  mkdirSync(directory);
  writeFileSync(join(directory, 'systems.yaml'), `systems: { odoo: { ${declaration} } }`);
  return readSettings({
    DATABASE_PATH: temporaryPath(),
    RULES_DIRECTORY: directory,
    PORT: String(port),
    SHUTDOWN_GRACE_SECONDS: '0',
    ODOO_URL: `http://127.0.0.1:${odooPort}`,
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  });
}

test('a start that fails late leaves nothing behind', async () => {
  const settings = settingsFor(9, await freePort());
  const { log } = logLines();
  const late: Settings = {
    ...settings,
    // Asked for when all else runs.
    get retentionDays(): number {
      throw new Error('database or disk is full');
    },
  };
  await expect(startBridge(late, log)).rejects.toThrow('disk is full');
  await expect(fetch(`http://127.0.0.1:${settings.port}/healthz`)).rejects.toThrow();
  // Not even the lock of its file.
  const bridge = await startBridge(settings, log);
  expect((await fetch(`http://127.0.0.1:${settings.port}/healthz`)).status).toBe(200);
  await bridge.stop();
  await expect(fetch(`http://127.0.0.1:${settings.port}/healthz`)).rejects.toThrow();
});

test.each(['connector: odoo, role: erp', 'connector: odoo, role: erp, shadow: true'])(
  'is not ready as long as it does not know whether a system can be used: %s',
  async (declaration) => {
    const silent = await listen(createServer(() => {}));
    const bridge = await startBridge(settingsFor(silent, 0, declaration), logLines().log);
    onTestFinished(() => bridge.stop());
    const answer = await fetch(`http://127.0.0.1:${bridge.port}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', problems: ['odoo: is being looked at'] },
    ]);
  },
);

test('what was started is ended the other way round, whatever becomes of one part', async () => {
  const { log, lines } = logLines();
  const running = createRunning(log);
  const ended: string[] = [];
  for (const name of ['first', 'second', 'third'])
    running.add(async () => {
      ended.push(name);
      if (name !== 'first') throw new Error(`${name} hangs`);
    });
  expect(running.ending()).toBe(false);
  await expect(running.end()).rejects.toThrow('third hangs');
  expect(running.ending()).toBe(true);
  expect(ended).toEqual(['third', 'second', 'first']);
  expect(lines).toMatchObject([{ level: 'error' }, { level: 'error' }]);
  await running.end();
});
