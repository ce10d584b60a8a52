import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBridgeProcess } from '../demo/bridge-process.ts';
import { freePort } from '../odoo/free-port.ts';
import { asNodeIs, startChild } from './child.ts';
import { sendAll } from './load.ts';
import { secret, signedMessages } from './messages.ts';
import { residentMegabytes } from './resident.ts';
import { writeBenchRules } from './rules.ts';
import { median, milliseconds, table, whole } from './statistics.ts';

const starts = 5;
const events = 100_000;

/** Start-up time and resident memory of the real process, `bridge start`, with 100,000 events in its store. */
export async function measureFootprint(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const standIn = await startChild('stand-in.ts', [], asNodeIs);
  const address = `http://127.0.0.1:${standIn.ready.port}`;
  const environment = {
    PORT: String(await freePort()),
    DATABASE_PATH: join(folder, 'bridge.sqlite'),
    RULES_DIRECTORY: writeBenchRules(folder),
    LOG_LEVEL: 'warn',
    WEBHOOK_SECRETS: secret,
    INTAKE_REQUESTS_PER_SECOND: '1000000',
    ODOO_URL: address,
    ODOO_DATABASE: 'bench',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    ODOO_TRANSPORT: 'json2',
    HUBSPOT_URL: address,
    HUBSPOT_TOKEN: 'token',
    HUBSPOT_REQUESTS_PER_10_SECONDS: '100000',
  };
  const logFile = join(folder, 'bridge.log');

  const first = await startBridgeProcess(environment, logFile);
  const empty = residentMegabytes(first.processId);
  await standIn.ask({ expect: events });
  await sendAll(first.address, signedMessages(events / 100, 100), 16);
  const busy = residentMegabytes(first.processId);
  await standIn.ask({ complete: true });
  const after = residentMegabytes(first.processId);
  await first.stop();

  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const begin = performance.now();
    const bridge = await startBridgeProcess(environment, logFile);
    times.push(performance.now() - begin);
    await bridge.stop();
  }
  const restarted = await startBridgeProcess(environment, logFile);
  const idle = residentMegabytes(restarted.processId);
  await restarted.stop();

  print('The process: bridge start');
  print(
    table([
      ['start until it answers, median', milliseconds(median(times))],
      ['resident memory, empty store', `${whole(empty)} MB`],
      [`when ${whole(events)} events had come in at once`, `${whole(busy)} MB`],
      ['when all of them had been delivered', `${whole(after)} MB`],
      [`started again on these ${whole(events)} events`, `${whole(idle)} MB`],
    ]),
  );
  await standIn.end();
  rmSync(folder, { recursive: true, force: true });
}
