import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { eventEntity } from '../../bridge/store/business-event.ts';
import { createSubscriber } from '../../bridge/systems/subscriber/connector.ts';

const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;

/** The receiver of docs/events.md as a process, with the lines that it prints. */
function startExample(secret: string) {
  const child = spawn(process.execPath, ['docs/examples/receiver.mjs'], {
    env: { SECRETS: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

test('the receiver that is shown takes what the bridge sends, once, and nothing that others sent', async () => {
  const lines = startExample(secretOf(1));
  const { value: first } = await lines.next();
  const port = /port (\d+)$/.exec(String(first))?.[1];
  const sendAs = (secret: string) => {
    const sender = createSubscriber({
      name: 'example',
      url: `http://127.0.0.1:${port}/`,
      secrets: () => [secret],
    });
    onTestFinished(() => sender.close());
    return sender;
  };
  const ours = sendAs(secretOf(1));
  const others = sendAs(secretOf(2));
  const tell = (sender: typeof ours, id: string) => {
    const event = { id, type: 'invoice.paid', timestamp: id, object: { id: '7' }, data: { total: '1.00' } };
    const fields = { id, type: event.type, message: JSON.stringify(event) };
    const change = { reference: id, fields, uncertain: false };
    return sender.write(eventEntity, [change], AbortSignal.timeout(5000));
  };

  await expect(tell(others, 'forged')).rejects.toMatchObject({ kind: 'denied', status: 401 });
  for (const id of ['one', 'one', 'two']) expect(await tell(ours, id)).toMatchObject([{ ok: true }]);

  const printed = [(await lines.next()).value, (await lines.next()).value];
  expect(printed).toEqual(['one', 'two'].map((id) => `${id} invoice.paid 7 { total: '1.00' }`));
});
