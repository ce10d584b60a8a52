import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../root.ts';
import type { SuiteResult } from './suite.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    /** Why the file could not be run. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Runs one vitest project and counts what it did.
 *
 * @param shown whether it is seen in this terminal while it runs, or only when it has ended: for what runs beside another
 */
export async function runVitest(
  name: string,
  project: string,
  shown: 'at-once' | 'afterwards' = 'at-once',
): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'services-bridge-test-'));
  const file = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(
      process.execPath,
      [
        vitest,
        'run',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { cwd: root, stdio: shown === 'at-once' ? 'inherit' : ['ignore', 'pipe', 'pipe'] },
    );
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => printed.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    process.stdout.write(Buffer.concat(printed));
    return resultOf(name, await readReport(file), code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(file: string): Promise<Report | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A file that could not be loaded, an error outside of a test, or a run that broke off counts as one failure. */
function resultOf(name: string, report: Report | undefined, code: number | null): SuiteResult {
  if (report === undefined)
    return { name, passed: 0, failed: 1, skipped: 0, failures: [`${name}: the run broke off`] };
  const broken = code !== 0 || !report.success;
  return {
    name,
    passed: report.numPassedTests,
    failed: broken ? Math.max(report.numFailedTests, 1) : report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: failuresOf(report),
  };
}

function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return message === '' ? [] : [`${file}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages?.[0] ?? '')}`,
    );
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] as string;
