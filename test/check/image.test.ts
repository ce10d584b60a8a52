import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import bridgeRuntime from '../../scripts/bridge-runtime.json' with { type: 'json' };
import { repository } from './planted.ts';

const run = promisify(execFile);

test('Node runs the bridge as the image does: without tsx', async () => {
  const { stdout } = await run(process.execPath, ['bridge/cli.ts', '--help'], { cwd: repository });
  expect(stdout).toContain('Usage: bridge');
});

test('Node is started here as in the image', () => {
  const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');
  const [, entry = ''] = /^ENTRYPOINT (.+)$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(entry)).toEqual(['node', ...bridgeRuntime.nodeArguments, 'bridge/cli.ts']);
  expect(dockerfile).toContain(`RUN node ${bridgeRuntime.nodeArguments.join(' ')} bridge/cli.ts --help`);
  for (const [name, value] of Object.entries(bridgeRuntime.environment))
    expect(dockerfile).toMatch(new RegExp(`^ENV .*\\b${name}=${value}\\b`, 'm'));
});

test('everything that the image copies is let through to its build', () => {
  const passed = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [
    ...readFileSync(join(repository, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm),
  ]
    .flatMap(([, sources = '']) => sources.split(' '))
    .sort();
  expect([...new Set(copied)]).toEqual(passed.sort());
});

test('every service of the compose file can be started from the Dockerfile or a published image', () => {
  const { services } = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8')) as {
    services: Record<string, { image?: string; build?: { target: string } }>;
  };
  const stages = [...readFileSync(join(repository, 'Dockerfile'), 'utf8').matchAll(/ AS (\S+)$/gm)].map(
    ([, name]) => name,
  );
  for (const { image, build } of Object.values(services)) {
    if (image === undefined) expect(stages).toContain(build?.target);
  }
});
