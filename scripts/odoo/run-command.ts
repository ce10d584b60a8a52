import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

/** What to execute. `environment` replaces the inherited variables entirely, apart from PATH, HOME and the like. */
export interface CommandLine {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly userId?: number;
  readonly groupId?: number;
}

/** The address of a mirror may carry a log-in. */
function withoutLogIns(text: string): string {
  return text.replace(/\/\/[^/\s@]+@/g, '//***@');
}

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly #output: string;

  constructor(commandLine: CommandLine, exitCode: number | null, output: string) {
    const lines = withoutLogIns(output).trimEnd().split('\n').slice(-20).join('\n');
    super(
      `${commandLine.command} ${commandLine.arguments.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${lines}`,
    );
    this.#output = withoutLogIns(output);
  }

  /** Everything it printed; not a plain property, so that nobody prints it with the error. */
  get output(): string {
    return this.#output;
  }
}

// PG* and PYTHON* variables of the caller would lead the tools to other servers and modules.
const inheritedVariables = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'TERM',
  'DOCKER_HOST',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

export function commandEnvironment(commandLine: CommandLine): Record<string, string> {
  const environment: Record<string, string> = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  for (const name of inheritedVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...commandLine.environment };
}

const setpriv = '/usr/bin/setpriv';

/**
 * The same command, ended by the kernel (Linux) together with the process that starts it, so that nothing goes on
 * writing after a `kill -9` while the next run begins anew. What the command starts itself is not ended.
 */
export function endingWithOwner(commandLine: CommandLine): CommandLine {
  if (!existsSync(setpriv)) return commandLine;
  const { command, arguments: commandArguments } = commandLine;
  return {
    ...commandLine,
    command: setpriv,
    arguments: ['--pdeathsig', 'KILL', command, ...commandArguments],
  };
}

export interface RunOptions {
  readonly input?: string;
  /** Output goes to this file instead of memory, for programs that print a lot. */
  readonly logFile?: string;
}

/**
 * Runs a program to its end and gives what it wrote to standard output.
 * @throws CommandFailed when it exits with anything but 0, with the end of its output.
 */
export async function run(commandLine: CommandLine, options: RunOptions = {}): Promise<string> {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'w');
  try {
    return await new Promise<string>((resolvePromise, reject) => {
      const { command, arguments: commandArguments } = endingWithOwner(commandLine);
      const child = spawn(command, commandArguments, {
        env: commandEnvironment(commandLine),
        cwd: '/',
        stdio: [options.input === undefined ? 'ignore' : 'pipe', log ?? 'pipe', log ?? 'pipe'],
        ...(commandLine.userId === undefined ? {} : { uid: commandLine.userId }),
        ...(commandLine.groupId === undefined ? {} : { gid: commandLine.groupId }),
      });
      const standardOutput: Buffer[] = [];
      const all: Buffer[] = [];
      child.stdout?.on('data', (chunk: Buffer) => {
        standardOutput.push(chunk);
        all.push(chunk);
      });
      child.stderr?.on('data', (chunk: Buffer) => all.push(chunk));
      child.on('error', reject);
      child.on('close', (exitCode) => {
        if (exitCode === 0) {
          resolvePromise(Buffer.concat(standardOutput).toString());
          return;
        }
        const output =
          options.logFile === undefined
            ? Buffer.concat(all).toString()
            : readFileSync(options.logFile, 'utf8');
        reject(new CommandFailed(commandLine, exitCode, output));
      });
      if (options.input !== undefined && child.stdin) {
        // A program that ends early closes its input; its exit code tells more than the broken pipe.
        child.stdin.on('error', () => undefined);
        child.stdin.end(options.input);
      }
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** Whether a program can be run and succeeds. */
export async function succeeds(command: string, ...commandArguments: string[]): Promise<boolean> {
  try {
    await run({ command, arguments: commandArguments });
    return true;
  } catch {
    return false;
  }
}
