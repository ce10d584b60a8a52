import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { withProgress } from '../progress.ts';
import { useCluster } from './cluster.ts';
import { checkDatabaseName, dropDatabase, giveUpDurability, renewIdentity } from './databases.ts';
import { freePort } from './free-port.ts';
import { logFileOf } from './logs.ts';
import { prepareInstallation } from './prepare.ts';
import { type CommandLine, run } from './run-command.ts';
import { beginRun } from './runs.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { type Connection, runSql } from './sql.ts';
import { commonArguments, createFromTemplate, prepareTemplates } from './templates.ts';

export { OdooUnavailable } from './unavailable.ts';

export interface OdooOptions {
  /** Default: a random name. */
  databaseName?: string;
  /** Whether the addon of this repository is installed. Default true. */
  withAddon?: boolean;
  /** Number of worker processes; 0, the default, is one process with threads. */
  workers?: number;
  /** Number of threads (or processes) that run scheduled actions. 0 switches them off. Default 1. */
  cronThreads?: number;
  /** Further arguments for Odoo's command line. */
  extraArguments?: string[];
  /** Default: a free one. */
  port?: number;
  /** As Odoo's `--log-level`. Default `info`. */
  logLevel?: string;
  /** Whether a commit waits for the disk. Default true; tests that need no such promise run faster with false. */
  durable?: boolean;
}

/** A running Odoo 19 on a fresh database of its own. */
export interface OdooServer {
  readonly url: string;
  readonly port: number;
  readonly databaseName: string;
  readonly databaseUuid: string;
  readonly adminLogin: string;
  readonly adminPassword: string;
  /** What Odoo prints; kept after `dispose`, so that a failure can be looked into. */
  readonly logFile: string;
  /** Of the server process; undefined while it is stopped. */
  readonly processId: number | undefined;
  /** Runs SQL on the database, past Odoo. See runSql. */
  sql(query: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Runs a subcommand of Odoo on the database, such as `neutralize`, or `shell` with Python code as `input`. */
  command(name: string, input?: string): Promise<string>;
  /** The same as a command line, for programs that talk to a person. */
  commandLine(name: string): CommandLine;
  /** Stops the server and keeps the database. */
  stopServer(): Promise<void>;
  /** Starts the server again, on the same port. */
  startServer(): Promise<void>;
  /** Ends the server as `kill -9` does, and keeps the database. */
  kill(): Promise<void>;
  /** Stops the server, deletes the database and its attachments, and PostgreSQL stops when nobody else uses it. */
  dispose(): Promise<void>;
}

/** Gets and prepares everything that `startOdoo` needs. @throws OdooUnavailable */
export async function ensureOdoo(): Promise<void> {
  const installation = await prepareInstallation();
  const cluster = await useCluster(installation);
  try {
    await prepareTemplates({ installation, address: cluster.address });
  } finally {
    await cluster.release();
  }
}

function serverArguments(
  options: OdooOptions,
  databaseName: string,
  port: number,
  geventPort: number,
): string[] {
  return [
    ...commonArguments(databaseName, options.withAddon ?? true),
    ...['--http-interface', '127.0.0.1', '--http-port', String(port), '--gevent-port', String(geventPort)],
    ...['--db-filter', `^${databaseName}$`, '--no-database-list'],
    ...['--workers', String(options.workers ?? 0), '--max-cron-threads', String(options.cronThreads ?? 1)],
    ...['--log-level', options.logLevel ?? 'info'],
    ...(options.extraArguments ?? []),
  ];
}

async function createServer(
  connection: Connection,
  options: OdooOptions,
  databaseName: string,
  end: () => Promise<void>,
): Promise<OdooServer> {
  await createFromTemplate(connection, databaseName, options.withAddon ?? true);
  const databaseUuid = await renewIdentity(connection, databaseName);
  if (options.durable === false) await giveUpDurability(connection, databaseName);

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const logFile = logFileOf(databaseName);
  await rm(logFile, { force: true });
  const odooArguments = serverArguments(options, databaseName, port, await freePort());
  const odoo = connection.installation.odooCommand(databaseName, odooArguments, connection.address);
  // Links in messages lead to the address that was asked, not to the one of the template.
  await runSql(
    connection,
    databaseName,
    `UPDATE ir_config_parameter SET value = $1 WHERE key = 'web.base.url'`,
    [url],
  );
  let server: ServerProcess | undefined;

  async function startServer(): Promise<void> {
    if (server?.isRunning()) throw new Error(`Odoo on ${databaseName} is running already`);
    server = await withProgress('Start Odoo', () => startServerProcess(odoo, url, logFile));
  }
  await startServer();

  function commandLine(name: string): CommandLine {
    const shared = commonArguments(databaseName, options.withAddon ?? true);
    return connection.installation.odooCommand(databaseName, [name, ...shared], connection.address);
  }

  return {
    url,
    port,
    databaseName,
    databaseUuid,
    adminLogin: 'admin',
    adminPassword: 'admin',
    logFile,
    get processId() {
      return server?.isRunning() ? server.processId : undefined;
    },
    sql: (query, parameters) => runSql(connection, databaseName, query, parameters),
    command: (name, input) => run(commandLine(name), input === undefined ? {} : { input }),
    commandLine,
    async stopServer() {
      await server?.stop();
    },
    startServer,
    async kill() {
      await server?.kill();
      await connection.installation.killOdoo(databaseName);
    },
    async dispose() {
      await server?.stop();
      await end();
    },
  };
}

/**
 * Starts Odoo 19 on a fresh copy of a prepared database; gets and prepares first what is missing. Resolves when it
 * answers. A process that ends without `dispose` takes its Odoo with it; the next one deletes what it left.
 *
 * @throws OdooUnavailable when Odoo cannot be had on this machine
 * @example
 * const odoo = await startOdoo({ durable: false });
 * try { … } finally { await odoo.dispose(); }
 */
export async function startOdoo(options: OdooOptions = {}): Promise<OdooServer> {
  const databaseName = checkDatabaseName(options.databaseName ?? `run_${randomBytes(6).toString('hex')}`);
  const installation = await prepareInstallation();
  const cluster = await useCluster(installation);
  const connection = { installation, address: cluster.address };
  let cleanUp = () => cluster.release();
  try {
    const ownRun = await beginRun(databaseName);
    let ended = false;
    cleanUp = async () => {
      if (ended) return;
      ended = true;
      await dropDatabase(connection, databaseName);
      await ownRun.end();
      await cluster.release();
    };
    return await createServer(connection, options, databaseName, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
