import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Clock } from './clock.ts';
import { createFaultSwitch, type FaultAction, type FaultSwitch, parseFault } from './faults.ts';
import { createJournal, type Journal } from './journal.ts';

export type SandboxEnvironment = { Bindings: HttpBindings };
export type SandboxContext = Context<SandboxEnvironment>;

export interface ServerOptions {
  /** Default: loopback only. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
}

/** What every sandbox has, whichever vendor it stands for. */
export interface SandboxCore {
  readonly app: Hono<SandboxEnvironment>;
  readonly faults: FaultSwitch;
  readonly calls: Journal;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Paths that belong to the sandbox itself: no faults, no credentials, not in the journal. */
const ownPath = (path: string): boolean => path === '/' || path.startsWith('/__sandbox/');

/**
 * An application with journal, fault switch and their control endpoints; the vendor's routes come on top.
 * `refuse` makes an error body of the vendor's shape.
 */
export function createSandboxCore(clock: Clock, refuse: (status: number) => object): SandboxCore {
  const app = new Hono<SandboxEnvironment>();
  const faults = createFaultSwitch();
  const calls = createJournal();
  app.use(keepJournal(calls, clock));
  app.use(injectFaults(faults, refuse));
  app.get('/__sandbox/faults', (c) => c.json(faults.pending()));
  app.post('/__sandbox/faults', async (c) => {
    const fault = parseFault(await c.req.json().catch(() => undefined));
    if (typeof fault === 'string') return c.json({ error: fault }, 400);
    faults.add(fault);
    return c.json(faults.pending(), 201);
  });
  app.delete('/__sandbox/faults', (c) => {
    faults.clear();
    return c.json([]);
  });
  app.get('/__sandbox/calls', (c) => c.json(calls.calls()));
  app.get('/__sandbox/journal', (c) => c.json(calls.entries()));
  return { app, faults, calls };
}

/** Longer bodies are not kept: pages of thousands of objects would fill the memory. */
const longestKept = 500_000;

function keepJournal(journal: Journal, clock: Clock): MiddlewareHandler<SandboxEnvironment> {
  return async (c, next) => {
    if (ownPath(c.req.path)) return next();
    const request = parse(await c.req.text());
    await next();
    const answered = !c.res.headers.has('x-hono-already-sent');
    journal.add({
      at: new Date(clock.now()).toISOString(),
      method: c.req.method,
      path: c.req.path,
      query: c.req.query(),
      request,
      status: answered ? c.res.status : null,
      response: answered ? kept(await c.res.clone().text()) : undefined,
    });
  };
}

function injectFaults(
  faults: FaultSwitch,
  refuse: (status: number) => object,
): MiddlewareHandler<SandboxEnvironment> {
  return async (c, next) => {
    const fault = ownPath(c.req.path) ? undefined : faults.take(c.req.method, c.req.path);
    if (fault === undefined) return next();
    if (fault.kind === 'delay') {
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
      return next();
    }
    if (fault.kind.startsWith('commit-')) await next();
    answer(c, fault, refuse);
  };
}

function answer(c: SandboxContext, fault: FaultAction, refuse: (status: number) => object): void {
  // Forget what the handler may have answered.
  c.res = undefined;
  if (fault.kind === 'status' || fault.kind === 'commit-then-status') {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (fault.kind === 'status' && fault.retryAfterSeconds !== undefined)
      headers['retry-after'] = String(fault.retryAfterSeconds);
    c.res = new Response(JSON.stringify(refuse(fault.status)), { status: fault.status, headers });
    return;
  }
  // A hanging request ends when the client gives up or the sandbox is closed.
  if (!fault.kind.endsWith('hang')) c.env.incoming.socket.destroy();
  c.res = RESPONSE_ALREADY_SENT;
}

export async function listen(core: SandboxCore, options: ServerOptions): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: core.app.fetch });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

const kept = (text: string): unknown =>
  text.length > longestKept ? `${text.length} characters, which are too many to keep` : parse(text);

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
