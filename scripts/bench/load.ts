import { Pool } from 'undici';
import type { Message } from './messages.ts';

/** Sends all messages over `connections` connections, each waiting for its answer; answers the seconds that took. */
export async function sendAll(
  url: string,
  messages: readonly Message[],
  connections: number,
): Promise<number> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let next = 0;
  async function sender(): Promise<void> {
    for (let index = next++; index < messages.length; index = next++) {
      const { body, headers } = messages[index] as Message;
      const answer = await pool.request({ method: 'POST', path: '/intake/odoo', body, headers });
      if (answer.statusCode !== 200)
        throw new Error(`status ${answer.statusCode}: ${await answer.body.text()}`);
      await answer.body.dump();
    }
  }
  const begin = performance.now();
  await Promise.all(Array.from({ length: connections }, sender));
  const seconds = (performance.now() - begin) / 1000;
  await pool.close();
  return seconds;
}
