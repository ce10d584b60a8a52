import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../bridge/engine/engine.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { openStore } from '../../bridge/store/store.ts';
import { createSubscriber } from '../../bridge/systems/subscriber/connector.ts';
import { temporaryPath } from '../store/temporary.ts';
import { type Receiver, startReceiver } from '../systems/subscriber/receiver.ts';
import { MemorySystem } from './memory-system.ts';

// The whole way in real time, over real connections: what the engine makes of what a receiver answers.

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const rules: RuleSet = {
  version: 'test',
  systems: [{ name: 'odoo', connector: 'memory', role: 'erp', poll: {}, options: {}, shadow: false }],
  rules: [],
  entities: {},
  tables: {},
  subscribers: [{ name: 'ledger', events: ['invoice.posted', 'invoice.paid', 'invoice.disputed'] }],
  flows: [],
  reconciliations: [],
};

async function startBridge(receiver: Receiver, path: string, odoo: MemorySystem) {
  const subscriber = createSubscriber({
    name: 'ledger',
    url: receiver.url,
    secrets: () => [secret],
    timeoutMilliseconds: 300,
  });
  const store = await openStore(path);
  const landscape = createLandscape(rules, [odoo, subscriber]);
  const engine = createEngine({ store, landscape, observe: () => {}, random: () => 0 });
  await engine.start();
  const stop = async () => {
    await engine.stop(0);
    await subscriber.close();
    await store.close();
  };
  let number = 0;
  const change = async (id: string, fields: State) => {
    odoo.put('invoice', id, { ...odoo.get('invoice', id), ...fields });
    await store.appendEvents([
      {
        id: `${path} ${++number}`,
        system: 'odoo',
        type: 'odoo.invoice',
        objectId: id,
        operation: 'create',
        fields: [],
        correlation: `odoo:${number}`,
        occurredAt: new Date().toISOString(),
        echo: false,
      },
    ]);
    engine.wake('odoo');
  };
  return { change, stop };
}

const posted = { kind: 'invoice', status: 'posted', payment: 'not_paid', disputed: false };
const newOdoo = () => new MemorySystem({ name: 'odoo', entities: { invoice: {} } });
const toldTo = ({ received }: Receiver) =>
  received.map(({ message }) => `${message.type} ${(message.object as { id: string }).id}`);

test('a receiver in trouble gets every event in the end, in order, each under one id', async () => {
  const receiver = await startReceiver([secret]);
  const bridge = await startBridge(receiver, temporaryPath(), newOdoo());
  onTestFinished(bridge.stop);
  receiver.replies.push(500, { status: 429, headers: { 'retry-after': '1' } }, 'hang', 410, 204);
  await bridge.change('1', posted);
  await receiver.count(1);
  await bridge.change('1', { payment: 'paid' });
  await receiver.count(6);
  expect(toldTo(receiver)).toEqual([
    ...Array.from({ length: 5 }, () => 'invoice.posted 1'),
    'invoice.paid 1',
  ]);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
  expect(new Set(receiver.received.map(({ problem }) => problem))).toEqual(new Set([undefined]));
});

test('one event that is refused holds up nobody', async () => {
  const receiver = await startReceiver([secret]);
  const bridge = await startBridge(receiver, temporaryPath(), newOdoo());
  onTestFinished(bridge.stop);
  receiver.replies.push(422);
  await bridge.change('1', posted);
  await receiver.count(1);
  await bridge.change('1', { disputed: true });
  await bridge.change('2', posted);
  await receiver.count(3);
  expect(toldTo(receiver).sort()).toEqual(['invoice.disputed 1', 'invoice.posted 1', 'invoice.posted 2']);
});

test('after a restart in the middle of a message it comes again', async () => {
  const receiver = await startReceiver([secret]);
  const path = temporaryPath();
  const odoo = newOdoo();
  const first = await startBridge(receiver, path, odoo);
  receiver.replies.push('hang');
  await first.change('1', posted);
  await receiver.count(1);
  await first.stop();
  const second = await startBridge(receiver, path, odoo);
  onTestFinished(second.stop);
  await receiver.count(2);
  const [before, after] = receiver.received;
  expect(after?.id).toBe(before?.id);
  expect(after?.message).toEqual(before?.message);
});
