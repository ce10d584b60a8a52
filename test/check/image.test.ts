import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import bridgeRuntime from '../../scripts/bridge-runtime.json' with { type: 'json' };
import { builtBridge } from '../../scripts/build/built.ts';
import { repository } from './planted.ts';

const run = promisify(execFile);

const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');

describe('what the image runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-image-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('needs nothing but what is copied into it', async () => {
    await builtBridge();
    for (const [, from = '', to = ''] of dockerfile.matchAll(/^COPY --from=\w+ \/app\/(\S+) (\S+)$/gm)) {
      if (from === 'node_modules') continue;
      cpSync(join(repository, from), join(folder, to, to.endsWith('/') ? basename(from) : ''), {
        recursive: true,
      });
    }
    cpSync(join(repository, 'sync-rules'), join(folder, 'sync-rules'), { recursive: true });
    const [, ...entry] = entryPoint();
    const { stdout } = await run(process.execPath, [...entry, '--help'], { cwd: folder });
    expect(stdout).toContain('Usage: bridge');
    const database = join(folder, 'other.sqlite');
    writeFileSync(database, '');
    const looking = run(process.execPath, [...entry, 'status'], {
      cwd: folder,
      env: { DATABASE_PATH: database, RULES_DIRECTORY: 'sync-rules' },
    });
    await expect(looking).rejects.toMatchObject({
      stderr: expect.stringContaining('cannot be read as the database of a bridge: no such table'),
    });
  });

  test('says whose work is in it, and under which licence', () => {
    const text = readFileSync(join(repository, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(text).toMatch(/^hono \S+ \(MIT\)$/m);
    expect(text).toMatch(/^kysely \S+ \(MIT\)$/m);
    expect(text).toMatch(/^Permission is hereby granted, free of charge/m);
  });
});

const entryPoint = (): string[] => JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]');

test('Node is started here as in the image', () => {
  const command = ['node', ...bridgeRuntime.nodeArguments, 'dist/bridge.mjs'];
  expect(entryPoint()).toEqual(command);
  expect(dockerfile).toContain(`RUN ${command.join(' ')} --help`);
  for (const [name, value] of Object.entries(bridgeRuntime.environment))
    expect(dockerfile).toMatch(new RegExp(`^(ENV|   ) .*\\b${name}=${value}\\b`, 'm'));
});

test('everything that the image copies is let through to its build', () => {
  const passed = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, sources = '']) => sources.split(' '))
    .sort();
  expect([...new Set(copied)]).toEqual(passed.sort());
});

test('every service of the compose file can be started from the Dockerfile or a published image', () => {
  const { services } = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8')) as {
    services: Record<string, { image?: string; build?: { target: string } }>;
  };
  const stages = [...dockerfile.matchAll(/ AS (\S+)$/gm)].map(([, name]) => name);
  for (const { image, build } of Object.values(services)) {
    if (image === undefined) expect(stages).toContain(build?.target);
  }
});
