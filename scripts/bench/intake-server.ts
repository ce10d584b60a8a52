/**
 * The bridge's own server and intake, in one of three ways: `durable` as it is, `parse` without keeping anything
 * (verified and parsed only), `one-commit` with a commit for each request.
 */
import { createOdooIntake } from '../../bridge/intake/odoo.ts';
import { startServer } from '../../bridge/server.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { parseBatch } from '../../bridge/systems/odoo/event.ts';
import { createVerifier } from '../../bridge/systems/signature.ts';
import { serveParent } from './child.ts';
import { secret } from './messages.ts';

const [mode = 'durable', path = ''] = process.argv.slice(2);

async function storeFor(): Promise<Store> {
  const store = await openStore(path);
  if (mode === 'durable') return store;
  if (mode === 'parse') {
    return {
      ...store,
      appendEvents: async (events) => ({ accepted: events.length, duplicates: 0 }),
    };
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    appendEvents(events) {
      const mine = last.then(() => store.appendEvents(events));
      last = mine;
      return mine;
    },
  };
}

const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  onFailure: (error) => console.error(error),
  notReady: () => [],
  odooIntake: createOdooIntake({
    system: 'odoo',
    store: await storeFor(),
    parse: parseBatch,
    verifier: createVerifier([secret], 3600),
    mostBytes: 10_000_000,
    rate: { take: () => 0 },
    database: undefined,
    stopping: () => false,
    onStored: () => {},
    onRejected: (reason, message) => console.error(reason, message),
  }),
});
serveParent({ port: server.port });
