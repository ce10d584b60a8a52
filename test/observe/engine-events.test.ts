import { expect, test } from 'vitest';
import type { EngineEvent } from '../../bridge/engine/observer.ts';
import { observeEngine } from '../../bridge/observe/engine-events.ts';
import { createMetrics } from '../../bridge/observe/metrics.ts';
import { logLines } from './lines.ts';

const attempted: EngineEvent = {
  kind: 'attempted',
  target: 'hubspot',
  entity: 'customer',
  deliveryId: 'd1',
  sourceObject: 'odoo:customer:42',
  correlation: 'odoo:918273',
  outcome: 'created',
  durationMs: 120,
  tries: 1,
};

async function observe(events: readonly EngineEvent[], level: 'debug' | 'info' = 'debug') {
  const { log, lines } = logLines(level);
  const metrics = createMetrics({ queues: async () => [], process: false });
  const observer = observeEngine(log, metrics);
  for (const event of events) observer(event);
  return { lines, text: (await metrics.expose()).text };
}

test('a delivery is logged with its correlation, and counted', async () => {
  const { lines, text } = await observe([attempted]);
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.any(String),
      target: 'hubspot',
      entity: 'customer',
      deliveryId: 'd1',
      sourceObject: 'odoo:customer:42',
      correlation: 'odoo:918273',
      outcome: 'created',
      durationMs: 120,
      tries: 1,
      message: 'delivered',
    },
  ]);
  expect(text).toContain('bridge_deliveries_total{target="hubspot",state="done"} 1');
});

test('a delivery that needs a person is an error, with its cause beside the message', async () => {
  const { lines } = await observe([
    { ...attempted, outcome: 'dead', message: 'The VAT number is not valid.' },
  ]);
  expect(lines[0]).toMatchObject({
    level: 'error',
    message: 'delivery needs a person',
    cause: 'The VAT number is not valid.',
  });
});

test.each<[EngineEvent, string, string, string | undefined]>([
  [{ ...attempted, outcome: 'retry' }, 'warn', 'delivery will be tried again', 'state="pending"} 1'],
  [{ ...attempted, outcome: 'waiting' }, 'info', 'delivery waits for a link', 'state="waiting"} 1'],
  [
    { ...attempted, outcome: 'proposed' },
    'info',
    'delivery waits for a person to decide about a match',
    'state="waiting"} 1',
  ],
  [
    { kind: 'refreshed', system: 'odoo', events: 3, readings: 2, changed: 1, durationMs: 10 },
    'debug',
    'events worked off',
    'bridge_refresh_objects_total{system="odoo"} 2',
  ],
  [
    { kind: 'unreadable', system: 'odoo', entity: 'customer', id: '42', message: 'no access' },
    'warn',
    'object could not be read',
    undefined,
  ],
  [
    { kind: 'polled', system: 'harvest', stream: 'time', pages: 1, accepted: 2, durationMs: 30 },
    'info',
    'stream polled',
    'bridge_polls_total{system="harvest",stream="time",outcome="worked"} 1',
  ],
  [
    { kind: 'polled', system: 'harvest', stream: 'time', pages: 1, accepted: 0, durationMs: 30 },
    'debug',
    'stream polled',
    'bridge_polls_total{system="harvest",stream="time",outcome="worked"} 1',
  ],
  [
    { kind: 'poll-failed', system: 'harvest', stream: 'time', message: 'not reachable' },
    'warn',
    'stream could not be polled',
    'bridge_polls_total{system="harvest",stream="time",outcome="failed"} 1',
  ],
])('%o is logged as %s', async (event, level, message, counted) => {
  const { lines, text } = await observe([event]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level, message });
  if (counted !== undefined) expect(text).toContain(counted);
});

test('a pause says until when', async () => {
  const untilMs = Date.parse('2026-01-31T12:00:00.000Z');
  const { lines, text } = await observe([
    { kind: 'paused', system: 'hubspot', error: 'limited', message: 'too many requests', untilMs },
  ]);
  expect(lines[0]).toMatchObject({
    level: 'warn',
    until: '2026-01-31T12:00:00.000Z',
    cause: 'too many requests',
  });
  expect(text).toContain('bridge_pauses_total{system="hubspot",error="limited"} 1');
});

test('an unexpected failure keeps its error', async () => {
  const { lines } = await observe([{ kind: 'failed', where: 'deliver', error: new TypeError('bug') }]);
  expect(lines[0]).toMatchObject({
    level: 'error',
    message: 'unexpected failure',
    where: 'deliver',
    error: { type: 'TypeError', message: 'bug', stack: expect.any(String) },
  });
});

test('below the level nothing is written, but counted', async () => {
  const quiet: EngineEvent = {
    kind: 'refreshed',
    system: 'odoo',
    events: 1,
    readings: 1,
    changed: 0,
    durationMs: 1,
  };
  const { lines, text } = await observe([quiet], 'info');
  expect(lines).toEqual([]);
  expect(text).toContain('bridge_refresh_objects_total{system="odoo"} 1');
});
