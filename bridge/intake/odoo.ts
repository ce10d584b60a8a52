import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type EventLane, usualLane } from '../engine/event-lane.ts';
import type { Store } from '../store/store.ts';
import type { Verifier } from '../systems/signature.ts';
import type { HintBatch, ParsedHints } from '../systems/system.ts';
import { readBody } from './body.ts';
import { eventOfHint } from './hint.ts';

export type RejectionReason =
  | 'missing_header'
  | 'bad_timestamp'
  | 'bad_signature'
  | 'invalid_body'
  | 'wrong_database'
  | 'too_large'
  | 'too_many_requests'
  | 'stopping';

export interface OdooIntakeOptions {
  /** Name of the system that sends. */
  readonly system: string;
  readonly store: Store;
  readonly verifier: Verifier;
  /** Reads a body whose signature is verified. */
  /** How urgent events are. Absent: all the same. */
  readonly laneOf?: EventLane;
  readonly parse: (raw: Uint8Array) => ParsedHints;
  readonly mostBytes: number;
  /** 0 when a request may go on, else the milliseconds it has to wait. */
  readonly rate: { take(): number };
  /** The only database that may send; `undefined`: the first one that did. */
  readonly database: string | undefined;
  readonly stopping: () => boolean;
  /** Events were stored. */
  readonly onStored: (counts: { accepted: number; duplicates: number }, batch: HintBatch) => void;
  readonly onRejected: (reason: RejectionReason, message: string) => void;
}

type NodeContext = Context<{ Bindings: HttpBindings }>;

const statusOf: Readonly<Record<RejectionReason, ContentfulStatusCode>> = {
  missing_header: 401,
  bad_timestamp: 401,
  bad_signature: 401,
  invalid_body: 400,
  wrong_database: 409,
  too_large: 413,
  too_many_requests: 429,
  stopping: 503,
};

const signatureMessages = {
  missing_header: 'The headers webhook-id, webhook-timestamp and webhook-signature are needed.',
  bad_timestamp:
    'webhook-timestamp is too far from the bridge’s clock. Set the clocks of both machines by a time server.',
  bad_signature: 'No secret of the bridge made this signature. Enter the same secret on both sides.',
} as const;

/** Takes signed batches of Odoo's addon; see docs/protocol.md. Answers 200 only when the events are on disk. */
export function createOdooIntake(options: OdooIntakeOptions): (context: NodeContext) => Promise<Response> {
  const { store, system, verifier, rate, laneOf = () => usualLane } = options;
  let pinned = options.database;

  return async function intake(context) {
    if (options.stopping())
      return reject(context, 'stopping', 'The bridge is stopping. Send again in a minute.');
    const waitMs = rate.take();
    if (waitMs > 0) {
      context.header('retry-after', String(Math.ceil(waitMs / 1000)));
      return reject(
        context,
        'too_many_requests',
        'Too many requests at once. Send again after the time in Retry-After.',
      );
    }
    const { incoming } = context.env;
    const body = await readBody(incoming, options.mostBytes);
    if (body === 'too-large') {
      return reject(
        context,
        'too_large',
        `The batch is larger than ${options.mostBytes} bytes. Send fewer events at once.`,
      );
    }
    const { headers } = incoming;
    const problem = verifier.verify(
      {
        id: headers['webhook-id'] as string | undefined,
        timestamp: headers['webhook-timestamp'] as string | undefined,
        signature: headers['webhook-signature'] as string | undefined,
      },
      body,
    );
    if (problem !== undefined) return reject(context, problem, signatureMessages[problem]);
    const parsed = options.parse(body);
    if (!parsed.ok) return reject(context, 'invalid_body', parsed.message, parsed.path);
    return accept(context, parsed.batch);
  };

  async function accept(context: NodeContext, batch: HintBatch): Promise<Response> {
    pinned ??= await store.meta('odoo.database');
    const isTest = batch.hints.length === 0;
    // Two databases may send for the first time at once: the store says which one was first.
    if (!isTest) pinned ??= await store.pinMeta('odoo.database', batch.database);
    if (pinned !== undefined && pinned !== batch.database) {
      return reject(
        context,
        'wrong_database',
        `This bridge belongs to the database ${pinned}, not to ${batch.database}. A copy needs a bridge of its own.`,
      );
    }
    if (isTest) return context.json({ accepted: 0, duplicates: 0 });
    const events = batch.hints.map((hint) => eventOfHint(hint, system, laneOf(system, hint.type)));
    const counts = await store.appendEvents(events);
    options.onStored(counts, batch);
    return context.json(counts);
  }

  function reject(context: NodeContext, reason: RejectionReason, message: string, path?: string): Response {
    options.onRejected(reason, message);
    return context.json(
      { error: reason, message, ...(path === undefined ? {} : { path }) },
      statusOf[reason],
    );
  }
}
