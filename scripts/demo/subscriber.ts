import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A business event as a subscriber gets it; docs/events.md has all of it. */
export interface ToldEvent {
  readonly id: string;
  /** `invoice.paid` */
  readonly type: string;
  readonly object: { readonly system: string; readonly entity: string; readonly id: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** Somebody outside who is told of business events. */
export interface Subscriber {
  readonly url: string;
  /** Events whose signature was right, each once, in the order they came. */
  events(): readonly ToldEvent[];
  /** Messages whose signature was wrong. */
  refused(): number;
  close(): Promise<void>;
}

/**
 * Takes events the way docs/events.md tells every receiver to, with nothing of the bridge's own code.
 *
 * @param secret `whsec_…`
 */
export async function startSubscriber(secret: string): Promise<Subscriber> {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const events = new Map<string, ToldEvent>();
  let refused = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    // `bridge check` asks whether anybody is there, and sends no event.
    if (request.method !== 'POST') response.writeHead(405);
    else if (isGenuine(key, request.headers, body)) {
      const event = JSON.parse(body.toString()) as ToldEvent;
      events.set(event.id, event);
      response.writeHead(204);
    } else {
      refused++;
      response.writeHead(401);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    events: () => [...events.values()],
    refused: () => refused,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const longestAgeSeconds = 300;

/** After Standard Webhooks: a signature over id, time and body, made with our secret not long ago. */
function isGenuine(key: Buffer, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= longestAgeSeconds)) return false;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return String(signatures)
    .split(' ')
    .map((signature) => Buffer.from(signature.replace('v1,', ''), 'base64'))
    .some((candidate) => candidate.length === expected.length && timingSafeEqual(candidate, expected));
}
