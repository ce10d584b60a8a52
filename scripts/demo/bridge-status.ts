import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus, type Status } from '../../bridge/store/status.ts';

/** What `bridge status` prints, without the time that a process takes to start. */
export async function bridgeStatus({ DATABASE_PATH }: Readonly<Record<string, string>>): Promise<Status> {
  const database = openDatabaseForReading(DATABASE_PATH as string);
  try {
    return await readStatus(database);
  } finally {
    await database.kysely.destroy();
  }
}

/** True when the bridge has nothing left to do by itself. What flows do may wait for days, for the hours of finance. */
export const isQuiet = ({ events, queues }: Status): boolean =>
  events.length === 0 &&
  queues.every(
    ({ target, state }) => target.endsWith(':actions') || (state !== 'pending' && state !== 'leased'),
  );

/** Deliveries to a system that have not arrived yet. */
export const stillWaiting = ({ queues }: Status, target: string): number =>
  queues
    .filter((queue) => queue.target === target && (queue.state === 'pending' || queue.state === 'leased'))
    .reduce((sum, { count }) => sum + count, 0);
