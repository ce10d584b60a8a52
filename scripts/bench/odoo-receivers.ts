import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** What Odoo sends to: it speaks enough of docs/protocol.md to be taken for a bridge, and answers a rule's webhook. */
export interface Receiver {
  /** As it is said in the table. */
  readonly label: string;
  readonly url: string;
  /** Ids of all events that came in signed batches and were answered. */
  readonly eventIds: ReadonlySet<string>;
  /** Resolves with the first request. */
  readonly reached: Promise<void>;
  /** How many requests came to this path, answered or not. */
  requestsTo(path: string): number;
  /** Cuts all connections, also those that wait for an answer. */
  hangUp(): void;
  close(): Promise<void>;
}

/** Answers as a bridge does that took every event. */
async function accept(request: IncomingMessage, response: ServerResponse, eventIds: Set<string>) {
  const body = JSON.parse(await text(request)) as { events?: { id: string }[] };
  for (const event of body.events ?? []) eventIds.add(event.id);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ accepted: body.events?.length ?? 0, duplicates: 0 }));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** @param waitMilliseconds before each answer; `Infinity` for one that takes every request and never answers */
export async function startReceiver(label: string, waitMilliseconds: number): Promise<Receiver> {
  const eventIds = new Set<string>();
  const requests = new Map<string, number>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    reach();
    if (waitMilliseconds === Number.POSITIVE_INFINITY) return;
    // A timer of 0 ms would cost more than a millisecond.
    if (waitMilliseconds > 0) await delay(waitMilliseconds);
    await accept(request, response, eventIds);
  });
  const url = await listen(server);
  return {
    label,
    url,
    eventIds,
    reached,
    requestsTo: (path) => requests.get(path) ?? 0,
    hangUp: () => server.closeAllConnections(),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
