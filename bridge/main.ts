import { type Configuration, configure } from './connectors.ts';
import { createAdmin } from './console/admin.ts';
import { createEngine } from './engine/engine.ts';
import { createEventLane } from './engine/event-lane.ts';
import { createLandscape } from './engine/landscape.ts';
import { createBring } from './engine/route.ts';
import { actionTargets } from './flows/action-target.ts';
import { createFlows } from './flows/flows.ts';
import { startHousekeeping } from './housekeeping.ts';
import { correlationOf } from './intake/hint.ts';
import { createOdooIntake } from './intake/odoo.ts';
import { createRate } from './intake/rate.ts';
import { type Schedule, startSchedule } from './intake/schedule.ts';
import { observeEngine } from './observe/engine-events.ts';
import type { Logger } from './observe/log.ts';
import { createMetrics } from './observe/metrics.ts';
import { createReconciler } from './reconcile/reconciler.ts';
import { startReconciliations } from './reconcile/schedule.ts';
import { createWorkOff } from './reconcile/work-off.ts';
import { createRunning, type Running } from './running.ts';
import { startServer } from './server.ts';
import type { Settings } from './settings.ts';
import { openStore, type Store } from './store/store.ts';
import { createVerifier } from './systems/signature.ts';
import type { HintBatch } from './systems/system.ts';

export interface RunningBridge {
  readonly port: number;
  /** Polls a stream now. */
  readonly pollNow: Schedule['pollNow'];
  /** Takes nothing new, ends what is under way, writes everything out. */
  stop(): Promise<void>;
}

/**
 * Reads the rules, opens the store, connects everything and starts working.
 *
 * @throws RulesError, MissingSettingsError, StoreError, or an Error with a plain sentence when the port is taken
 */
export async function startBridge(settings: Settings, log: Logger): Promise<RunningBridge> {
  const running = createRunning(log);
  try {
    const store = await openStore(settings.databasePath);
    running.add(() => store.close());
    const configuration = configure(settings, store.pinMeta);
    return await wire(settings, configuration, { store, log, running });
  } catch (error) {
    // Whoever watches over the process must not take what is left of it for a bridge.
    await running.end().catch(() => undefined);
    throw error;
  }
}

