import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { asNodeIs, type BenchChild, startChild } from './child.ts';
import { sendAll } from './load.ts';
import { signedMessages } from './messages.ts';
import { median, microseconds, milliseconds, percentile, share, table, whole } from './statistics.ts';

const rounds = 5;
const warmUps = 2;
const objects = 10_000;
const connections = 64;
const latencySamples = 300;

/** From the webhook to the partner: objects a second and latency, beside a bare pipeline and raw requests. */
export async function measurePipeline(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const standIn = await startChild('stand-in.ts', [], asNodeIs);
  const port = String(standIn.ready.port);
  const file = (name: string) => join(folder, `${name}.sqlite`);
  const bare = await startChild('bare-pipeline.ts', [file('bare'), port]);
  const single = await startChild('bridge-server.ts', [file('single'), port, '1']);
  const batched = await startChild('bridge-server.ts', [file('batched'), port, '100']);

  const rates = {
    raw: [] as number[],
    bare: [] as number[],
    single: [] as number[],
    batched: [] as number[],
  };
  for (let round = 0; round < warmUps + rounds; round++) {
    const first = 1 + round * objects;
    const results = {
      raw: await rawRequests(port),
      bare: await through(bare, standIn, first, 1),
      single: await through(single, standIn, first, 1),
      batched: await through(batched, standIn, first, 100),
    };
    if (round >= warmUps)
      for (const name of Object.keys(rates) as (keyof typeof rates)[]) rates[name].push(results[name]);
  }
  const cost = [single, batched].map((server) => server.ask({}));
  const [singleCost = 0, batchedCost = 0] = (await Promise.all(cost)).map(
    ({ cpuMicroseconds }) => Number(cpuMicroseconds) / (objects * (warmUps + rounds)),
  );
  const latency = await measureLatency(single, standIn);
  const bareLatency = await measureLatency(bare, standIn);

  const bareRate = median(rates.bare);
  print(`From a signed webhook to a partner that answers at once (${whole(objects)} objects)`);
  print(
    table([
      ['objects/s, median', '', 'of bare', 'CPU an object'],
      ['raw undici requests, nothing else', whole(median(rates.raw)), share(median(rates.raw) / bareRate)],
      ['bare verify, insert, post', whole(bareRate), share(1)],
      [
        'bridge, one object a write',
        whole(median(rates.single)),
        share(median(rates.single) / bareRate),
        microseconds(singleCost),
      ],
      [
        'bridge, batches of 100',
        whole(median(rates.batched)),
        share(median(rates.batched) / bareRate),
        microseconds(batchedCost),
      ],
    ]),
  );
  print('Latency of a single change, webhook sent to partner reached');
  print(
    table([
      ['', 'p50', 'p95'],
      ['bare verify, insert, post', ...bareLatency],
      ['bridge', ...latency],
    ]),
  );
  for (const child of [bare, single, batched, standIn]) await child.end();
  rmSync(folder, { recursive: true, force: true });
}

/** Objects a second from the first request to the last object that reached the partner. */
async function through(
  server: BenchChild,
  standIn: BenchChild,
  first: number,
  size: number,
): Promise<number> {
  await standIn.ask({ expect: objects });
  const messages = signedMessages(objects / size, size, first);
  const begin = performance.timeOrigin + performance.now();
  await sendAll(`http://127.0.0.1:${server.ready.port}`, messages, connections);
  const { at } = await standIn.ask({ complete: true });
  return objects / ((Number(at) - begin) / 1000);
}

async function rawRequests(port: string): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 16, pipelining: 1 });
  const begin = performance.now();
  let next = 0;
  async function sender(): Promise<void> {
    while (next < objects) {
      const body = JSON.stringify({ reference: `odoo:customer:${next++}`, name: 'Customer' });
      const headers = { 'content-type': 'application/json' };
      const answer = await pool.request({ method: 'POST', path: '/objects', headers, body });
      await answer.body.json();
    }
  }
  await Promise.all(Array.from({ length: 16 }, sender));
  await pool.close();
  return objects / ((performance.now() - begin) / 1000);
}

async function measureLatency(server: BenchChild, standIn: BenchChild): Promise<[string, string]> {
  const samples: number[] = [];
  for (let sample = 0; sample < latencySamples; sample++) {
    const messages = signedMessages(1, 1, 10_000_000 + sample);
    await standIn.ask({ expect: 1 });
    const begin = performance.timeOrigin + performance.now();
    await sendAll(`http://127.0.0.1:${server.ready.port}`, messages, 1);
    const { at } = await standIn.ask({ complete: true });
    samples.push(Number(at) - begin);
  }
  return [milliseconds(percentile(samples, 50)), milliseconds(percentile(samples, 95))];
}
