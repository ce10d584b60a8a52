import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asNodeIs, startChild } from './child.ts';
import { sendAll } from './load.ts';
import { signedMessages } from './messages.ts';
import { milliseconds, percentile, table, whole } from './statistics.ts';

const imported = 100_000;
const samples = 6;

/** How long it takes what finance waits for while a bulk import goes out within HubSpot's rate limit, and without one. */
export async function measureMonthEnd(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const standIn = await startChild('stand-in.ts', [], asNodeIs);
  const port = String(standIn.ready.port);
  const bridge = await startChild('bridge-server.ts', [join(folder, 'bridge.sqlite'), port, '100', 'import']);
  const url = `http://127.0.0.1:${bridge.ready.port}`;
  const waitingNow = async () => Number((await bridge.ask({})).waiting);

  async function urgentOne(id: number): Promise<number> {
    const [message] = signedMessages(1, 1, id, 'crm.lead');
    const begin = performance.timeOrigin + performance.now();
    await sendAll(url, message === undefined ? [] : [message], 1);
    const { at } = await standIn.ask({ reference: `odoo:opportunity:${id}` });
    return Number(at) - begin;
  }

  await standIn.ask({ expect: imported });
  const alone: number[] = [];
  for (let id = 1; id <= samples; id++) alone.push(await urgentOne(id));
  await sendAll(url, signedMessages(imported / 100, 100), 16);
  const behind: number[] = [];
  const waiting: number[] = [];
  for (let id = samples + 1; id <= 2 * samples; id++) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    waiting.push(await waitingNow());
    behind.push(await urgentOne(id));
  }
  print(`What finance waits for, beside an import of ${whole(imported)} and HubSpot's rate limit`);
  print(
    table([
      ['webhook sent to partner reached', 'p50', 'longest', 'waiting meanwhile'],
      ['nothing else to do', milliseconds(percentile(alone, 50)), milliseconds(Math.max(...alone)), '0'],
      [
        'beside the import',
        milliseconds(percentile(behind, 50)),
        milliseconds(Math.max(...behind)),
        whole(percentile(waiting, 50)),
      ],
    ]),
  );
  await bridge.end();
  await standIn.end();
  rmSync(folder, { recursive: true, force: true });
}
