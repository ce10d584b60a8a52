import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { withProgress } from '../progress.ts';
import { useCluster } from './cluster.ts';
import { dropDatabase, giveUpDurability, renewIdentity } from './databases.ts';
import { freePort } from './free-port.ts';
import { logFileOf } from './logs.ts';
import { prepareInstallation } from './prepare.ts';
import { CommandFailed, run } from './run-command.ts';
import { beginRun } from './runs.ts';
import type { Connection } from './sql.ts';
import { addonName, commonArguments, createFromTemplate } from './templates.ts';

export interface AddonTestOptions {
  /** Odoo's `--test-tags`, such as `/services_bridge:TestOutbox.test_rollback`. Default: all tests of the addon. */
  tags?: string;
}

export interface AddonTestResult {
  passed: number;
  /** Failures and errors; a test with subtests may have several. */
  failed: number;
  /** Everything Odoo printed. */
  output: string;
  /** `FAIL: TestClass.test_method` or `ERROR: …`, as Odoo names them; a subtest or a class can fail too. */
  failures: string[];
}

/** Reads the outcome from Odoo's log. */
export function parseTestLog(output: string): Omit<AddonTestResult, 'output'> {
  // Odoo's last word: "0 failed, 1 error(s) of 42 tests when loading database 'x'"
  const summary = /(\d+) failed, (\d+) error\(s\) of (\d+) tests? when loading/.exec(output);
  if (summary === null) return { passed: 0, failed: 0, failures: [] };
  const [, failed = '', errors = '', tests = ''] = summary;
  const lines = (pattern: RegExp) => [...output.matchAll(pattern)].map(([, text]) => text ?? '');
  const failures = lines(/ ERROR \S+ \S+: ((?:FAIL|ERROR): .+)$/gm).map((line) => line.trim());
  const skipped = lines(/ INFO \S+ \S+: skipped (\S+) :/gm);
  // A test with several failing subtests fails once; one whose class could not be set up was not counted by Odoo.
  const failedTests = new Set(
    failures
      .filter((line) => !line.includes('setUpClass'))
      .map((line) => /(\w+\.test\w*)/.exec(line)?.[1] ?? line),
  );
  return {
    passed: Math.max(0, Number(tests) - failedTests.size - skipped.length),
    failed: Number(failed) + Number(errors),
    failures,
  };
}

async function runOn(connection: Connection, databaseName: string, tags: string): Promise<AddonTestResult> {
  await createFromTemplate(connection, databaseName, true);
  await renewIdentity(connection, databaseName);
  await giveUpDurability(connection, databaseName);
  const logFile = logFileOf(databaseName);
  const odoo = connection.installation.odooCommand(
    databaseName,
    [
      ...commonArguments(databaseName, true),
      ...['--update', addonName, '--test-tags', tags, '--stop-after-init', '--max-cron-threads', '0'],
      ...['--http-interface', '127.0.0.1', '--http-port', String(await freePort())],
    ],
    connection.address,
  );
  let exitError: CommandFailed | undefined;
  try {
    await withProgress(`Run the tests of ${addonName} in Odoo`, () => run(odoo, { logFile }));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    exitError = error;
  }
  const output = await readFile(logFile, 'utf8');
  const result = parseTestLog(output);
  if (exitError !== undefined && result.failed === 0) {
    throw new Error(
      `Odoo failed before or after the tests; the whole log is ${logFile}\n${exitError.message}`,
    );
  }
  if (result.passed + result.failed === 0) {
    throw new Error(`no test of ${addonName} ran for the tags "${tags}"; see ${logFile}`);
  }
  return { ...result, output };
}

/**
 * Runs the addon's own tests inside Odoo, on a fresh database.
 * @throws Error when no test ran, or Odoo broke for another reason than a failing test
 */
export async function runAddonTests(options: AddonTestOptions = {}): Promise<AddonTestResult> {
  const installation = await prepareInstallation();
  const cluster = await useCluster(installation);
  const connection = { installation, address: cluster.address };
  try {
    const ownRun = await beginRun(`addon_test_${randomBytes(6).toString('hex')}`);
    try {
      return await runOn(connection, ownRun.databaseName, options.tags ?? `/${addonName}`);
    } finally {
      await dropDatabase(connection, ownRun.databaseName);
      await ownRun.end();
    }
  } finally {
    await cluster.release();
  }
}
