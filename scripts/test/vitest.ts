import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SuiteResult } from './suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

/** Runs one vitest project in this terminal and counts what it did. */
export async function runVitest(name: string, project: string): Promise<SuiteResult> {
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
      { cwd: root, stdio: 'inherit' },
    );
    const [code] = (await once(child, 'exit')) as [number | null];
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
  if (report === undefined) return { name, passed: 0, failed: 1, skipped: 0 };
  const broken = code !== 0 || !report.success;
  return {
    name,
    passed: report.numPassedTests,
    failed: broken ? Math.max(report.numFailedTests, 1) : report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
