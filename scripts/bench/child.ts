import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import bridgeRuntime from '../bridge-runtime.json' with { type: 'json' };

/** A program of the benchmark in a process of its own, so that it has a core of its own. */
export interface BenchChild {
  /** What it said when it was ready. */
  readonly ready: Record<string, unknown>;
  /** Asks it something; programs answer every message with one. */
  ask(message: Record<string, unknown>): Promise<Record<string, unknown>>;
  end(): Promise<void>;
}

/** See `scripts/bridge-runtime.json`. */
interface Runtime {
  readonly nodeArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Of what is no part of the bridge. */
export const asNodeIs: Runtime = { nodeArguments: [], environment: {} };

/**
 * Starts a program of this folder and waits for its first message. Node reads its TypeScript by itself: what tsx adds to each
 * function would be measured too.
 *
 * @param runtime how Node is started; as the product starts it, where nothing is said
 */
export async function startChild(
  program: string,
  argumentList: readonly string[],
  runtime: Runtime = bridgeRuntime,
): Promise<BenchChild> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(file, argumentList, {
    execArgv: [...runtime.nodeArguments],
    env: { ...process.env, ...runtime.environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const broken = ended.then(([code]) => {
    throw new Error(`${program} ended with ${code}`);
  });
  broken.catch(() => {});
  const nextMessage = async () => {
    const [message] = await Promise.race([once(child, 'message'), broken]);
    return message as Record<string, unknown>;
  };
  return {
    ready: await nextMessage(),
    ask(message) {
      const answer = nextMessage();
      child.send(message);
      return answer;
    },
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The other side of `startChild`: says that the program is ready, and answers what it is asked. */
export function serveParent(
  ready: Record<string, unknown>,
  answer: (
    message: Record<string, unknown>,
  ) => Promise<Record<string, unknown>> | Record<string, unknown> = () => ({}),
): void {
  process.on('message', async (message) => {
    process.send?.(await answer(message as Record<string, unknown>));
  });
  process.on('SIGTERM', () => process.exit(0));
  process.send?.(ready);
}
