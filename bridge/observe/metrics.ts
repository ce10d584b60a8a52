import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryState } from '../store/delivery-state.ts';
import type { Settlement } from '../store/settlement.ts';
import { perLabel, perLabels } from './children.ts';

/** Deliveries of one target that are in one state. */
export interface QueueDepth {
  readonly target: string;
  readonly state: string;
  readonly count: number;
  /** When the oldest of them was made: UTC ISO. */
  readonly oldestAt: string;
}

/** Events of one system that are not worked off. */
export interface EventDepth {
  readonly system: string;
  readonly open: number;
  /** When the oldest of them came in: UTC ISO. */
  readonly oldestAt: string;
}

/** How the instances of one flow stand. */
export interface FlowDepth {
  readonly flow: string;
  readonly running: number;
  /** Of those: their step needs a person. */
  readonly stuck: number;
  /** Of those: because it is late. */
  readonly late: number;
}

export interface MetricsOptions {
  /** Counts the deliveries that are not done; asked once for each time that the figures are fetched. */
  readonly queues: () => Promise<readonly QueueDepth[]>;
  /** Counts the events that are not worked off; asked like `queues`. Absent: nobody counts them. */
  readonly events?: () => Promise<readonly EventDepth[]>;
  /** Counts the instances of flows; asked like `queues`. Absent: there are no flows. */
  readonly flows?: () => Promise<readonly FlowDepth[]>;
  readonly now?: () => number;
  /** Figures of the process too (memory, event loop, garbage collection); default: yes. */
  readonly process?: boolean;
}

