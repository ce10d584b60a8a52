// Started by tests as a process of its own: opens the store, keeps some events, and holds it until it is killed.
import { openStore } from '../../bridge/store/store.ts';
import { event } from './samples.ts';

const path = process.argv[2] as string;
try {
  const store = await openStore(path);
  const counts = await store.appendEvents([event('kept')]);
  process.stdout.write(`open ${counts.accepted}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(`${(error as Error).name}: ${(error as Error).message}\n`);
}
