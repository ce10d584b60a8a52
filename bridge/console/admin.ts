import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as v from 'valibot';
import type { Reconciler } from '../reconcile/reconciler.ts';
import type { Secret } from '../secret.ts';
import type { Decided, Decision } from '../store/decide.ts';
import type { Proposal } from '../store/proposal.ts';
import { readJsonBody } from './json-body.ts';
import { reconcileRoutes } from './reconcile.ts';

export interface AdminOptions {
  readonly openProposals: () => Promise<Proposal[]>;
  readonly decide: (id: string, decision: Decision) => Promise<Decided>;
  /** Absent: nothing can be reconciled over HTTP. */
  readonly reconciler?: Pick<Reconciler, 'start' | 'stop' | 'resume'>;
  /** Who knows it may decide. */
  readonly token: Secret;
  /** 0 when a request may go on, else the milliseconds it has to wait. Counts before the token is looked at. */
  readonly rate: { take(): number };
  readonly stopping: () => boolean;
  /** A person has decided; deliveries to the targets `woken` can go on. */
  readonly onDecided: (proposal: Proposal, woken: readonly string[]) => void;
  readonly onRefused: (error: AdminError, message: string) => void;
}

/** Why a request was refused, as answers name it under `error`. */
export const adminErrors = [
  'unauthorized',
  'too_many_requests',
  'too_large',
  'invalid_body',
  'not_found',
  'conflict',
  'stopping',
] as const;
type AdminError = (typeof adminErrors)[number];

type NodeContext = Context<{ Bindings: HttpBindings }>;

const statusOf: Readonly<Record<AdminError, ContentfulStatusCode>> = {
  unauthorized: 401,
  too_many_requests: 429,
  too_large: 413,
  invalid_body: 400,
  not_found: 404,
  conflict: 409,
  stopping: 503,
};

const decisionBody = v.strictObject({
  by: v.pipe(v.string(), v.trim(), v.minLength(1, 'must say who decides'), v.maxLength(100, 'is too long')),
  reason: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(1000, 'is longer than 1000 characters'))),
});

/**
 * What people decide while the bridge runs, because no other process may write to its store: mounted under `/admin`.
 *
 * `GET /matches`, `POST /matches/<id>/accept` and `/reject` with `{by, reason?}`, and `/reconciliations`; all with
 * `Authorization: Bearer <token>`.
 */
export function createAdmin(options: AdminOptions): Hono<{ Bindings: HttpBindings }> {
  const { rate } = options;
  const expected = digestOf(options.token.reveal());
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.use(async (context, next) => {
    if (options.stopping())
      return refuse(context, 'stopping', 'The bridge is stopping. Try again in a minute.');
    const waitMs = rate.take();
    if (waitMs > 0) {
      context.header('retry-after', String(Math.ceil(waitMs / 1000)));
      return refuse(context, 'too_many_requests', 'Too many requests at once. Try again after Retry-After.');
    }
    const given = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    // Digests are of one length and are compared in one time, whatever was given.
    if (!timingSafeEqual(digestOf(given), expected)) {
      context.header('www-authenticate', 'Bearer');
      return refuse(context, 'unauthorized', 'The token is missing or wrong: it is the setting ADMIN_TOKEN.');
    }
    return next();
  });

  app.get('/matches', async (context) => context.json({ proposals: await options.openProposals() }));
  app.post('/matches/:id/accept', (context) => decide(context, context.req.param('id'), true));
  app.post('/matches/:id/reject', (context) => decide(context, context.req.param('id'), false));
  if (options.reconciler !== undefined)
    app.route('/reconciliations', reconcileRoutes(options.reconciler, refuse));
  app.all('*', (context) => refuse(context, 'not_found', 'There is nothing at this address.'));

  async function decide(context: NodeContext, id: string, accept: boolean): Promise<Response> {
    const body = await readJsonBody(context, decisionBody);
    if (!body.ok) return refuse(context, body.error, body.message, body.path);
    const { by, reason } = body.output;
    const decided: Decided = await options.decide(id, {
      accept,
      by,
      ...(reason === undefined || reason === '' ? {} : { reason }),
    });
    if (!decided.ok) return refuse(context, decided.error, decided.message);
    options.onDecided(decided.proposal, decided.woken);
    return context.json({ proposal: decided.proposal });
  }

  function refuse(context: NodeContext, error: AdminError, message: string, path?: string): Response {
    options.onRefused(error, message);
    return context.json({ error, message, ...(path === undefined ? {} : { path }) }, statusOf[error]);
  }

  return app;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
