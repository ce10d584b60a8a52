import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBridgeProcess } from '../../../scripts/demo/bridge-process.ts';
import type { Firm } from '../../../scripts/demo/firm.ts';
import { freePort } from '../../../scripts/odoo/free-port.ts';
import type { OdooServer } from '../../../scripts/odoo/odoo.ts';

/** A bridge process that listens to Odoo and knows no partner. */
export interface LoneBridge {
  readonly address: string;
  /** Starts it on the same port and database; resolves when it listens. */
  start(secret: string): Promise<void>;
  /** Resolves when it has ended. Nothing listens at its address then. */
  stop(): Promise<void>;
  /** Stops it, if it runs, and removes what it left. */
  close(): Promise<void>;
}

const rules = `systems:
  odoo:
    connector: odoo
    role: erp
`;

export async function createLoneBridge(odoo: OdooServer, firm: Firm): Promise<LoneBridge> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-'));
  writeFileSync(join(folder, 'systems.yaml'), rules);
  const port = await freePort();
  let running: Awaited<ReturnType<typeof startBridgeProcess>> | undefined;

  const bridge: LoneBridge = {
    address: `http://127.0.0.1:${port}`,
    async start(secret) {
      const environment = {
        PORT: String(port),
        DATABASE_PATH: join(folder, 'bridge.sqlite'),
        RULES_DIRECTORY: folder,
        WEBHOOK_SECRETS: secret,
        ODOO_URL: odoo.url,
        ODOO_DATABASE: odoo.databaseName,
        ODOO_LOGIN: firm.bridge.login,
        ODOO_API_KEY: firm.bridge.apiKey,
      };
      running = await startBridgeProcess(environment, join(folder, 'bridge.log'));
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
    async close() {
      await bridge.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bridge;
}
