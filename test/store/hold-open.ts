// Started by tests as a process of its own: opens the store, keeps an event, and holds it until it is killed.
import { openStore } from '../../bridge/store/store.ts';
import { event } from './samples.ts';

async function open(path: string): Promise<string> {
  try {
    const store = await openStore(path);
    return `open ${(await store.appendEvents([event('kept')])).accepted}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const answer = await open(process.argv[2] as string);
// Nothing refers to the store from here on; it must stay locked all the same.
for (let round = 0; round < 5; round++) {
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
}
process.stdout.write(`${answer}\n`);
setInterval(() => {}, 60_000);
