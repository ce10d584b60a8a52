import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { formatElapsed } from '../progress.ts';
import { runAddonTests } from './addon-tests.ts';
import { clean } from './clean.ts';
import { ensureOdoo, type OdooOptions, startOdoo } from './odoo.ts';
import { smokeTest } from './smoke-test.ts';
import { OdooUnavailable } from './unavailable.ts';

interface StartFlags {
  addon: boolean;
  database?: string;
  port?: string;
  workers: string;
}

function odooOptions(flags: StartFlags): OdooOptions {
  return {
    withAddon: flags.addon,
    workers: Number(flags.workers),
    ...(flags.database === undefined ? {} : { databaseName: flags.database }),
    ...(flags.port === undefined ? {} : { port: Number(flags.port) }),
  };
}

async function start(flags: StartFlags): Promise<void> {
  const begin = performance.now();
  const server = await startOdoo(odooOptions(flags));
  console.log(`Odoo runs on ${server.url}, ${formatElapsed(performance.now() - begin)} after the command`);
  console.log(
    `log-in ${server.adminLogin}, password ${server.adminPassword}, database ${server.databaseName}`,
  );
  console.log(`log ${server.logFile}\nCtrl-C stops it and deletes the database.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.dispose();
}

async function shell(flags: StartFlags): Promise<void> {
  const server = await startOdoo(odooOptions(flags));
  try {
    // The shell has the terminal, and Ctrl-C is for it.
    process.on('SIGINT', () => undefined);
    const command = server.commandLine('shell');
    const child = spawn(command.command, command.arguments, {
      env: { ...process.env, ...command.environment },
      stdio: 'inherit',
    });
    await once(child, 'exit');
  } finally {
    await server.dispose();
  }
}

async function addonTest(flags: { tags?: string }): Promise<void> {
  const result = await runAddonTests(flags);
  for (const failure of result.failures) console.log(failure);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  if (result.failed > 0) {
    console.log(result.output);
    process.exitCode = 1;
  }
}

const program = new Command('odoo').description('a real Odoo 19 for development and tests');
const withStartFlags = (command: Command) =>
  command
    .option('--no-addon', 'without the addon of this repository')
    .option('--database <name>', 'name of the database; a random one by default')
    .option('--port <port>', 'port of the web server; a free one by default')
    .option('--workers <number>', 'worker processes; 0 is one process with threads', '0');

withStartFlags(program.command('start').description('start Odoo on a fresh database until Ctrl-C')).action(
  start,
);
withStartFlags(program.command('shell').description('an Odoo shell on a fresh database')).action(shell);
program.command('ensure').description('get and prepare everything, start nothing').action(ensureOdoo);
program
  .command('test')
  .description('start Odoo once, and check what tests and demo rely on')
  .action(() => smokeTest((line) => console.log(line)));
program
  .command('addon-test')
  .description("run the addon's own tests")
  .option('--tags <tags>', "Odoo's --test-tags")
  .action(addonTest);
program.command('clean').description('delete Odoo, its cluster and all its databases').action(clean);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error instanceof OdooUnavailable ? error.message : (error.stack ?? error.message));
  process.exitCode = 1;
}
