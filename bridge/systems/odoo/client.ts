import { SystemError } from '../error.ts';
import { createJson2 } from './json2.ts';
import { createSlots, type Slots } from './slots.ts';
import type { CallOptions, OdooTransport, TransportName, TransportOptions } from './transport.ts';
import { type Row, readRows } from './value.ts';
import { readVersion } from './version.ts';
import { createXmlrpc } from './xmlrpc.ts';

export type Domain = readonly unknown[];

/** Odoo as the entities see it. All errors are `SystemError`. */
export interface OdooClient {
  readonly system: string;
  call(model: string, method: string, args: Record<string, unknown>, options: CallOptions): Promise<unknown>;
  /** The records of a model for which `domain` holds, archived ones too; those that may not be seen are left out. */
  searchRead(
    model: string,
    domain: Domain,
    fields: readonly string[],
    options: SearchOptions,
  ): Promise<Row[]>;
  /** The transport in use; asks for the server's version when that decides and is not known yet. */
  transport(signal: AbortSignal): Promise<OdooTransport>;
  close(): Promise<void>;
}

export interface SearchOptions {
  readonly signal: AbortSignal;
  /** For people: `read 20 customers`. */
  readonly action: string;
  readonly order?: string;
}

const transports: Readonly<Record<TransportName, (options: TransportOptions) => OdooTransport>> = {
  json2: createJson2,
  xmlrpc: createXmlrpc,
};

/** Only where records are looked for: in a write it would change what Odoo's own code finds. */
const seeArchived = { active_test: false };

/** First Odoo with JSON-2. */
const json2Since = 19;

/** Nothing is connected before the first call, so the bridge starts while Odoo is down. */
export function createClient(options: TransportOptions, choice: 'auto' | TransportName): OdooClient {
  let transport: OdooTransport | undefined = choice === 'auto' ? undefined : transports[choice](options);

  async function chosen(signal: AbortSignal): Promise<OdooTransport> {
    if (transport === undefined) {
      const { major } = await readVersion(options, signal);
      // Another call may have been as early.
      transport ??= transports[major >= json2Since ? 'json2' : 'xmlrpc'](options);
    }
    return transport;
  }

  async function call(model: string, method: string, args: Record<string, unknown>, call: CallOptions) {
    const transport = await chosen(call.signal);
    const end = call.changes === undefined ? undefined : await takeTurn(call.changes, call);
    try {
      return await transport.call(model, method, args, call);
    } finally {
      end?.();
    }
  }

  const turns = new Map<string, Slots>();

  /**
   * Odoo takes two batches of lines of the same orders at once only to undo one of them, wait for up to a second, and begin
   * it again: in turn it takes nearly twice as many.
   */
  async function takeTurn(thing: string, { signal, action }: CallOptions): Promise<() => void> {
    const slots = turns.get(thing) ?? createSlots(1);
    turns.set(thing, slots);
    try {
      return await slots.take(signal);
    } catch (cause) {
      // It was never sent.
      throw new SystemError('unavailable', `${action} was interrupted`, {
        system: options.system,
        action,
        cause,
      });
    }
  }

  return {
    system: options.system,
    call,
    async searchRead(model, domain, fields, { signal, action, order = 'id' }) {
      const answer = await call(
        model,
        'search_read',
        { domain, fields, order },
        { signal, action, repeatable: true, context: seeArchived },
      );
      const rows = readRows(answer);
      if (rows !== undefined) return rows;
      const { system } = options;
      throw new SystemError('invalid', `Odoo answered something that is no list of ${model}`, {
        system,
        action,
      });
    },
    transport: chosen,
    close: async () => transport?.close(),
  };
}
