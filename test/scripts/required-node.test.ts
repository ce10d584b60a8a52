import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { builtBridge } from '../../scripts/build/built.ts';

const run = promisify(execFile);

/** What `bridge --help` comes to with a Node. */
async function help(node: string, ...argumentList: string[]) {
  return run(node, [...argumentList, await builtBridge(), '--help']).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

const refused = (version: unknown) => ({
  code: 1,
  stdout: '',
  stderr: `The bridge needs Node 24 or newer, and this is Node ${version}. Get it from https://nodejs.org/en/download, or use the image of the bridge; in a checkout, "npm run bridge -- <command>" gets it by itself.\n`,
});

test.each(['23.11.1', '20.20.2', '9.0.0'])('Node %s is told which one is needed', async (version) => {
  const pretence = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  expect(await help(process.execPath, '--import', `data:text/javascript,${pretence}`)).toEqual(
    refused(version),
  );
});

test('nothing is loaded before that is said', async () => {
  // As an older Node, which lacks a name that the bridge imports.
  const pretence = [
    `import crypto from 'node:crypto'; import { syncBuiltinESMExports } from 'node:module';`,
    `delete crypto.hash; syncBuiltinESMExports();`,
    `Object.defineProperty(process.versions, 'node', { value: '18.20.8' });`,
  ].join('');
  expect(await help(process.execPath, '--import', `data:text/javascript,${pretence}`)).toEqual(
    refused('18.20.8'),
  );
});

const older = olderNode();

test.skipIf(older === undefined)('an older Node of this machine is told which one is needed', async () => {
  const node = older as string;
  const { stdout: version } = await run(node, ['-p', 'process.versions.node']);
  if (Number(version.split('.')[0]) >= 24) return;
  expect(await help(node)).toEqual(refused(version.trim()));
});

/** The Node that the machine has besides the one of this repository. */
function olderNode(): string | undefined {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

test('the Node that is needed runs it', async () => {
  expect(await help(process.execPath)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: bridge'),
  });
});
