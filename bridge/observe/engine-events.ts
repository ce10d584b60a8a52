import type { EngineEvent, Observe } from '../engine/observer.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Brings what happens in the engine into the log and the figures. */
export function observeEngine(log: Logger, metrics: Metrics): Observe {
  return (event) => {
    count(event, metrics);
    const [level, text] = headline(event);
    // Spares the work for lines that nobody wants.
    if (log.isLevelEnabled(level)) log[level](detailsOf(event), text);
  };
}

function count(event: EngineEvent, metrics: Metrics): void {
  switch (event.kind) {
    case 'refreshed':
      metrics.refreshed(event.system, event);
      break;
    case 'attempted':
      metrics.attempted(event.target, event.outcome, event.durationMs);
      break;
    case 'paused':
      metrics.paused(event.system, event.error);
      break;
    case 'polled':
      metrics.polled(event.system, event.stream);
      break;
    case 'poll-failed':
      metrics.pollFailed(event.system, event.stream);
      break;
  }
}

function headline(event: EngineEvent): [Level, string] {
  switch (event.kind) {
    case 'refreshed':
      return ['debug', 'events worked off'];
    case 'unreadable':
      return ['warn', 'object could not be read'];
    case 'attempted':
      return attemptHeadlines[event.outcome];
    case 'paused':
      return ['warn', 'system is left alone for a while'];
    case 'polled':
      return [event.accepted > 0 ? 'info' : 'debug', 'stream polled'];
    case 'poll-failed':
      return ['warn', 'stream could not be polled'];
    case 'failed':
      return ['error', 'unexpected failure'];
  }
}

const delivered: [Level, string] = ['info', 'delivered'];

const attemptHeadlines: Readonly<Record<Settlement['outcome'], [Level, string]>> = {
  created: delivered,
  updated: delivered,
  unchanged: delivered,
  adopted: delivered,
  matched: delivered,
  skipped: delivered,
  removed: delivered,
  dead: ['error', 'delivery needs a person'],
  retry: ['warn', 'delivery will be tried again'],
  waiting: ['info', 'delivery waits for a link'],
  proposed: ['info', 'delivery waits for a person to decide about a match'],
  shadowed: ['info', 'delivery only recorded, because of shadow'],
};

/** The line's properties: `message` is the headline's, so the event's own becomes the cause. */
function detailsOf(event: EngineEvent): object {
  const { kind: _, ...details } = event;
  const { message: cause, ...others } = details as { message?: string };
  const until = event.kind === 'paused' ? { until: new Date(event.untilMs).toISOString() } : undefined;
  return { ...others, ...(cause === undefined ? undefined : { cause }), ...until };
}