/** Figures about what the bridge does. Every method is cheap enough for each event and each delivery. */
export interface Metrics {
  /** Events came in by webhook or poll. */
  eventsReceived(system: string, counts: { readonly accepted: number; readonly duplicates: number }): void;
  webhookRejected(reason: string): void;
  /** A batch of events was worked off. */
  refreshed(
    system: string,
    batch: { readonly readings: number; readonly changed: number; readonly durationMs: number },
  ): void;
  /** A delivery was tried, and came to this. */
  attempted(target: string, outcome: Settlement['outcome'], durationMs: number): void;
  /** Nothing is sent to the system for a while, because of this kind of error. */
  paused(system: string, error: string): void;
  polled(system: string, stream: string): void;
  pollFailed(system: string, stream: string): void;
  /** All figures in the text format of Prometheus, and the content type to send them with. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const refreshBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A batch of writes to a partner takes from milliseconds (a sandbox) to its time limit. */
const attemptBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(options: MetricsOptions): Metrics {
  const now = options.now ?? Date.now;
  const registry = new Registry();
  const registers = [registry];
  if (options.process !== false) collectDefaultMetrics({ register: registry });

  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const timer = (name: string, help: string, labelNames: readonly string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames: [...labelNames], buckets, registers });
  const moment = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });

  const received = counter('bridge_events_received_total', 'Events that came in.', ['system', 'outcome']);
  const rejected = counter('bridge_webhooks_rejected_total', 'Webhook messages that were refused.', [
    'reason',
  ]);
  const objectsRead = counter('bridge_refresh_objects_total', 'Objects that were read.', ['system']);
  const objectsChanged = counter('bridge_refresh_changes_total', 'Objects read that had changed.', [
    'system',
  ]);
  const refreshTime = timer(
    'bridge_refresh_duration_seconds',
    'Time to work off a batch of events.',
    ['system'],
    refreshBuckets,
  );
  const settled = counter('bridge_deliveries_total', 'Deliveries that came into this state.', [
    'target',
    'state',
  ]);
  const attemptTime = timer(
    'bridge_attempt_duration_seconds',
    'Time of tries at deliveries, by what they came to.',
    ['target', 'outcome'],
    attemptBuckets,
  );
  const delivered = moment('bridge_delivery_last_success_timestamp_seconds', 'Last delivery that was done.', [
    'target',
  ]);
  const pauses = counter('bridge_pauses_total', 'Times that a system was left alone.', ['system', 'error']);
  const polls = counter('bridge_polls_total', 'Polls of a stream.', ['system', 'stream', 'outcome']);
  const pollSuccess = moment('bridge_poll_last_success_timestamp_seconds', 'Last poll that worked.', [
    'system',
    'stream',
  ]);
  registerQueues(registry, options.queues, now);
  if (options.events !== undefined) registerEvents(registry, options.events, now);
  if (options.flows !== undefined) registerFlows(registry, options.flows);

  // Label sets are few and come again and again, so what prom-client makes of them is kept.
  const receivedBy = perLabel((system) => ({
    accepted: received.labels(system, 'accepted'),
    duplicates: received.labels(system, 'duplicate'),
  }));
  const rejectedFor = perLabel((reason) => rejected.labels(reason));
  const refreshOf = perLabel((system) => ({
    objects: objectsRead.labels(system),
    changes: objectsChanged.labels(system),
    time: refreshTime.labels(system),
  }));
  const attemptOn = perLabels((target, outcome: Settlement['outcome']) => {
    const state = stateAfter[outcome];
    return {
      state: settled.labels(target, state),
      time: attemptTime.labels(target, outcome),
      success: state === 'done' ? delivered.labels(target) : undefined,
    };
  });
  const pollOf = perLabels((system, stream) => ({
    worked: polls.labels(system, stream, 'worked'),
    failed: polls.labels(system, stream, 'failed'),
    success: pollSuccess.labels(system, stream),
  }));

  return {
    eventsReceived(system, { accepted, duplicates }) {
      const children = receivedBy(system);
      if (accepted > 0) children.accepted.inc(accepted);
      if (duplicates > 0) children.duplicates.inc(duplicates);
    },
    webhookRejected: (reason) => rejectedFor(reason).inc(),
    refreshed(system, { readings, changed, durationMs }) {
      const children = refreshOf(system);
      children.objects.inc(readings);
      children.changes.inc(changed);
      children.time.observe(durationMs / 1000);
    },
    attempted(target, outcome, durationMs) {
      const children = attemptOn(target, outcome);
      children.state.inc();
      children.time.observe(durationMs / 1000);
      children.success?.set(now() / 1000);
    },
    paused: (system, error) => pauses.labels(system, error).inc(),
    polled(system, stream) {
      const children = pollOf(system, stream);
      children.worked.inc();
      children.success.set(now() / 1000);
    },
    pollFailed: (system, stream) => pollOf(system, stream).failed.inc(),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** The state that a delivery is in after a try. */
const stateAfter: Readonly<Record<Settlement['outcome'], DeliveryState>> = {
  created: 'done',
  updated: 'done',
  unchanged: 'done',
  adopted: 'done',
  matched: 'done',
  skipped: 'done',
  removed: 'done',
  retry: 'pending',
  waiting: 'waiting',
  proposed: 'waiting',
  dead: 'dead',
  shadowed: 'shadowed',
};

/** Gauges that come from one count share it, although each is collected by itself. */
function together<Counted>(measure: () => Promise<Counted>): () => Promise<Counted> {
  let counting: Promise<Counted> | undefined;
  return () => {
    counting ??= measure().finally(() => {
      counting = undefined;
    });
    return counting;
  };
}

function registerQueues(registry: Registry, queues: MetricsOptions['queues'], now: () => number): void {
  const count = together(queues);
  const gauge = (name: string, help: string, measure: (depth: QueueDepth) => number) => {
    // A queue that has become empty is shown as 0; figures that vanish cannot be watched.
    const seen = new Map<string, { target: string; state: string }>();
    return new Gauge({
      name,
      help,
      labelNames: ['target', 'state'],
      registers: [registry],
      async collect() {
        const depths = await count();
        for (const labels of seen.values()) this.set(labels, 0);
        for (const depth of depths) {
          const { target, state } = depth;
          seen.set(`${target} ${state}`, { target, state });
          this.set({ target, state }, measure(depth));
        }
      },
    });
  };
  gauge('bridge_outbox_deliveries', 'Deliveries that are not done.', (depth) => depth.count);
  gauge('bridge_outbox_oldest_age_seconds', 'Age of the oldest delivery that is not done.', (depth) =>
    Math.max(0, (now() - Date.parse(depth.oldestAt)) / 1000),
  );
}

function registerEvents(
  registry: Registry,
  events: NonNullable<MetricsOptions['events']>,
  now: () => number,
): void {
  const count = together(events);
  const gauge = (name: string, help: string, measure: (depth: EventDepth) => number) => {
    // As with the queues: what has been worked off is shown as 0.
    const seen = new Set<string>();
    return new Gauge({
      name,
      help,
      labelNames: ['system'],
      registers: [registry],
      async collect() {
        const depths = await count();
        for (const system of seen) this.set({ system }, 0);
        for (const depth of depths) {
          seen.add(depth.system);
          this.set({ system: depth.system }, measure(depth));
        }
      },
    });
  };
  gauge('bridge_inbox_events', 'Events that are not worked off.', (depth) => depth.open);
  gauge('bridge_inbox_oldest_age_seconds', 'Age of the oldest event that is not worked off.', (depth) =>
    Math.max(0, (now() - Date.parse(depth.oldestAt)) / 1000),
  );
}

function registerFlows(registry: Registry, flows: NonNullable<MetricsOptions['flows']>): void {
  const seen = new Set<string>();
  const gauge: Gauge = new Gauge({
    name: 'bridge_flow_instances',
    help: 'Instances of flows that run, and of those the ones that are stuck, and stuck because they are late.',
    labelNames: ['flow', 'state'],
    registers: [registry],
    async collect() {
      const depths = await flows();
      for (const { flow } of depths) seen.add(flow);
      for (const flow of seen) {
        const depth = depths.find((one) => one.flow === flow);
        for (const state of ['running', 'stuck', 'late'] as const)
          gauge.set({ flow, state }, depth?.[state] ?? 0);
      }
    },
  });
}
