import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Takes what Odoo's addon sends. */
  readonly odooIntake: (context: Context<{ Bindings: HttpBindings }>) => Promise<Response>;
  /** What people decide, under `/admin`; absent when nobody may. */
  readonly admin?: Hono<{ Bindings: HttpBindings }>;
  /** Everything that keeps the bridge from doing its work; empty when it is ready. */
  readonly notReady: () => readonly string[];
  /** A request failed for another reason than its content; `senderGone` when nobody waits for its answer any more. */
  readonly onFailure: (error: Error, senderGone: boolean) => void;
  /** Connections beyond these are closed at once. Default: 1000. */
  readonly mostConnections?: number;
  /** A connection was closed because there were too many. */
  readonly onTurnedAway?: () => void;
  /** Text for a Prometheus scrape; absent when it is not served. */
  readonly metrics?: () => Promise<{ contentType: string; text: string }>;
}

export interface BridgeServer {
  readonly port: number;
  /** Takes no new connection and ends when the requests under way are answered. */
  close(): Promise<void>;
}

const limits = {
  /** Longer than the addon's own patience: whoever is this slow has gone. */
  requestTimeout: 30_000,
  /** Also for a connection that asks nothing. */
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5000,
};
/** Far more than a proxy holds. Each costs memory before anybody knows who is at its other end. */
const mostConnections = 1000;
/** A sender that has not finished by then is cut off; it sends again later. */
const closeGraceMs = 2000;

/** Starts to listen; rejects with a plain sentence when the address is taken. */
export async function startServer(options: ServerOptions): Promise<BridgeServer> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post('/intake/odoo', options.odooIntake);
  if (options.admin !== undefined) app.route('/admin', options.admin);
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', (context) => {
    const problems = options.notReady();
    return problems.length === 0
      ? context.json({ status: 'ready' })
      : context.json({ status: 'not ready', problems }, 503);
  });
  const { metrics } = options;
  if (metrics !== undefined) {
    app.get('/metrics', async (context) => {
      const { contentType, text } = await metrics();
      return context.body(text, 200, { 'content-type': contentType });
    });
  }
  app.onError((error, context) => {
    options.onFailure(error, context.env.incoming.destroyed);
    const message = 'The bridge could not keep this. Its log says why; send again later.';
    return context.json({ error: 'unavailable', message }, 503);
  });
  app.notFound((context) =>
    context.json({ error: 'not_found', message: 'There is nothing at this address.' }, 404),
  );

  const server = createServer(limits, getRequestListener(app.fetch));
  server.maxConnections = options.mostConnections ?? mostConnections;
  server.on('drop', () => options.onTurnedAway?.());
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), closeGraceMs);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${port} on ${host} is in use. Set PORT to another one.`
        : `The bridge cannot listen on ${host}:${port}: ${error.message}`;
      reject(new Error(message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
