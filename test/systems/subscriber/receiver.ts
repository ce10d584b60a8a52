import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createVerifier, type SignatureProblem } from '../../../bridge/systems/signature.ts';

/** What a receiver answers to one message: a status, with headers, or nothing at all. */
export type Reply = number | { readonly status: number; readonly headers: Record<string, string> } | 'hang';

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly signature: string;
  readonly problem: SignatureProblem | undefined;
  readonly message: { readonly id: string; readonly type: string; readonly [key: string]: unknown };
}

/** Somebody who is told of events, on a real connection. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What the next messages are answered with, one each; after that 204. */
  readonly replies: Reply[];
  /** Resolves once so many messages have come in, over all. */
  count(wanted: number): Promise<void>;
}

export async function startReceiver(secrets: readonly string[]): Promise<Receiver> {
  const verifier = createVerifier(secrets, 300);
  const received: Received[] = [];
  const replies: Reply[] = [];
  const waiting: { wanted: number; resolve: () => void }[] = [];

  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const body = Buffer.concat(await request.toArray());
    const { id, timestamp, signature } = headersOf(request);
    received.push({
      path: request.url ?? '',
      id: id ?? '',
      signature: signature ?? '',
      problem: verifier.verify({ id, timestamp, signature }, body),
      message: JSON.parse(body.toString()),
    });
    const reply = replies.shift() ?? 204;
    if (typeof reply === 'number') response.writeHead(reply).end(reply === 204 ? undefined : 'not JSON');
    else if (reply !== 'hang') response.writeHead(reply.status, reply.headers).end();
    for (const { wanted, resolve } of waiting) if (received.length >= wanted) resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events/?for=bridge`,
    received,
    replies,
    count: (wanted) =>
      new Promise((resolve) => {
        if (received.length >= wanted) resolve();
        else waiting.push({ wanted, resolve });
      }),
  };
}

function headersOf({ headers }: IncomingMessage) {
  const text = (name: string) => headers[name] as string | undefined;
  return {
    id: text('webhook-id'),
    timestamp: text('webhook-timestamp'),
    signature: text('webhook-signature'),
  };
}