async function wire(
  settings: Settings,
  { rules, connectors }: Configuration,
  { store, log, running }: { store: Store; log: Logger; running: Running },
): Promise<RunningBridge> {
  running.add(() => Promise.all(connectors.map((connector) => connector.close())));
  const metrics = createMetrics({
    queues: () => store.queues(),
    events: () => store.eventCounts(),
    flows: () => store.flowCounts(new Date().toISOString()),
  });
  const observe = observeEngine(log, metrics);
  const actions = actionTargets(rules, connectors);
  const landscape = createLandscape(rules, [...connectors, ...actions.map(({ connector }) => connector)]);
  const flows = createFlows({
    store,
    landscape,
    observe,
    onDeliveries: (targets) => engine.wakeDeliveries(targets),
    onReads: (system) => engine.wake(system),
  });
  const engine = createEngine({
    store,
    landscape,
    observe,
    besides: actions,
    onChanged: flows.changed,
    onSettled: flows.settled,
  });
  const laneOf = createEventLane(landscape);
  const reconciler = createReconciler({
    store,
    landscape,
    now: Date.now,
    ready: engine.ready,
    workOff: createWorkOff({ store, wake: engine.wake }),
    onRepairs: (target) => engine.wakeDeliveries([target]),
    onMoved({ id, declaration, state, counts, note }) {
      const told = { run: id, reconciliation: declaration, state, counts };
      if (state === 'failed') log.error(told, `a reconciliation failed: ${note}`);
      else log.info(told, 'a reconciliation');
    },
    onFailed: (run, error) =>
      observe({ kind: 'failed', where: `reconciling ${run.declaration}, run ${run.id}`, error }),
  });
  const erp = landscape.systemIn('erp');
  const parse = erp === undefined ? undefined : landscape.connector(erp).parseWebhook;
  if (erp === undefined || parse === undefined)
    throw new Error('No system of the rules has the role erp, or it is none that tells of its changes');

  const server = await startServer({
    host: settings.host,
    port: settings.port,
    notReady: () => (running.ending() ? ['the bridge is stopping'] : engine.problems()),
    onFailure(error, senderGone) {
      if (senderGone) log.debug({ error }, 'a sender hung up');
      else log.error({ error }, 'a request could not be answered');
    },
    onTurnedAway: () => metrics.webhookRejected('too_many_connections'),
    ...(settings.metrics ? { metrics: () => metrics.expose() } : {}),
    ...(settings.adminToken === undefined
      ? {}
      : {
          admin: createAdmin({
            openProposals: store.openProposals,
            decide: (id, decision) => store.decide(id, decision, createBring(landscape)),
            reconciler,
            token: settings.adminToken,
            rate: createRate(adminRequestsPerSecond),
            stopping: running.ending,
            onDecided({ id, state, entity, source, sourceId, target, targetId, decidedBy }, woken) {
              const pair = { entity, source, sourceId, target, targetId };
              log.info({ proposal: id, state, by: decidedBy, ...pair }, 'a person decided about a match');
              engine.wakeDeliveries(woken);
              flows.touched([
                { system: source, entity, id: sourceId },
                { system: target, entity, id: targetId },
              ]);
            },
            onRefused: (error, message) => log.warn({ error }, message),
          }),
        }),
    odooIntake: createOdooIntake({
      system: erp,
      store,
      laneOf,
      parse,
      verifier: createVerifier(
        settings.intake.secrets.map((secret) => secret.reveal()),
        settings.intake.toleranceSeconds,
      ),
      mostBytes: settings.intake.maxBytes,
      rate: createRate(settings.intake.requestsPerSecond),
      database: settings.odoo.databaseUuid,
      stopping: running.ending,
      onStored(counts, batch) {
        metrics.eventsReceived(erp, counts);
        if (log.isLevelEnabled('debug'))
          log.debug({ system: erp, ...counts, ...originOf(batch, erp) }, 'events came in');
        engine.wake(erp);
      },
      onRejected(reason, message) {
        metrics.webhookRejected(reason);
        log.warn({ system: erp, reason }, message);
      },
    }),
  });

  running.add(() => server.close());
  running.add(() => engine.stop(settings.shutdownGraceSeconds * 1000));
  running.add(() => reconciler.close());

  await engine.start();
  running.add(() => flows.stop());
  flows.start();
  const schedule = startSchedule({
    store,
    declarations: rules.systems,
    connector: landscape.connector,
    ready: engine.ready,
    laneOf,
    observe,
    now: Date.now,
    random: Math.random,
    onEvents: engine.wake,
    onMissed: (system, stream, { count, since }) =>
      log.warn({ system, stream, count, since }, 'polls did not start when they were due; one starts now'),
  });
  running.add(() => schedule.stop());
  await reconciler.takeUp();
  const endReconciliations = await startReconciliations({
    declarations: rules.reconciliations,
    store,
    reconciler,
    now: Date.now,
    onMissed: (reconciliation, { count, since }) =>
      log.warn(
        { reconciliation, count, since },
        'a reconciliation did not start when it was due; it starts now',
      ),
    onError: (reconciliation, message) =>
      log.error({ reconciliation }, `a reconciliation could not be started: ${message}`),
  });
  running.add(endReconciliations);
  const endHousekeeping = startHousekeeping({
    store,
    retentionDays: settings.retentionDays,
    now: Date.now,
    onError: (error) => log.error({ error }, 'old rows could not be removed'),
  });
  running.add(endHousekeeping);
  log.info(
    { port: server.port, rules: rules.version.slice(0, 12), systems: landscape.systems },
    'the bridge runs',
  );

  return {
    port: server.port,
    pollNow: schedule.pollNow,
    async stop() {
      if (running.ending()) return;
      log.info('the bridge is stopping');
      await running.end();
      log.info('the bridge has stopped');
    },
  };
}

/** More than people do, and too few to guess a token by. */
const adminRequestsPerSecond = 20;

/** When a batch left Odoo, and the correlation ids under which the log goes on about it. */
const originOf = (batch: HintBatch, system: string) => ({
  sentAt: batch.sentAt,
  correlations: [...new Set(batch.hints.map((hint) => correlationOf(hint, system)))],
});
