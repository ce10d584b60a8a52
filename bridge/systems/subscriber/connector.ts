import { SystemError } from '../error.ts';
import { createHttp } from '../http.ts';
import { sign } from '../signature.ts';
import type { Connector, Finding, WriteChange, WriteDone } from '../system.ts';
import type { SubscriberOptions } from './options.ts';
import { refusalOf } from './refusal.ts';

const connections = 10;
/** So many that also a receiver which lets each message time out is through with them before a try ends. */
const messagesAtOnce = 30;
const defaultTimeoutMilliseconds = 15_000;

/**
 * Somebody who is told of business events: each is one signed message after Standard Webhooks. The id of a message is that of
 * its event at every try, so that a receiver knows it again.
 *
 * @example createSubscriber({ name: 'warehouse', url: 'https://example.com/events', secrets: () => ['whsec_…'] })
 */
export function createSubscriber(options: SubscriberOptions): Connector {
  const { name, secrets, now = Date.now } = options;
  const url = new URL(options.url);
  const path = url.pathname + url.search;
  const http = createHttp({
    system: name,
    baseUrl: url.origin,
    headers: () => ({ 'user-agent': 'services-bridge' }),
    timeoutMilliseconds: options.timeoutMilliseconds ?? defaultTimeoutMilliseconds,
    connections,
    answersMatter: false,
  });

  async function tell({ fields }: WriteChange, signal: AbortSignal): Promise<WriteDone> {
    const id = textOf(fields.id);
    const text = textOf(fields.message);
    const timestamp = Math.floor(now() / 1000);
    try {
      await http.request({
        method: 'POST',
        path,
        text,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': sign(secrets(), id, timestamp, text),
        },
        action: `tell ${name} of ${textOf(fields.type)} ${id}`,
        // The receiver knows a message again by its id.
        repeatable: true,
        signal,
      });
    } catch (error) {
      throw error instanceof SystemError ? refusalOf(name, error) : error;
    }
    return { ok: true, id, result: 'created' };
  }

  /** Any answer will do: a receiver of events may answer a plain request as it likes. */
  async function reach(signal: AbortSignal): Promise<Finding> {
    try {
      await http.request({ method: 'HEAD', path, action: `reach ${name}`, signal });
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (error.status === undefined)
        return { level: 'error', message: error.message, remedy: `Correct the address of ${name}.` };
    }
    return { level: 'ok', message: 'It can be reached.' };
  }

  const onlyTold = () =>
    Promise.reject(new TypeError(`${name} is told of events; nothing else is asked of it`));

  return {
    system: name,
    entities: {},
    streams: [],
    claimLimit: messagesAtOnce,
    entitiesOf: () => [],
    read: onlyTold,
    find: onlyTold,
    write: (_entity, changes, signal) => Promise.all(changes.map((change) => tell(change, signal))),
    remove: onlyTold,
    poll() {
      throw new TypeError(`${name} is told of events; nothing is read from it`);
    },
    setup: async () => [],
    check: async (signal) => [...openRoad(url), await reach(signal)],
    close: http.close,
  };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('A message to a subscriber lacks a part');
  return value;
}

/** Signatures show that a message is ours, but hide nothing. */
function openRoad({ protocol, hostname }: URL): Finding[] {
  const stays = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'https:' || stays) return [];
  const message = 'Its events are sent unencrypted, for everybody on the way to read.';
  return [{ level: 'warning', message, remedy: 'Use an address that begins with https://.' }];
}
