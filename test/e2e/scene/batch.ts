import { createHmac } from 'node:crypto';
import { v7 as newId } from 'uuid';

export interface EventToSend {
  readonly model: string;
  readonly res_id: number;
  readonly operation?: 'create' | 'write' | 'unlink';
  readonly fields?: readonly string[];
  readonly transaction?: string;
  readonly occurred_at?: string;
}

export interface SignedBatch {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A batch as the addon would send it, see docs/protocol.md; every event has a fresh id. */
export function signBatch(options: {
  readonly secret: string;
  readonly database: string;
  readonly events: readonly EventToSend[];
  /** Milliseconds since 1970, on the sender's clock. */
  readonly at?: number;
}): SignedBatch {
  const at = options.at ?? Date.now();
  const body = JSON.stringify({
    version: 1,
    database: options.database,
    sent_at: new Date(at).toISOString(),
    events: options.events.map((event) => ({
      id: newId(),
      operation: 'write',
      fields: [],
      user_id: null,
      company_id: null,
      transaction: '1',
      occurred_at: new Date(at).toISOString(),
      origin: null,
      ...event,
    })),
  });
  const id = `msg_${newId()}`;
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(options.secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  };
}
