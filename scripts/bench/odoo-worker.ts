import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { OdooServer } from '../odoo/odoo.ts';

/** One action; `id` is `null` to create a record. */
export interface Item {
  readonly id: number | null;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Work {
  readonly model: string;
  readonly items: readonly Item[];
  /** Seconds before each action. */
  readonly pause: number;
}

export interface Report {
  /** Milliseconds of each action, in order. */
  readonly durations: readonly number[];
  /** The record of each action. */
  readonly ids: readonly number[];
}

/** A process with Odoo's code in it and nothing else to do, which acts as one user. */
export interface OdooWorker {
  /** Resolves when all is done; one at a time. */
  act(work: Work): Promise<Report>;
  end(): Promise<void>;
}

/** Starts `odoo shell` on the server's database. It comes back to ask for work, so it may stay while others work. */
export async function startWorker(odoo: OdooServer, userId: number): Promise<OdooWorker> {
  const control = createServer();
  // An action may take any time.
  control.requestTimeout = 0;
  let arrived: ((call: { report: Report; response: ServerResponse }) => void) | undefined;
  control.on('request', async (request, response) => {
    arrived?.({ report: (await json(request)) as Report, response });
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));

  const settings = {
    control: `http://127.0.0.1:${(control.address() as AddressInfo).port}/`,
    user: userId,
    context: { lang: 'en_US', tz: 'UTC' },
  };
  const program = await readFile(new URL('odoo-worker.py', import.meta.url), 'utf8');
  const script = `import json\nSETTINGS = json.loads(${JSON.stringify(JSON.stringify(settings))})\n${program}`;
  const nextCall = () =>
    new Promise<{ report: Report; response: ServerResponse }>((resolve) => {
      arrived = resolve;
    });
  const first = nextCall();
  const shell = odoo.command('shell', script);
  const ended = shell.then(() => {
    throw new Error('odoo shell ended before its work did');
  });
  ended.catch(() => {});
  let { response: idle } = await Promise.race([first, ended]);

  return {
    async act(work) {
      const done = nextCall();
      idle.end(JSON.stringify(work));
      const { report, response } = await Promise.race([done, ended]);
      idle = response;
      return report;
    },
    async end() {
      idle.end('null');
      await shell;
      control.close();
    },
  };
}
