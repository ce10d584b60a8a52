// Runs a TypeScript file of this repository on any machine with Node 20 or newer:
//   node scripts/run.mjs <file.ts | name of a tool in node_modules/.bin> [arguments]
// It installs the dependencies when they are missing or out of date, and brings the Node release that the product
// is developed for where the machine's own is older. Plain JavaScript without dependencies, for old Nodes too.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const marker = join(modules, '.installed-from');
const wantedMajor = 24;

/** Runs npm in the repository; ends this process with a plain message when npm fails. */
function npm(what, ...argumentList) {
  console.error(`${what} …`);
  const result = spawnSync('npm', argumentList, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.status !== 0) {
    console.error(
      `"npm ${argumentList.join(' ')}" failed. Check that the npm registry can be reached, then try again.`,
    );
    process.exit(1);
  }
}

/** Installs exactly what package-lock.json says, once per content of that file. */
function installDependencies() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  npm('Installing dependencies', 'ci', '--loglevel=error');
  writeFileSync(marker, wanted);
}

/** Path of a Node of the wanted release or newer. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath;
  const local = join(modules, 'node', 'bin', 'node');
  if (!existsSync(local)) {
    npm(
      `Fetching Node ${wantedMajor} (this machine has ${process.versions.node})`,
      'rebuild',
      'node',
      '--ignore-scripts=false',
      '--loglevel=error',
    );
  }
  return local;
}

const [target, ...rest] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: node scripts/run.mjs <file.ts | tool> [arguments]');
  process.exit(2);
}
installDependencies();
const node = findNode();

const isBridge = target.startsWith('bridge/');
const runtime = JSON.parse(readFileSync(join(root, 'scripts', 'bridge-runtime.json'), 'utf8'));

/** Makes of the bridge what the image runs, where that has changed, and answers where it is. */
function build() {
  const { status } = spawnSync(node, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  return join(root, 'dist', 'bridge.mjs');
}

/**
 * What Node has to be called with: the bridge as in the image, in one file and in little memory; scripts through tsx; a tool
 * by its JavaScript entry.
 */
function command() {
  if (isBridge) return [...runtime.nodeArguments, build(), ...rest];
  if (target.endsWith('.ts')) {
    return ['--import', import.meta.resolve('tsx'), join(root, target), ...rest];
  }
  const manifest = JSON.parse(readFileSync(join(modules, ...target.split('/'), 'package.json'), 'utf8'));
  const entry =
    typeof manifest.bin === 'string'
      ? manifest.bin
      : (manifest.bin[target.split('/').pop()] ?? Object.values(manifest.bin)[0]);
  return [join(modules, ...target.split('/'), entry), ...rest];
}

// What Node compiles of the bridge is kept: it starts in half the time, and with less memory.
const compiled = join(modules, '.cache', 'compiled');
const bridgeEnvironment = isBridge ? { NODE_COMPILE_CACHE: compiled, ...runtime.environment } : {};
// Tools that start "node" themselves must find the same one.
const path = `${dirname(node)}:${process.env.PATH ?? ''}`;
const child = spawn(node, command(), {
  stdio: 'inherit',
  env: { ...bridgeEnvironment, ...process.env, PATH: path },
});
// Ctrl-C reaches the child through the terminal's process group; a signal sent to us alone is passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
