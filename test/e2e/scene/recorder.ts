import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One batch that Odoo's addon sent. */
export interface RecordedBatch {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly events: readonly RecordedEvent[];
  /** What the bridge answered; `undefined` when the batch was kept from it. */
  readonly status: number | undefined;
}

export interface RecordedEvent {
  readonly id: string;
  readonly model: string;
  readonly res_id: number;
  readonly operation: string;
  readonly transaction: string;
}

/**
 * - `forward`: the bridge gets the batch, Odoo gets its answer;
 * - `capture`: Odoo is told that the batch was accepted, the bridge hears nothing of it;
 * - `hang`: the connection is taken and never answered.
 */
export type RecorderMode = 'forward' | 'capture' | 'hang';

export interface Recorder {
  readonly url: string;
  readonly batches: readonly RecordedBatch[];
  /** Requests that hang now. */
  readonly hanging: number;
  /** Requests whose connection was taken in mode `hang`, so far. */
  readonly hung: number;
  /** Leaving `hang` closes what hangs. */
  set(mode: RecorderMode): void;
  /** Sends a batch to the bridge, with its own signature, as often as one likes. */
  replay(batch: Pick<RecordedBatch, 'headers' | 'body'>): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

const kept = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Stands between Odoo and the bridge, on loopback, and keeps what the addon really sends. */
export async function startRecorder(bridgeAddress: string): Promise<Recorder> {
  const batches: RecordedBatch[] = [];
  const hanging = new Set<ServerResponse>();
  let mode: RecorderMode = 'forward';
  let hung = 0;

  const send = (batch: Pick<RecordedBatch, 'headers' | 'body'>) =>
    fetch(`${bridgeAddress}/intake/odoo`, { method: 'POST', headers: batch.headers, body: batch.body });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(kept.map((name) => [name, String(request.headers[name])]));
    const { events } = JSON.parse(body) as { events: RecordedEvent[] };
    if (mode === 'hang') {
      hung++;
      hanging.add(response);
      response.on('close', () => hanging.delete(response));
      return;
    }
    if (mode === 'capture') {
      batches.push({ headers, body, events, status: undefined });
      response.end(JSON.stringify({ accepted: events.length, duplicates: 0 }));
      return;
    }
    const answer = await send({ headers, body });
    batches.push({ headers, body, events, status: answer.status });
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    // The bridge is down: so is the way to it.
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    batches,
    get hanging() {
      return hanging.size;
    },
    get hung() {
      return hung;
    },
    set(next) {
      mode = next;
      if (next !== 'hang') for (const response of hanging) response.destroy();
    },
    async replay(batch) {
      const answer = await send(batch);
      return { status: answer.status, body: await answer.json() };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
