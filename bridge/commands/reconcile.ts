import { checkRules } from '../connectors.ts';
import { noRun } from '../reconcile/reconciler.ts';
import { type DifferencePolicy, dayFields, differencePolicies } from '../rules/reconcile.ts';
import { readAdminAccess, readDatabasePath, readRulesDirectory, readSettings } from '../settings.ts';
import { StoreInUseError } from '../store/lock.ts';
import { openReconciliations, type ReconciliationArchive } from '../store/reconciliation-report.ts';
import type { ReconciliationRun } from '../store/reconciliation-run.ts';
import { openStore, type Store } from '../store/store.ts';
import { csvText } from './csv.ts';
import { readChoice, readLimit } from './option.ts';
import { type DayPeriod, readPeriod } from './period.ts';
import { type LonelyReconciler, reconcileAlone } from './reconcile-alone.ts';
import { askBridge } from './reconcile-ask.ts';
import { findingsTable, type Table, totalsTable } from './reconcile-csv.ts';
import { progressText, type RunReport, reportText, runsText } from './reconcile-text.ts';
import { readBy } from './user-name.ts';

export interface ReconcileArguments {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly known?: boolean;
  readonly policy?: string;
  readonly format: string;
  readonly limit: string;
  readonly watch?: boolean;
  readonly by?: string;
}

export type ShowArguments = Pick<ReconcileArguments, 'format' | 'limit'>;

const lookAgainMs = 1000;

/**
 * Reconciles one declaration, or all of them one after the other: in the running bridge where there is one. 0 when nothing
 * differs, or when the running bridge goes on with it.
 */
export async function reconcile(id: string | undefined, options: ReconcileArguments): Promise<number> {
  const print = printerOf(options);
  const period = readPeriod(options);
  const policy = readPolicy(options.policy);
  const order = {
    ...period,
    by: readBy(options.by),
    ...(options.known === true ? { known: true } : {}),
    ...(policy === undefined ? {} : { policy }),
  };
  const wanted = id === undefined ? allOf(period) : [id];
  return withEither(
    async (lonely, store) => {
      let code = 0;
      for (const declaration of wanted) {
        const asked = await lonely.start({ declaration, ...order });
        if (asked.ok)
          code = Math.max(code, await finish(asked.run.id, lonely, store, options.watch === true, print));
        else code = refused(asked.message);
        // What one run stands in the way of says nothing about the others.
        if (lonely.isClosed() || (!asked.ok && asked.error !== 'conflict')) break;
      }
      return code;
    },
    async () => {
      const access = readAdminAccess(process.env);
      let code = 0;
      for (const declaration of wanted) {
        const answer = await askBridge('', { declaration, ...order }, access);
        if (answer.ok) code = Math.max(code, await follow(answer.run.id, options.watch === true, print));
        else code = refused(answer.message);
        if (!answer.ok && answer.conflict !== true) break;
      }
      return code;
    },
  );
}

/** All that the rules declare; where days are asked for, all that have any. */
function allOf({ from, to }: DayPeriod): readonly string[] {
  const { reconciliations } = checkRules(readRulesDirectory(process.env));
  if (reconciliations.length === 0)
    throw new Error('The rules declare nothing to reconcile: add reconcile.yaml, see docs/rules.md.');
  if (from === undefined && to === undefined) return reconciliations.map(({ id }) => id);
  const [dated, others] = [true, false].map((isDated) =>
    reconciliations.filter(({ entity }) => (dayFields[entity] !== undefined) === isDated).map(({ id }) => id),
  ) as [string[], string[]];
  if (dated.length === 0)
    throw new Error(`Nothing of ${others.join(', ')} has a day of its own: leave the days out.`);
  if (others.length > 0) console.error(`Left out, as they have no days: ${others.join(', ')}.`);
  return dated;
}

export async function listReconciliations(options: { readonly json: boolean }): Promise<number> {
  return withArchive((archive) => {
    const runs = archive.runs(50);
    console.log(options.json ? JSON.stringify(runs, null, 2) : runsText(runs, Date.now()));
    return 0;
  });
}

export async function showReconciliation(id: string, options: ShowArguments): Promise<number> {
  const print = printerOf(options);
  return withArchive((archive) => {
    const run = archive.run(id);
    if (run === undefined) return refused(noRun(id));
    print(reportOf(run, archive), archive);
    return codeOf(run);
  });
}

export async function stopReconciliation(id: string): Promise<number> {
  return withStore(
    async (store) => {
      const run = await store.reconciliation(id);
      if (run?.state !== 'running')
        return refused(run === undefined ? noRun(id) : `Run ${id} is not running: it is ${run.state}.`);
      await store.changeRun(id, 'stopped');
      console.log(`Run ${id} is stopped. To go on: bridge reconcile resume ${id}`);
      return 0;
    },
    async () => {
      const answer = await askBridge(`/${encodeURIComponent(id)}/stop`, {}, readAdminAccess(process.env));
      if (!answer.ok) return refused(answer.message);
      console.log(`Run ${id} is ${answer.run.state}. To go on: bridge reconcile resume ${id}`);
      return 0;
    },
  );
}

