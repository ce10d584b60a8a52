/**
 * The least that could be called a bridge: verify, insert with a commit that is on disk, post to the partner. Knows no
 * rules, no records, no retries. Arguments: database file, port of the partner.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import Database from 'better-sqlite3';
import { Hono } from 'hono';
import { Pool } from 'undici';
import { readBody } from '../../bridge/intake/body.ts';
import { createWriter } from '../../bridge/store/writer.ts';
import { createVerifier } from '../../bridge/systems/signature.ts';
import { serveParent } from './child.ts';
import { secret } from './messages.ts';

const [path = '', partnerPort = ''] = process.argv.slice(2);
const connection = new Database(path);
connection.pragma('journal_mode = WAL');
connection.pragma('synchronous = FULL');
connection.exec('create table event (id text primary key, body text not null) without rowid');
const insert = connection.prepare('insert or ignore into event values (?, ?)');
const writer = createWriter(connection);
const verifier = createVerifier([secret], 3600);
const partner = new Pool(`http://127.0.0.1:${partnerPort}`, { connections: 16, pipelining: 1 });

interface Event {
  readonly id: string;
  readonly res_id: number;
}

async function post(event: Event): Promise<void> {
  const answer = await partner.request({
    method: 'POST',
    path: '/objects',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reference: `odoo:customer:${event.res_id}`, name: `Customer ${event.res_id}` }),
  });
  await answer.body.json();
}

const app = new Hono<{ Bindings: HttpBindings }>();
app.post('/intake/odoo', async (context) => {
  const { incoming } = context.env;
  const body = await readBody(incoming, 10_000_000);
  if (body === 'too-large') return context.json({}, 413);
  const header = (name: string) => incoming.headers[name] as string | undefined;
  const headers = {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  };
  if (verifier.verify(headers, body) !== undefined) return context.json({}, 401);
  const { events } = JSON.parse(body.toString()) as { events: Event[] };
  await writer.write(() => {
    for (const event of events) insert.run(event.id, JSON.stringify(event));
  });
  for (const event of events) void post(event);
  return context.json({ accepted: events.length });
});
const server = createServer(getRequestListener(app.fetch));
server.listen(0, '127.0.0.1', () => serveParent({ port: (server.address() as AddressInfo).port }));
