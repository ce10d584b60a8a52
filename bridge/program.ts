import { Command } from 'commander';
import { check } from './commands/check.ts';
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
