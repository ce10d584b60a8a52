// Started by tests as a process of its own: opens the store, keeps some events, and holds it until it is killed.
import { openStore } from '../../bridge/store/store.ts';
import { event } from './samples.ts';

const path = process.argv[2] as string;
try {
  const store = await openStore(path);
  const counts = await store.appendEvents([event('kept')]);
  // Nothing refers to the store from here on; it must stay locked all the same.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  process.stdout.write(`open ${counts.accepted}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(`${(error as Error).name}: ${(error as Error).message}\n`);
}
