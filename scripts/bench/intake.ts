import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { sendAll } from './load.ts';
import { signedMessages } from './messages.ts';
import { median, share, table, times, whole } from './statistics.ts';

const modes = ['durable', 'parse', 'one-commit'] as const;
const rounds = 5;

interface Load {
  readonly name: string;
  readonly connections: number;
  /** Messages of one round, and events in each. */
  readonly messages: number;
  readonly size: number;
}

const loads: readonly Load[] = [
  { name: 'single events, c=1', connections: 1, messages: 1500, size: 1 },
  { name: 'single events, c=16', connections: 16, messages: 8000, size: 1 },
  { name: 'single events, c=64', connections: 64, messages: 10_000, size: 1 },
  { name: 'batches of 100, c=16', connections: 16, messages: 600, size: 100 },
];

/** Signed durable intake beside the same server without keeping, and with one commit for each request. */
export async function measureIntake(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const servers = await Promise.all(
    modes.map((mode) => startChild('intake-server.ts', [mode, join(folder, `${mode}.sqlite`)])),
  );
  const rows = [
    ['events/s, median', 'durable', 'verify and parse', 'one commit each', 'of parse', 'of one commit'],
  ];
  for (const load of loads) {
    const rates = modes.map((): number[] => []);
    // One round more than counts: the first warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const index of turns(round)) {
        const messages = signedMessages(load.messages, load.size);
        const seconds = await sendAll(
          `http://127.0.0.1:${servers[index]?.ready.port}`,
          messages,
          load.connections,
        );
        if (round > 0) rates[index]?.push((load.messages * load.size) / seconds);
      }
    }
    const [durable = 0, parse = 0, oneCommit = 0] = rates.map(median);
    rows.push([
      load.name,
      whole(durable),
      whole(parse),
      whole(oneCommit),
      share(durable / parse),
      times(durable / oneCommit),
    ]);
  }
  print('Intake of signed webhooks');
  print(table(rows));
  await Promise.all(servers.map((server) => server.end()));
  rmSync(folder, { recursive: true, force: true });
}

/** Each round begins with another one, so that none always runs on a warm machine. */
const turns = (round: number): number[] => modes.map((_, index) => (index + round) % modes.length);
