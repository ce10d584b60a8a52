import { v7 as newId } from 'uuid';
import { sign } from '../../bridge/systems/signature.ts';

export const secret = 'whsec_YmVuY2htYXJrIHNlY3JldCB3aXRoIDMyIGJ5dGVzLi4=';
export const databaseUuid = '6a0d7e5c-1111-4222-8333-444455556666';

/** A signed message as the addon sends it, ready to go. */
export interface Message {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** `count` signed messages of `size` events each, every event about another record, numbered from `first`. */
export function signedMessages(count: number, size: number, first = 1, model = 'res.partner'): Message[] {
  return Array.from({ length: count }, (_, index) => signedMessage(first + index * size, size, model));
}

function signedMessage(first: number, size: number, model: string): Message {
  const now = new Date();
  const events = Array.from({ length: size }, (_, offset) => ({
    id: newId(),
    model,
    res_id: first + offset,
    operation: 'write',
    fields: ['city', 'name'],
    user_id: 7,
    company_id: 1,
    transaction: String(900_000 + first + offset),
    occurred_at: now.toISOString(),
    origin: null,
  }));
  const body = JSON.stringify({ version: 1, database: databaseUuid, sent_at: now.toISOString(), events });
  const id = newId();
  const timestamp = Math.floor(now.getTime() / 1000);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign([secret], id, timestamp, body),
    },
  };
}
