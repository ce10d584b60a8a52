import type { Command } from 'commander';
import {
  listReconciliations,
  type ReconcileArguments,
  reconcile,
  resumeReconciliation,
  type ShowArguments,
  showReconciliation,
  stopReconciliation,
} from './reconcile.ts';

/** Adds `bridge reconcile` and what belongs to it. */
export function addReconcile(program: Command, run: (command: () => Promise<number>) => Promise<void>): void {
  const format = [
    '--format <format>',
    'table, json, csv (a row for each difference) or totals-csv',
    'table',
  ] as const;
  const limit = ['--limit <count>', 'how many of each kind the table shows', '20'] as const;
  const watch = ['--watch', 'show how far it is, and what it came to'] as const;

  // What stands behind "show" belongs to that, although "reconcile" itself takes the same.
  const command = program
    .enablePositionalOptions()
    .command('reconcile')
    .enablePositionalOptions()
    .helpCommand(true)
    .description(
      'compare both sides of the rules by object and by total, and have differences healed or raised',
    )
    .argument('[id]', 'what reconcile.yaml declares; usually all of it')
    .option('--month <month>', 'only this month: 2026-10')
    .option('--from <day>', 'only from this day on')
    .option('--to <day>', 'only up to this day')
    .option('--known', 'compare what is on record, and ask nobody')
    .option('--policy <policy>', 'what is done about differences: repair, raise or report')
    .option(...format)
    .option(...limit)
    .option(...watch)
    .option('--by <name>', 'who wants it; usually the user of this machine')
    .action((id: string | undefined, options: ReconcileArguments) => run(() => reconcile(id, options)));
  command
    .command('list')
    .description('show the runs, the newest first')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => run(() => listReconciliations({ json: options.json === true })));
  command
    .command('show')
    .description('show what a run came to')
    .argument('<run>', 'the id that "bridge reconcile list" shows')
    .option(...format)
    .option(...limit)
    .action((id: string, options: ShowArguments) => run(() => showReconciliation(id, options)));
  command
    .command('stop')
    .description('stop a run; what it came to is kept')
    .argument('<run>', 'the id that "bridge reconcile list" shows')
    .action((id: string) => run(() => stopReconciliation(id)));
  command
    .command('resume')
    .description('go on with a run that was stopped or failed, where it stands')
    .argument('<run>', 'the id that "bridge reconcile list" shows')
    .option(...format)
    .option(...limit)
    .option(...watch)
    .action((id: string, options: ShowArguments & { watch?: boolean }) =>
      run(() => resumeReconciliation(id, options)),
    );
}
