import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { dayPattern } from '../entities/field.ts';
import type { Asked, Reconciler } from '../reconcile/reconciler.ts';
import { differencePolicies } from '../rules/reconcile.ts';
import { readJsonBody } from './json-body.ts';

type Bindings = { Bindings: HttpBindings };

/** Refuses a request with one of the errors of the admin API. */
export type Refuse = (
  context: Context<Bindings>,
  error: 'invalid_body' | 'too_large' | 'not_found' | 'conflict',
  message: string,
  path?: string,
) => Response;

const day = v.pipe(v.string(), v.regex(dayPattern, 'must be a day such as 2026-10-31'));

const orderBody = v.strictObject({
  declaration: v.pipe(
    v.string(),
    v.minLength(1, 'must say what to reconcile'),
    v.maxLength(200, 'is too long'),
  ),
  from: v.optional(day),
  to: v.optional(day),
  known: v.optional(v.boolean()),
  policy: v.optional(v.picklist(differencePolicies)),
  by: v.pipe(v.string(), v.trim(), v.minLength(1, 'must say who wants it'), v.maxLength(100, 'is too long')),
});

/**
 * Starting, stopping and resuming runs in the running bridge: mounted under `/admin/reconciliations`.
 *
 * `POST /` with `{declaration, from?, to?, known?, policy?, by}`, `POST /<run>/stop` and `/resume`. Answers `{run}`. What runs
 * came to is read from the database, which anybody may who may read its file.
 */
export function reconcileRoutes(
  reconciler: Pick<Reconciler, 'start' | 'stop' | 'resume'>,
  refuse: Refuse,
): Hono<Bindings> {
  const app = new Hono<Bindings>();

  app.post('/', async (context) => {
    const body = await readJsonBody(context, orderBody);
    if (!body.ok) return refuse(context, body.error, body.message, body.path);
    const { declaration, by, from, to, known, policy } = body.output;
    const asked = await reconciler.start({
      declaration,
      by,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(known === undefined ? {} : { known }),
      ...(policy === undefined ? {} : { policy }),
    });
    return answer(context, asked, 202);
  });
  app.post('/:id/stop', async (context) =>
    answer(context, await reconciler.stop(context.req.param('id')), 200),
  );
  app.post('/:id/resume', async (context) =>
    answer(context, await reconciler.resume(context.req.param('id')), 202),
  );

  function answer(context: Context<Bindings>, asked: Asked, status: 200 | 202): Response {
    if (asked.ok) return context.json({ run: asked.run }, status);
    return refuse(context, asked.error === 'invalid' ? 'invalid_body' : asked.error, asked.message);
  }

  return app;
}
