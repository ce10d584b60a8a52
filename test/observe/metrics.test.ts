import { describe, expect, test } from 'vitest';
import { createMetrics, type MetricsOptions, type QueueDepth } from '../../bridge/observe/metrics.ts';

const noon = Date.parse('2026-01-31T12:00:00.000Z');

function metricsAtNoon(options: Partial<MetricsOptions> = {}) {
  const metrics = createMetrics({ queues: async () => [], now: () => noon, process: false, ...options });
  /** Lines of the samples whose name begins so. */
  const samples = async (name: string) =>
    (await metrics.expose()).text.split('\n').filter((line) => line.startsWith(name));
  return { metrics, samples };
}

describe('counted is', () => {
  test('what came in, new and known', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.eventsReceived('odoo', { accepted: 3, duplicates: 1 });
    metrics.eventsReceived('odoo', { accepted: 2, duplicates: 0 });
    metrics.eventsReceived('harvest', { accepted: 1, duplicates: 0 });
    expect(await samples('bridge_events_received_total')).toEqual([
      'bridge_events_received_total{system="odoo",outcome="accepted"} 5',
      'bridge_events_received_total{system="odoo",outcome="duplicate"} 1',
      'bridge_events_received_total{system="harvest",outcome="accepted"} 1',
    ]);
  });

  test('what was refused, and why', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.webhookRejected('bad_signature');
    metrics.webhookRejected('bad_signature');
    metrics.webhookRejected('too_large');
    expect(await samples('bridge_webhooks_rejected_total')).toEqual([
      'bridge_webhooks_rejected_total{reason="bad_signature"} 2',
      'bridge_webhooks_rejected_total{reason="too_large"} 1',
    ]);
  });

  test('what was read', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.refreshed('odoo', { readings: 20, changed: 3, durationMs: 40 });
    metrics.refreshed('odoo', { readings: 5, changed: 0, durationMs: 400 });
    expect(await samples('bridge_refresh_objects_total')).toEqual([
      'bridge_refresh_objects_total{system="odoo"} 25',
    ]);
    expect(await samples('bridge_refresh_changes_total')).toEqual([
      'bridge_refresh_changes_total{system="odoo"} 3',
    ]);
    expect(await samples('bridge_refresh_duration_seconds_count')).toEqual([
      'bridge_refresh_duration_seconds_count{system="odoo"} 2',
    ]);
    expect(await samples('bridge_refresh_duration_seconds_bucket{le="0.05"')).toEqual([
      'bridge_refresh_duration_seconds_bucket{le="0.05",system="odoo"} 1',
    ]);
  });

  test('every try, what it came to, and the state it led to', async () => {
    const { metrics, samples } = metricsAtNoon();
    for (const outcome of [
      'created',
      'unchanged',
      'retry',
      'waiting',
      'proposed',
      'dead',
      'shadowed',
    ] as const)
      metrics.attempted('hubspot', outcome, 200);
    expect(await samples('bridge_deliveries_total')).toEqual([
      'bridge_deliveries_total{target="hubspot",state="done"} 2',
      'bridge_deliveries_total{target="hubspot",state="pending"} 1',
      'bridge_deliveries_total{target="hubspot",state="waiting"} 2',
      'bridge_deliveries_total{target="hubspot",state="dead"} 1',
      'bridge_deliveries_total{target="hubspot",state="shadowed"} 1',
    ]);
    expect(await samples('bridge_attempt_duration_seconds_sum')).toEqual([
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="created"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="unchanged"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="retry"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="waiting"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="proposed"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="dead"} 0.2',
      'bridge_attempt_duration_seconds_sum{target="hubspot",outcome="shadowed"} 0.2',
    ]);
    expect(await samples('bridge_delivery_last_success')).toEqual([
      `bridge_delivery_last_success_timestamp_seconds{target="hubspot"} ${noon / 1000}`,
    ]);
  });

  test('no success where there was none', async () => {
    const { metrics, samples } = metricsAtNoon();
    for (const outcome of ['retry', 'waiting', 'proposed', 'dead'] as const)
      metrics.attempted('hubspot', outcome, 200);
    expect(await samples('bridge_delivery_last_success')).toEqual([]);
  });

  test('polls that worked and that failed', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.polled('harvest', 'time');
    metrics.pollFailed('harvest', 'time');
    metrics.pollFailed('harvest', 'users');
    expect(await samples('bridge_polls_total')).toContain(
      'bridge_polls_total{system="harvest",stream="time",outcome="worked"} 1',
    );
    expect(await samples('bridge_polls_total')).toContain(
      'bridge_polls_total{system="harvest",stream="users",outcome="failed"} 1',
    );
    expect(
      await samples('bridge_poll_last_success_timestamp_seconds{system="harvest",stream="time"'),
    ).toEqual([`bridge_poll_last_success_timestamp_seconds{system="harvest",stream="time"} ${noon / 1000}`]);
  });

  test('a stream that never worked has no last success', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.pollFailed('harvest', 'users');
    expect(await samples('bridge_poll_last_success')).toEqual([]);
  });

  test('pauses', async () => {
    const { metrics, samples } = metricsAtNoon();
    metrics.paused('hubspot', 'limited');
    expect(await samples('bridge_pauses_total')).toEqual([
      'bridge_pauses_total{system="hubspot",error="limited"} 1',
    ]);
  });
});

