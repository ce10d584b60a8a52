import { newId } from '../entities/id.ts';
import type { ReconciliationRun } from '../store/reconciliation-run.ts';
import { SystemError } from '../systems/error.ts';
import { pause } from '../systems/limiter.ts';
import { conduct } from './conduct.ts';
import { failureKey, failureOf } from './exception.ts';
import type { Means } from './means.ts';
import { type Order, OrderError, scopeOf } from './scope.ts';
import { closeOrphans } from './solved.ts';

export interface ReconcilerOptions extends Means {
  /** Waits between two tries. */
  readonly rest?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A run began, went on, or came to an end. */
  readonly onMoved: (run: ReconciliationRun) => void;
  /** A run waits this long for a system that is in trouble, and asks again then. */
  readonly onTrouble?: (run: ReconciliationRun, error: SystemError, waitMs: number) => void;
  /** A run met a bug. */
  readonly onFailed: (run: ReconciliationRun, error: unknown) => void;
}

export type Asked =
  | { readonly ok: true; readonly run: ReconciliationRun }
  | { readonly ok: false; readonly error: 'not_found' | 'conflict' | 'invalid'; readonly message: string };

/** Starts, stops and resumes runs. Of one declaration one runs at a time. */
export interface Reconciler {
  start(order: Order): Promise<Asked>;
  /** The run stays where it is; what it came to is kept. */
  stop(id: string): Promise<Asked>;
  resume(id: string): Promise<Asked>;
  /** Goes on with runs that the end of an earlier process interrupted, and closes what is not declared any more. */
  takeUp(): Promise<void>;
  /** Resolves when the run is not running any more. */
  ended(id: string): Promise<void>;
  /** Interrupts what runs; the next process goes on with it. */
  close(): Promise<void>;
}

/** A system that is in trouble is asked again before a run that does not move on is given up. */
const retryAfterMs = [5000, 30_000, 120_000];
/** Runs that an earlier process can have left. */
const mostTakenUp = 1000;

/** Why a run was interrupted. */
const stopped = Symbol('stopped');
const closed = Symbol('closed');

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, landscape, now, rest = pause, onMoved, onFailed, onTrouble } = options;
  const underWay = new Map<string, { readonly control: AbortController; readonly ended: Promise<void> }>();
  let closing = false;

  async function go(id: string, control: AbortController): Promise<void> {
    for (let tries = 0; ; tries++) {
      const run = await store.reconciliation(id);
      if (run === undefined) return;
      try {
        await conduct(run, options, control.signal);
        return await end(id, 'done');
      } catch (error) {
        if (control.signal.aborted) {
          if (control.signal.reason === stopped) await end(id, 'stopped');
          return;
        }
        if (await hasMovedOn(run)) tries = 0;
        const delay = error instanceof SystemError && isTemporary(error) ? retryAfterMs[tries] : undefined;
        if (delay === undefined) {
          if (!(error instanceof SystemError)) onFailed(run, error);
          return await end(id, 'failed', error instanceof Error ? error.message : String(error));
        }
        const wait = Math.max(delay, (error as SystemError).retryAfterMilliseconds ?? 0);
        onTrouble?.(run, error as SystemError, wait);
        await rest(wait, control.signal).catch(() => undefined);
      }
    }
  }

  /** A trouble that a run meets further on is a new one. */
  async function hasMovedOn({ id, phase, position }: ReconciliationRun): Promise<boolean> {
    const now = await store.reconciliation(id);
    return JSON.stringify([now?.phase, now?.position]) !== JSON.stringify([phase, position]);
  }

  async function end(id: string, state: 'done' | 'stopped' | 'failed', note?: string): Promise<void> {
    const run = await store.reconciliation(id);
    if (run === undefined) return;
    await store.changeRun(id, state, note, {
      raised: state === 'failed' ? [failureOf(run, note ?? 'Nobody knows why.')] : [],
      closed: state === 'done' ? [failureKey(run.declaration)] : [],
    });
    onMoved((await store.reconciliation(id)) ?? run);
  }

  function launch(run: ReconciliationRun): void {
    // Somebody else asked the same meanwhile; or the next process takes it up.
    if (closing || underWay.has(run.id)) return;
    const control = new AbortController();
    const ended = go(run.id, control)
      .catch((error: unknown) => onFailed(run, error))
      .finally(() => underWay.delete(run.id));
    underWay.set(run.id, { control, ended });
    onMoved(run);
  }

  const known = async (id: string): Promise<ReconciliationRun | undefined> => store.reconciliation(id);
  const unknown = (id: string): Asked => ({
    ok: false,
    error: 'not_found',
    message: noRun(id),
  });
  const conflict = (message: string): Asked => ({ ok: false, error: 'conflict', message });

  return {
    async start(order) {
      if (closing) return conflict('The bridge is stopping.');
      let scope: ReturnType<typeof scopeOf>;
      try {
        scope = scopeOf(order, landscape, now());
      } catch (error) {
        if (!(error instanceof OrderError)) throw error;
        return { ok: false, error: 'invalid', message: error.message };
      }
      const id = newId();
      const { declaration, by: startedBy } = order;
      const phase = scope.known ? ('comparing' as const) : ('reading' as const);
      if (!(await store.startRun({ id, declaration, scope, startedBy, phase }))) {
        const running = await store.runningReconciliation(declaration);
        return conflict(
          running === undefined || underWay.has(running.id)
            ? `${declaration} is being reconciled already: run ${running?.id}. Stop it first, or wait for it.`
            : `Run ${running.id} of ${declaration} was interrupted. To go on: bridge reconcile resume ${running.id}. To give it up: bridge reconcile stop ${running.id}`,
        );
      }
      const run = (await known(id)) as ReconciliationRun;
      launch(run);
      return { ok: true, run };
    },

    async stop(id) {
      const run = await known(id);
      if (run === undefined) return unknown(id);
      const running = underWay.get(id);
      if (running === undefined && run.state !== 'running')
        return conflict(`Run ${id} is not running: it is ${run.state}.`);
      running?.control.abort(stopped);
      await running?.ended;
      // One that nobody works on, because the process that did is gone.
      if (running === undefined) await end(id, 'stopped');
      return { ok: true, run: (await known(id)) ?? run };
    },

    async resume(id) {
      if (closing) return conflict('The bridge is stopping.');
      const run = await known(id);
      if (run === undefined) return unknown(id);
      if (underWay.has(id)) return conflict(`Run ${id} is running.`);
      if (run.state === 'done') return conflict(`Run ${id} is done. Start a new one.`);
      if (!(await store.changeRun(id, 'running'))) {
        const other = await store.runningReconciliation(run.declaration);
        return conflict(`${run.declaration} is being reconciled by run ${other?.id}.`);
      }
      const resumed = (await known(id)) as ReconciliationRun;
      launch(resumed);
      return { ok: true, run: resumed };
    },

    async takeUp() {
      await closeOrphans(landscape.rules.reconciliations, store);
      for (const run of await store.reconciliations(mostTakenUp))
        if (run.state === 'running' && !underWay.has(run.id)) launch(run);
    },

    async ended(id) {
      await underWay.get(id)?.ended;
    },

    async close() {
      closing = true;
      for (const { control } of underWay.values()) control.abort(closed);
      await Promise.allSettled([...underWay.values()].map(({ ended }) => ended));
    },
  };
}

/** What is said of a run that nobody knows. */
export const noRun = (id: string): string =>
  `There is no run ${id}. "bridge reconcile list" shows those that there are.`;

const isTemporary = ({ kind }: SystemError): boolean => kind === 'unavailable' || kind === 'limited';
