import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type CommandLine, commandEnvironment, endingWithOwner } from './run-command.ts';

/** A running Odoo server. */
export interface ServerProcess {
  readonly processId: number;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** Asks it to end, and ends it the hard way when it does not within 15 seconds. */
  stop(): Promise<void>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
}

const startTimeoutMilliseconds = 180_000;
const stopTimeoutMilliseconds = 15_000;
const pollMilliseconds = 50;

function endOfLog(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
}

/** Ends the process and its workers. They are one process group, which Ctrl-C in a terminal does not reach. */
function signalGroup(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-processId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(60_000) });
    await response.arrayBuffer();
    return response.status < 400;
  } catch {
    return false;
  }
}

/** Resolves when the server answers, and when its registry is loaded, so that the first request is a normal one. */
async function waitUntilReady(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMilliseconds;
  for (const path of ['/web/health', '/web/login']) {
    while (!(await answers(url + path))) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`Odoo ended while it started; the end of ${logFile}:\n${endOfLog(logFile)}`);
      }
      if (Date.now() > deadline) {
        throw new Error(
          `Odoo does not answer on ${url}${path}; the end of ${logFile}:\n${endOfLog(logFile)}`,
        );
      }
      await delay(pollMilliseconds);
    }
  }
}

/** Starts a server and resolves when it answers. */
export async function startServerProcess(
  commandLine: CommandLine,
  url: string,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const { command, arguments: commandArguments } = endingWithOwner(commandLine);
  const child = spawn(command, commandArguments, {
    env: commandEnvironment(commandLine),
    cwd: '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const processId = child.pid;
  if (processId === undefined) throw new Error('Odoo has no process id');
  const isRunning = () => child.exitCode === null && child.signalCode === null;

  async function kill(): Promise<void> {
    // Also when the main process is gone: its workers may not be.
    signalGroup(processId as number, 'SIGKILL');
    await exited;
  }

  async function stop(): Promise<void> {
    if (isRunning()) {
      child.kill('SIGTERM');
      const controller = new AbortController();
      const timeout = delay(stopTimeoutMilliseconds, undefined, { signal: controller.signal });
      await Promise.race([exited, timeout.catch(() => undefined)]);
      controller.abort();
    }
    await kill();
  }

  try {
    await waitUntilReady(url, child, logFile);
  } catch (error) {
    await kill();
    throw error;
  }
  return { processId, isRunning, stop, kill };
}
