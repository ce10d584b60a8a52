import { Command } from 'commander';
import { check } from './commands/check.ts';
import { type ControlsArguments, controls } from './commands/controls.ts';
import { exceptions } from './commands/exceptions.ts';
import { flow, flows } from './commands/flows.ts';
import { decideMatch, matches } from './commands/matches.ts';
import { addReconcile } from './commands/reconcile-program.ts';
import { schema } from './commands/schema.ts';
import { simulate } from './commands/simulate.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { trace } from './commands/trace.ts';

/** Runs one command; what it comes to is the exit code of the process. */
export async function runProgram(argumentList: readonly string[]): Promise<void> {
  const program = new Command('bridge')
    .description('The bridge between Odoo and the CRM and PSA tools of professional services firms.')
    .addHelpText('after', '\nSettings come from the environment; .env.example explains each of them.')
    .showHelpAfterError();

  program
    .command('start')
    .description('run the bridge until it is told to stop')
    .action(() => run(start));

  program
    .command('check')
    .description('look at settings, rules, and whether each system can be reached and used')
    .action(() => run(check));

  program
    .command('status')
    .description('show what is waiting, what failed, and what needs a person')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => run(() => status({ json: options.json === true })));

  program
    .command('trace')
    .description('show everything that happened to an object or under a correlation id, in order')
    .argument(
      '<id>',
      '<system>:<entity>:<id>, the id of a business object, a business event or a delivery, or a correlation id',
    )
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) =>
      run(() => trace(id, { json: options.json === true })),
    );

  program
    .command('flows')
    .description('show how many instances of every flow run, are stuck, are done')
    .option('--stuck', 'show the instances that are stuck instead')
    .option('--json', 'print JSON')
    .action((options: { stuck?: boolean; json?: boolean }) =>
      run(() => flows({ stuck: options.stuck === true, json: options.json === true })),
    );

  program
    .command('flow')
    .description('show step by step how the flows about an object went, in all their rounds')
    .argument(
      '<id>',
      '<system>:<entity>:<id> of the object that they are about, or the number of an instance',
    )
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) =>
      run(() => flow(id, { json: options.json === true })),
    );

  program
    .command('exceptions')
    .description('show what needs a person: whose it is, since when, why, and what to do')
    .option('--owner <owner>', 'only those of this owner')
    .option('--flow <flow>', 'only those of this flow')
    .option('--json', 'print JSON')
    .action(({ json, ...filter }: { owner?: string; flow?: string; json?: boolean }) =>
      run(() => exceptions({ ...filter, json: json === true })),
    );

  program
    .command('controls')
    .description(
      'show what is between a won deal and a paid invoice, and whether approved time is all accounted for',
    )
    .option('--month <month>', 'only this month: 2026-10')
    .option('--from <day>', 'only from this day on')
    .option('--to <day>', 'only up to this day')
    .option('--format <format>', 'table, json, csv (a row for each line) or balance-csv', 'table')
    .option('--limit <count>', 'how many customers, and lines of each control, the table shows', '20')
    .action((options: ControlsArguments) => run(() => controls(options)));

  addReconcile(program, run);

  program
    .command('schema')
    .description('print the JSON Schema of every version of every entity, and of every business event')
    .option('--out <directory>', 'write one file for each into this directory instead')
    .action((options: { out?: string }) =>
      run(() => schema(options.out === undefined ? {} : { directory: options.out })),
    );

  program
    .command('simulate')
    .description('show what changed rules would have written differently, calling nobody')
    .requiredOption('--since <period>', '7d, 12h or 30m back from now, a day (UTC), or an instant')
    .requiredOption('--rules <folder>', 'the changed rules; RULES_DIRECTORY has the present ones')
    .option('--limit <count>', 'how many objects to show', '50')
    .option('--json', 'print JSON')
    .action((options: { since: string; rules: string; limit: string; json?: boolean }) =>
      run(() => simulate({ ...options, json: options.json === true })),
    );

  const proposals = program
    .command('matches')
    .description('show which objects of two systems may be the same, for a person to decide')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => run(() => matches({ json: options.json === true })));
  const byWhom = ['--by <name>', 'who decides; usually the user of this machine'] as const;
  proposals
    .command('accept')
    .description('they are the same: link them')
    .argument('<id>', 'the id that "bridge matches" shows')
    .option(...byWhom)
    .action((id: string, options: { by?: string }) =>
      run(() => decideMatch(id, { accept: true, ...options })),
    );
  proposals
    .command('reject')
    .description('they are not the same: never propose them again')
    .argument('<id>', 'the id that "bridge matches" shows')
    .option('--reason <text>', 'why, for whoever asks later')
    .option(...byWhom)
    .action((id: string, options: { by?: string; reason?: string }) =>
      run(() => decideMatch(id, { accept: false, ...options })),
    );

  await program.parseAsync(argumentList);
}

/** The one place where a command's failure becomes words and an exit code. */
async function run(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
