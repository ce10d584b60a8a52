import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openStore } from '../../bridge/store/store.ts';
import { builtBridge } from '../../scripts/build/built.ts';
import { temporaryPath } from '../store/temporary.ts';

test('a check that nobody reads to its end ends quietly, with its own exit code', async () => {
  const path = temporaryPath();
  const rules = dirname(path);
  writeFileSync(join(rules, 'systems.yaml'), 'systems:\n  hubspot: {connector: hubspot, role: crm}\n');
  const child = spawn(process.execPath, [await builtBridge(), 'check'], {
    env: {
      DATABASE_PATH: path,
      RULES_DIRECTORY: rules,
      ODOO_URL: 'http://127.0.0.1:9',
      ODOO_DATABASE: 'firm',
      ODOO_LOGIN: 'bridge',
      ODOO_API_KEY: 'key',
      WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      // Nobody answers there: it has to write again after it has waited.
      HUBSPOT_URL: 'http://127.0.0.1:9',
      HUBSPOT_TOKEN: 'token',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [said, ended] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(said).toBe('');
  expect(ended).toEqual([1, null]);
});

test.runIf(existsSync('/dev/full'))('a full disk is said in a sentence', async () => {
  const path = temporaryPath();
  await (await openStore(path)).close();
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [await builtBridge(), 'status'], {
    env: { DATABASE_PATH: path, RULES_DIRECTORY: dirname(path) },
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  const [said, ended] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  expect(said).toMatch(/^What this prints cannot be written: ENOSPC: .*\.\n$/);
  expect(ended).toEqual([1, null]);
});
