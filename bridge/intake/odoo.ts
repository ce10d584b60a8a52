import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type EventLane, usualLane } from '../engine/event-lane.ts';
import type { Store } from '../store/store.ts';
import type { Verifier } from '../systems/signature.ts';
import type { HintBatch, ParsedHints } from '../systems/system.ts';
import { readBody } from './body.ts';
import { eventOfHint } from './hint.ts';
import { createRoom } from './room.ts';

export type RejectionReason =
  | 'missing_header'
  | 'bad_timestamp'
  | 'bad_signature'
  | 'invalid_body'
  | 'wrong_database'
  | 'too_large'
  | 'too_many_requests'
  | 'busy'
  | 'stopping';

export interface OdooIntakeOptions {
  /** Name of the system that sends. */
  readonly system: string;
  readonly store: Store;
  readonly verifier: Verifier;
  /** How urgent events are. Absent: all the same. */
  readonly laneOf?: EventLane;
  /** Reads a body whose signature is verified. */
  readonly parse: (raw: Uint8Array) => ParsedHints;
  readonly mostBytes: number;
  /** Of all bodies together whose signature is not verified yet. Default: 16 MiB, or two of the largest batches. */
  readonly mostUnverifiedBytes?: number;
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
  busy: 503,
  stopping: 503,
};

const signatureMessages = {
  missing_header: 'The headers webhook-id, webhook-timestamp and webhook-signature are needed.',
  bad_timestamp:
    'webhook-timestamp is too far from the bridge’s clock. Set the clocks of both machines by a time server.',
  bad_signature: 'No secret of the bridge made this signature. Enter the same secret on both sides.',
} as const;

const leastUnverifiedBytes = 16 * 1024 * 1024;
const busySeconds = 2;

/** Takes signed batches of Odoo's addon; see docs/protocol.md. Answers 200 only when the events are on disk. */
export function createOdooIntake(options: OdooIntakeOptions): (context: NodeContext) => Promise<Response> {
  const { store, system, verifier, mostBytes, rate, laneOf = () => usualLane } = options;
  const room = createRoom(options.mostUnverifiedBytes ?? Math.max(leastUnverifiedBytes, 2 * mostBytes));
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
    const { headers } = incoming;
    const signature = {
      id: headers['webhook-id'] as string | undefined,
      timestamp: headers['webhook-timestamp'] as string | undefined,
      signature: headers['webhook-signature'] as string | undefined,
    };
    // Anybody can reach this: nothing of a body is kept that would be refused whatever is in it.
    const flaw = verifier.examine(signature);
    if (flaw !== undefined) return reject(context, flaw, signatureMessages[flaw]);
    const body = await readBody(incoming, mostBytes, room);
    if (body === 'too-large') {
      return reject(
        context,
        'too_large',
        `The batch is larger than ${mostBytes} bytes. Send fewer events at once.`,
      );
    }
    if (body === 'no-room') {
      context.header('retry-after', String(busySeconds));
      return reject(
        context,
        'busy',
        'Too much is coming in at once, and this has been coming for longest. Send again after the time in Retry-After.',
      );
    }
    const problem = verifier.verify(signature, body);
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