describe('the outbox', () => {
  const pending: QueueDepth = {
    target: 'hubspot',
    state: 'pending',
    count: 7,
    oldestAt: '2026-01-31T11:58:30.000Z',
  };

  test('is counted once for each time that the figures are fetched', async () => {
    let counts = 0;
    const { metrics } = metricsAtNoon({
      queues: async () => {
        counts++;
        return [pending];
      },
    });
    await metrics.expose();
    expect(counts).toBe(1);
    await metrics.expose();
    expect(counts).toBe(2);
  });

  test('shows depth and age, and zero when a queue has become empty', async () => {
    let depths: readonly QueueDepth[] = [pending];
    const { samples } = metricsAtNoon({ queues: async () => depths });
    expect(await samples('bridge_outbox')).toEqual([
      'bridge_outbox_deliveries{target="hubspot",state="pending"} 7',
      'bridge_outbox_oldest_age_seconds{target="hubspot",state="pending"} 90',
    ]);
    depths = [];
    expect(await samples('bridge_outbox')).toEqual([
      'bridge_outbox_deliveries{target="hubspot",state="pending"} 0',
      'bridge_outbox_oldest_age_seconds{target="hubspot",state="pending"} 0',
    ]);
  });

  test('of events shows what is not worked off and since when, and zero when all is', async () => {
    let depths = [{ system: 'odoo', open: 3, oldestAt: new Date(noon - 60_000).toISOString() }];
    let counts = 0;
    const { samples } = metricsAtNoon({
      events: async () => {
        counts++;
        return depths;
      },
    });
    expect(await samples('bridge_inbox')).toEqual([
      'bridge_inbox_events{system="odoo"} 3',
      'bridge_inbox_oldest_age_seconds{system="odoo"} 60',
    ]);
    expect(counts).toBe(1);
    depths = [];
    expect(await samples('bridge_inbox')).toEqual([
      'bridge_inbox_events{system="odoo"} 0',
      'bridge_inbox_oldest_age_seconds{system="odoo"} 0',
    ]);
  });

  test('that cannot be counted fails the answer, and only that one', async () => {
    let isBroken = true;
    const { metrics } = metricsAtNoon({
      queues: async () => {
        if (isBroken) throw new Error('database is closed');
        return [pending];
      },
    });
    await expect(metrics.expose()).rejects.toThrow('database is closed');
    isBroken = false;
    await expect(metrics.expose()).resolves.toMatchObject({
      text: expect.stringContaining('bridge_outbox_deliveries'),
    });
  });
});

test('figures of the process are there, and two sets do not get in each other’s way', async () => {
  const sets = [createMetrics({ queues: async () => [] }), createMetrics({ queues: async () => [] })];
  for (const set of sets) {
    const { text, contentType } = await set.expose();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(contentType).toMatch(/^text\/plain/);
  }
});