export async function resumeReconciliation(
  id: string,
  options: ShowArguments & { readonly watch?: boolean },
): Promise<number> {
  const print = printerOf(options);
  return withEither(
    async (lonely, store) => {
      const asked = await lonely.resume(id);
      return asked.ok ? finish(id, lonely, store, options.watch === true, print) : refused(asked.message);
    },
    async () => {
      const answer = await askBridge(`/${encodeURIComponent(id)}/resume`, {}, readAdminAccess(process.env));
      return answer.ok ? follow(id, options.watch === true, print) : refused(answer.message);
    },
  );
}

type Archive = Pick<ReconciliationArchive, 'nameOf'>;
/** Prints what a run came to; one printer prints all runs of a command. */
type Print = (report: RunReport, archive: Archive) => void;

function printerOf({ format, limit }: ShowArguments): Print {
  const most = readLimit(limit);
  const printers: Readonly<Record<string, Print>> = {
    table: (report, archive) => console.log(reportText(report, most, Date.now(), archive)),
    json: (report) => console.log(JSON.stringify(report, null, 2)),
    csv: csvPrinter(findingsTable),
    'totals-csv': csvPrinter(totalsTable),
  };
  return readChoice('--format', printers, format);
}

/** Several runs are one table as long as they have the same columns. */
function csvPrinter(tableOf: (report: RunReport, archive: Archive) => Table): Print {
  let printed: string | undefined;
  return (report, archive) => {
    const { header, rows } = tableOf(report, archive);
    const columns = csvText([header]);
    const text = `${columns === printed ? '' : columns}${csvText(rows)}`;
    printed = columns;
    if (text !== '') console.log(text.trimEnd());
  };
}

function readPolicy(text: string | undefined): DifferencePolicy | undefined {
  const policy = differencePolicies.find((each) => each === text);
  if (text !== undefined && policy === undefined)
    throw new Error(`--policy is ${differencePolicies.join(', ')}, not "${text}".`);
  return policy;
}

/** Does something in the database itself where no bridge runs, else has the running bridge do it. */
async function withStore(
  alone: (store: Store) => Promise<number>,
  beside: () => Promise<number>,
): Promise<number> {
  const path = readDatabasePath(process.env);
  // Opening it for writing would make one where there is none.
  withArchive(() => 0, path);
  let store: Store;
  try {
    store = await openStore(path);
  } catch (error) {
    if (error instanceof StoreInUseError) return beside();
    throw error;
  }
  try {
    return await alone(store);
  } finally {
    await store.close();
  }
}

const withEither = (
  alone: (lonely: LonelyReconciler, store: Store) => Promise<number>,
  beside: () => Promise<number>,
): Promise<number> =>
  withStore(async (store) => {
    const lonely = await reconcileAlone(readSettings(process.env), store);
    const interrupt = () => void lonely.close();
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    try {
      return await alone(lonely, store);
    } finally {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      await lonely.close();
    }
  }, beside);

function withArchive(
  use: (archive: ReconciliationArchive) => number,
  path: string = readDatabasePath(process.env),
): number {
  const archive = openReconciliations(path);
  try {
    return use(archive);
  } finally {
    archive.close();
  }
}

/** Waits for a run of this process, and shows what it came to. */
async function finish(
  id: string,
  lonely: LonelyReconciler,
  store: Store,
  watch: boolean,
  print: Print,
): Promise<number> {
  let last = '';
  const telling = watch
    ? setInterval(async () => {
        const run = await store.reconciliation(id);
        const line = run === undefined ? last : progressText(run);
        if (line !== last) console.error(line);
        last = line;
      }, lookAgainMs)
    : undefined;
  await lonely.ended(id);
  clearInterval(telling);
  return withArchive((archive) => {
    const run = archive.run(id) as ReconciliationRun;
    if (run.state === 'running')
      return refused(`Run ${id} was interrupted. To go on: bridge reconcile resume ${id}`);
    print(reportOf(run, archive), archive);
    if ((run.counts.repaired ?? 0) + (run.counts.stale ?? 0) > 0)
      console.error('No bridge runs here: what is to be brought waits, and leaves when it starts.');
    return codeOf(run);
  });
}

/** Shows what the running bridge does, as long as somebody watches. */
async function follow(id: string, watch: boolean, print: Print): Promise<number> {
  if (!watch) {
    console.log(`Run ${id} has started. To see it: bridge reconcile show ${id}`);
    return 0;
  }
  for (let last = ''; ; ) {
    const run = withRun(id);
    if (run === undefined || run.state !== 'running') break;
    const line = progressText(run);
    if (line !== last) console.error(line);
    last = line;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  return withArchive((archive) => {
    const run = archive.run(id);
    if (run === undefined) return refused(`There is no run ${id} any more.`);
    print(reportOf(run, archive), archive);
    return codeOf(run);
  });
}

function withRun(id: string): ReconciliationRun | undefined {
  const archive = openReconciliations(readDatabasePath(process.env));
  try {
    return archive.run(id);
  } finally {
    archive.close();
  }
}

const reportOf = (run: ReconciliationRun, archive: ReconciliationArchive): RunReport => ({
  run,
  totals: archive.totals(run.id),
  findings: [...archive.findings(run.id)],
});

/** 1 when something differed, or the run did not come to its end. */
function codeOf({ state, counts }: ReconciliationRun): number {
  if (state === 'running') return 0;
  const kinds = ['missing-there', 'missing-here', 'unwanted', 'different', 'stale', 'duplicate'];
  return state === 'done' && kinds.every((kind) => (counts[kind] ?? 0) === 0) ? 0 : 1;
}

function refused(message: string): number {
  console.error(message);
  return 1;
}
