import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readBody } from '../bridge/intake/body.ts';
import { type ServerOptions, startServer } from '../bridge/server.ts';

interface Failure {
  readonly message: string;
  readonly senderGone: boolean;
}

async function start(odooIntake: ServerOptions['odooIntake'], change: Partial<ServerOptions> = {}) {
  const failures: Failure[] = [];
  let tell: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    notReady: () => ['odoo: is being looked at'],
    onFailure(error, senderGone) {
      failures.push({ message: error.message, senderGone });
      tell();
    },
    odooIntake,
    ...change,
  });
  onTestFinished(() => server.close());
  return { address: `http://127.0.0.1:${server.port}`, port: server.port, failures, told };
}

test('a failure inside is answered as JSON that tells nothing of it, and reported', async () => {
  const { address, failures } = await start(() => Promise.reject(new Error('disk full at /data')));
  const answer = await fetch(`${address}/intake/odoo`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(503);
  const body = (await answer.json()) as { error: string; message: string };
  expect(body.error).toBe('unavailable');
  expect(body.message).not.toContain('disk');
  expect(failures).toEqual([{ message: 'disk full at /data', senderGone: false }]);
});

test('a sender that hangs up in the middle is no failure of the bridge', async () => {
  const { port, failures, told } = await start(async (context) => {
    await readBody(context.env.incoming, 1000);
    return context.json({});
  });
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST /intake/odoo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () =>
      socket.destroy(),
    );
  });
  await told;
  expect(failures).toMatchObject([{ senderGone: true }]);
});

test('says that it lives, what keeps it from working, and what it does not have', async () => {
  const { address } = await start(async (context) => context.json({}));
  expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: 'ok' });
  const ready = await fetch(`${address}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not ready', problems: ['odoo: is being looked at'] },
  ]);
  expect((await fetch(`${address}/elsewhere`)).status).toBe(404);
  expect((await fetch(`${address}/metrics`)).status).toBe(404);
});

test('takes only so many connections at once', async () => {
  let turnedAway = 0;
  const { address, port } = await start(async (context) => context.json({}), {
    mostConnections: 2,
    onTurnedAway: () => turnedAway++,
  });
  const idle = Array.from({ length: 2 }, () => connect(port, '127.0.0.1'));
  onTestFinished(() => {
    for (const socket of idle) socket.destroy();
  });
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  expect(turnedAway).toBe(1);
  for (const socket of idle) socket.destroy();
  await expect
    .poll(() =>
      fetch(`${address}/healthz`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});
