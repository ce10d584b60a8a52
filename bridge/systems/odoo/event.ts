import * as v from 'valibot';
import type { Hint, HintBatch, ParsedHints } from '../system.ts';

const operations = ['create', 'write', 'unlink'] as const;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const longestText = 200;
const mostEvents = 500;

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(longestText));
const instant = v.pipe(v.string(), v.regex(instantPattern, 'must be a UTC instant with milliseconds'));
const wholeNumber = v.pipe(v.number(), v.safeInteger());
/** XML-RPC has no null: there, absent values are `false`. */
const absent = [v.null(), v.literal(false)] as const;

export const eventSchema = v.object({
  /** UUIDv7, made once in Odoo's own transaction. */
  id: text,
  model: text,
  res_id: wholeNumber,
  operation: v.picklist(operations),
  fields: v.array(v.string()),
  user_id: v.union([wholeNumber, ...absent]),
  company_id: v.union([wholeNumber, ...absent]),
  transaction: text,
  occurred_at: instant,
  origin: v.union([text, ...absent]),
});

/** That a record changed in Odoo; without any of its values. */
export type OdooEvent = v.InferOutput<typeof eventSchema>;

const bodySchema = v.object({
  version: v.literal(1),
  database: text,
  sent_at: instant,
  events: v.pipe(v.array(eventSchema), v.maxLength(mostEvents)),
});

type Body = v.InferOutput<typeof bodySchema>;

/** Reads the raw body of the addon's webhook, whose signature is verified already. */
export function parseBatch(raw: Uint8Array): ParsedHints {
  let body: unknown;
  try {
    body = JSON.parse(decoder.decode(raw));
  } catch (error) {
    return { ok: false, message: `The body is not JSON: ${(error as Error).message}` };
  }
  return checkBody(body);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Every event of Odoo passes here, so a good body is recognised by plain comparisons, about thirty times as fast as by the
 * schema; the schema has the last word on every other one, and names what is wrong.
 */
function checkBody(body: unknown): ParsedHints {
  if (isBody(body)) return { ok: true, batch: batchOf(body) };
  const result = v.safeParse(bodySchema, body, { abortEarly: true });
  if (result.success) return { ok: true, batch: batchOf(result.output) };
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  return { ok: false, message: issue.message, ...(path === null ? {} : { path }) };
}

const batchOf = (body: Body): HintBatch => ({
  database: body.database,
  sentAt: body.sent_at,
  hints: body.events.map(toHint),
});

/** Type of the hints that an order's lines changed, but nothing that it says itself: hours were booked, or billed. */
export const deliveredOrder = 'sale.order (delivered)';

const lineFields = new Set(['order_line', 'invoice_status']);

/**
 * Each timesheet changes a line of an order. Only what is delivered and billed follows from that: the offer need not be read
 * again each time, nor the projects that follow from what was agreed.
 */
const typeOf = ({ model, operation, fields }: OdooEvent): string =>
  model === 'sale.order' &&
  operation === 'write' &&
  fields.length > 0 &&
  fields.every((field) => lineFields.has(field))
    ? deliveredOrder
    : model;

/** The bridge's hint for an event, whether it came by webhook or was read from the outbox. */
export function toHint(event: OdooEvent): Hint {
  return {
    id: event.id,
    type: typeOf(event),
    objectId: String(event.res_id),
    operation: event.operation,
    fields: event.fields,
    ...(isPresent(event.user_id) ? { author: String(event.user_id) } : {}),
    ...(isPresent(event.company_id) ? { company: String(event.company_id) } : {}),
    transaction: event.transaction,
    occurredAt: event.occurred_at,
    echo: event.origin === 'bridge',
  };
}

const isPresent = <Value>(value: Value | null | false): value is Value => value !== null && value !== false;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longestText;

const isInstant = (value: unknown): boolean => typeof value === 'string' && instantPattern.test(value);

const isAbsent = (value: unknown): boolean => value === null || value === false;

/** Must be true for nothing that `bodySchema` refuses. */
function isBody(body: unknown): body is Body {
  if (!isObject(body) || body.version !== 1 || !isText(body.database) || !isInstant(body.sent_at))
    return false;
  return Array.isArray(body.events) && body.events.length <= mostEvents && body.events.every(isEvent);
}

function isEvent(event: unknown): event is OdooEvent {
  return (
    isObject(event) &&
    isText(event.id) &&
    isText(event.model) &&
    Number.isSafeInteger(event.res_id) &&
    (event.operation === 'write' || event.operation === 'create' || event.operation === 'unlink') &&
    Array.isArray(event.fields) &&
    event.fields.every((field) => typeof field === 'string') &&
    (isAbsent(event.user_id) || Number.isSafeInteger(event.user_id)) &&
    (isAbsent(event.company_id) || Number.isSafeInteger(event.company_id)) &&
    isText(event.transaction) &&
    isInstant(event.occurred_at) &&
    (isAbsent(event.origin) || isText(event.origin))
  );
}
