import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check } from './check.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** The JavaScript file that starts a tool: entry `program` in the manifest of the installed package. */
function programFile(packageName: string, program: string): string {
  const folder = join(modules, ...packageName.split('/'));
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const file = typeof bin === 'string' ? bin : bin[program];
  if (file === undefined) throw new Error(`The package ${packageName} has no program "${program}"`);
  return join(folder, file);
}

/** A check by a tool of node_modules that exits with 0 when all is well, and else prints what is wrong. */
export function toolCheck(
  name: string,
  packageName: string,
  program: string,
  ...argumentList: readonly string[]
): Check {
  return {
    name,
    run: (root) => output([programFile(packageName, program), ...argumentList], root),
  };
}

function output(argumentList: readonly string[], root: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argumentList, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0) return resolve('');
      const text = Buffer.concat(chunks).toString().trim();
      resolve(text === '' ? `It ended with exit code ${exitCode} and said nothing.` : text);
    });
  });
}
