import { describe, expect, onTestFinished, test } from 'vitest';
import { eventEntity } from '../../../bridge/store/business-event.ts';
import { SystemError } from '../../../bridge/systems/error.ts';
import { createSubscriber } from '../../../bridge/systems/subscriber/connector.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { type Receiver, type Reply, startReceiver } from './receiver.ts';

const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const present = secretOf(1);
const next = secretOf(2);

async function start(secrets: readonly string[] = [present], known: readonly string[] = [present]) {
  const receiver = await startReceiver(known);
  const subscriber = subscribe(receiver.url, secrets);
  const tell = (id: string) => subscriber.write(eventEntity, [event(id)], AbortSignal.timeout(10_000));
  return { receiver, subscriber, tell };
}

function subscribe(url: string, secrets: readonly string[] = [present]) {
  const subscriber = createSubscriber({
    name: 'ledger',
    url,
    secrets: () => secrets,
    timeoutMilliseconds: 200,
  });
  onTestFinished(() => subscriber.close());
  return subscriber;
}

const event = (id: string): WriteChange => ({
  reference: `bridge:business_event:${id}`,
  fields: {
    id,
    type: 'invoice.paid',
    message: JSON.stringify({ id, type: 'invoice.paid', data: { name: 'Müller' } }),
  },
  uncertain: false,
});

async function failureAfter(...replies: Reply[]): Promise<SystemError> {
  const { receiver, tell } = await start();
  receiver.replies.push(...replies);
  const error = await tell('one').then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof SystemError)) throw new Error(`Ended with ${error}`);
  return error;
}

const problems = (receiver: Receiver) => receiver.received.map(({ problem }) => problem);

describe('a message', () => {
  test('is posted to the address as it stands, signed, under the id of its event', async () => {
    const { receiver, tell } = await start();
    expect(await tell('one')).toEqual([{ ok: true, id: 'one', result: 'created' }]);
    expect(receiver.received).toMatchObject([
      {
        path: '/events/?for=bridge',
        id: 'one',
        problem: undefined,
        message: { id: 'one', type: 'invoice.paid', data: { name: 'Müller' } },
      },
    ]);
  });

  test('keeps its id when it is sent again', async () => {
    const { receiver, tell } = await start();
    await tell('one');
    await tell('one');
    expect(receiver.received.map(({ id }) => id)).toEqual(['one', 'one']);
    expect(problems(receiver)).toEqual([undefined, undefined]);
  });

  test('is signed with both secrets while one is replaced', async () => {
    for (const known of [present, next]) {
      const { receiver, tell } = await start([present, next], [known]);
      await tell('one');
      expect(problems(receiver)).toEqual([undefined]);
      expect(receiver.received[0]?.signature.split(' ')).toHaveLength(2);
    }
  });

  test('can be told from one that somebody else signed', async () => {
    const { receiver, tell } = await start([next], [present]);
    await tell('one');
    expect(problems(receiver)).toEqual(['bad_signature']);
  });
});

describe('what an answer means', () => {
  test('any success is one, whatever it says', async () => {
    const { receiver, tell } = await start();
    receiver.replies.push(200, 201, 202);
    for (const id of ['one', 'two', 'three']) expect(await tell(id)).toMatchObject([{ ok: true }]);
  });

  test.each([
    [400, 'invalid'],
    [409, 'invalid'],
    [413, 'invalid'],
    [422, 'invalid'],
    [301, 'denied'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'denied'],
    [405, 'denied'],
    [410, 'denied'],
    [408, 'unavailable'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
  ])('%i is %s', async (status, kind) => {
    expect(await failureAfter(status)).toMatchObject({ kind, status, system: 'ledger' });
  });

  test('too many say when to come again', async () => {
    const error = await failureAfter({ status: 429, headers: { 'retry-after': '7' } });
    expect(error).toMatchObject({ kind: 'limited', retryAfterMilliseconds: 7000 });
  });

  test('none in time may be sent again: the receiver knows it by its id', async () => {
    expect(await failureAfter('hang', 'hang', 'hang')).toMatchObject({
      kind: 'unavailable',
      status: undefined,
    });
  });

  test('messages for people say what to do, without address or secret', async () => {
    const gone = await failureAfter(410);
    expect(gone.message).toBe(
      'ledger wants no events any more (status 410). Take it out of the subscribers, or correct its address. Events for it wait meanwhile.',
    );
    for (const status of [400, 401, 404, 410, 500]) {
      const { message } = await failureAfter(status);
      expect(message).not.toMatch(/127\.0\.0\.1|whsec_/);
    }
  });
});

describe('the check', () => {
  test('is content with any answer, and tells nobody of anything', async () => {
    const { receiver, subscriber } = await start();
    expect(await subscriber.check(AbortSignal.timeout(5000))).toEqual([
      { level: 'ok', message: 'It can be reached.' },
    ]);
    expect(receiver.received).toEqual([]);
  });

  test('says when nobody is there', async () => {
    const findings = await subscribe('http://127.0.0.1:1/events').check(AbortSignal.timeout(5000));
    expect(findings).toMatchObject([{ level: 'error', remedy: 'Correct the address of ledger.' }]);
  });

  test('warns of an open road', async () => {
    const findings = await subscribe('http://subscriber.invalid/events').check(AbortSignal.timeout(5000));
    expect(findings).toMatchObject([{ level: 'warning' }, { level: 'error' }]);
  });
});
