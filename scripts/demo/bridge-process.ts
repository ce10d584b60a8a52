import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import bridgeRuntime from '../bridge-runtime.json' with { type: 'json' };
import { builtBridge } from '../build/built.ts';
import { root } from '../root.ts';

export interface BridgeProcess {
  readonly processId: number | undefined;
  readonly address: string;
  readonly logFile: string;
  /** Resolves with its exit code when it has ended, for whatever reason. */
  readonly ended: Promise<number | null>;
  /** Ends as an orchestrator does it: SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends as a crash does: SIGKILL. */
  kill(): Promise<void>;
}

const startTimeoutMs = 30_000;

/** Starts `bridge start` as a process of its own, as a container would, and waits until it listens. */
export async function startBridgeProcess(
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<BridgeProcess> {
  const child = await runBridge(['start'], environment);
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const address = `http://${environment.HOST ?? '127.0.0.1'}:${environment.PORT}`;
  await listening(address, ended, logFile);
  return {
    processId: child.pid,
    address,
    logFile,
    ended: ended.then(([code]) => code),
    async stop() {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs a command of the bridge, such as `['status']`, and answers what it prints. */
export async function bridgeCommand(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = await runBridge(command, environment);
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** As in the image. */
async function runBridge(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const bundle = await builtBridge();
  return spawn(process.execPath, [...bridgeRuntime.nodeArguments, bundle, ...command], {
    cwd: root,
    // Only what the bridge is told; nothing of this machine's own settings.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // What Node compiles is kept.
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
      ...bridgeRuntime.environment,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function listening(address: string, ended: Promise<unknown>, logFile: string): Promise<void> {
  let dead = false;
  ended.then(() => {
    dead = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && !dead) {
    const answer = await fetch(`${address}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The bridge ${dead ? 'ended' : 'does not answer'} while starting. Its log: ${logFile}`);
}
