import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseTestLog } from '../../scripts/odoo/addon-tests.ts';
import { checkDatabaseName } from '../../scripts/odoo/databases.ts';
import { archiveAddress } from '../../scripts/odoo/debian-archive.ts';
import { parsePostmasterFile } from '../../scripts/odoo/debian-cluster.ts';
import { debianRelease, missingPackages } from '../../scripts/odoo/debian-packages.ts';
import { tryLock, withLock } from '../../scripts/odoo/exclusive-lock.ts';
import { psqlScript, sqlLiteral } from '../../scripts/odoo/sql.ts';
import { hashFolder } from '../../scripts/odoo/templates.ts';
import { formatElapsed, withProgress } from '../../scripts/progress.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'services-bridge-odoo-'));
  vi.stubEnv('SERVICES_BRIDGE_CACHE', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

describe('what the machine has', () => {
  it('tells the Debian release, and what is no Debian', () => {
    expect(debianRelease('ID=debian\nVERSION_ID="12"\n')).toBe(12);
    expect(debianRelease('ID=debian\nVERSION_CODENAME=sid\n')).toBe(Number.POSITIVE_INFINITY);
    expect(debianRelease('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n')).toBeUndefined();
  });

  it('finds missing packages, counting what another package provides', () => {
    const list = 'python3-lxml|installed|python3-html (= 1)\nxz|config-files|\npostgresql|installed|\n';
    expect(missingPackages(['python3-html', 'python3-lxml', 'postgresql', 'xz'], list)).toEqual(['xz']);
  });

  it('takes the address of the main archive, not of security updates or foreign sources', () => {
    const targets = [
      'https://apt.example.com/tools|stable|main',
      'http://mirror.example.org/debian-security/|bookworm-security|main',
      'http://mirror.example.org/debian/|bookworm-updates|main',
      'http://mirror.example.org/debian/|bookworm|contrib',
      'http://mirror.example.org/debian/|bookworm|main',
    ].join('\n');
    expect(archiveAddress(targets)).toBe('http://mirror.example.org/debian/');
    expect(archiveAddress('cdrom://Debian/debian/|bookworm|main')).toBeUndefined();
  });

  it('reads what a running PostgreSQL writes about itself', () => {
    const text = '4711\n/data\n1700000000\n45678\n\n127.0.0.1\n  1 2\nready   \n';
    expect(parsePostmasterFile(text)).toEqual({ processId: 4711, port: 45678, ready: true });
    expect(parsePostmasterFile(text.replace('ready   ', 'starting')).ready).toBe(false);
  });
});

describe('locks between processes', () => {
  it('lets one in at a time, and any number of sharers', async () => {
    const first = tryLock('example', 'shared');
    const second = tryLock('example', 'shared');
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    expect(tryLock('example')).toBeUndefined();
    first?.release();
    second?.release();
    await withLock('example', async () => {
      expect(tryLock('example')).toBeUndefined();
      expect(tryLock('example', 'shared')).toBeUndefined();
    });
  });

  it('is free again after its holder was killed', async () => {
    const module = fileURLToPath(new URL('../../scripts/odoo/exclusive-lock.ts', import.meta.url));
    const script = `
      import { takeLock } from ${JSON.stringify(module)};
      await takeLock('example');
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(tryLock('example')).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = tryLock('example');
    expect(lock).toBeDefined();
    lock?.release();
  });
});

describe('SQL for psql', () => {
  it('quotes values so that nothing of them is read as SQL', () => {
    expect(sqlLiteral("O'Neil'; DROP TABLE x; --")).toBe("'O''Neil''; DROP TABLE x; --'");
    expect(sqlLiteral(null)).toBe('NULL');
    expect(sqlLiteral(42)).toBe("'42'");
    expect(sqlLiteral(['a"b', 'c\\d', null, "e'f"])).toBe(`'{"a\\"b","c\\\\d",NULL,"e''f"}'`);
    expect(sqlLiteral({ name: "it's" })).toBe(`'{"name":"it''s"}'`);
    expect(sqlLiteral(new Date(0))).toBe("'1970-01-01T00:00:00.000Z'");
  });

  it('wraps statements with rows as JSON and leaves others alone', () => {
    expect(psqlScript('SELECT id FROM t;', [])).toContain('json_agg(row_to_json(result))');
    expect(psqlScript('INSERT INTO t VALUES ($1) RETURNING id', [1])).toMatch(
      /^PREPARE statement AS WITH result AS \(INSERT/,
    );
    expect(psqlScript('DELETE FROM t', [])).toBe('DELETE FROM t;\n');
  });

  it('accepts only plain names of databases', () => {
    expect(checkDatabaseName('run_1a')).toBe('run_1a');
    for (const name of ['', 'Run', '1run', 'run-1', 'run;', 'r'.repeat(64)]) {
      expect(() => checkDatabaseName(name)).toThrow('is no name for a database');
    }
  });
});

describe('the hash of the addon', () => {
  it('changes with a file that matters and only then', async () => {
    const addon = join(folder, 'addon');
    await mkdir(join(addon, 'models'), { recursive: true });
    await mkdir(join(addon, 'tests'));
    await mkdir(join(addon, '__pycache__'));
    await writeFile(join(addon, 'models', 'a.py'), 'one');
    const before = hashFolder(addon);
    await writeFile(join(addon, 'tests', 'test_a.py'), 'test');
    await writeFile(join(addon, '__pycache__', 'a.pyc'), 'compiled');
    expect(hashFolder(addon)).toBe(before);
    await writeFile(join(addon, 'models', 'a.py'), 'two');
    expect(hashFolder(addon)).not.toBe(before);
  });
});

describe("the outcome of Odoo's tests", () => {
  const line = (level: string, logger: string, text: string) =>
    `2026-01-31 10:00:00,000 42 ${level} addon_test odoo.${logger}: ${text}\n`;

  it('counts what passed and names what failed', () => {
    const tests = 'addons.services_bridge.tests.test_outbox';
    const log =
      line('INFO', tests, 'Starting TestOutbox.test_rollback ... ') +
      line('ERROR', tests, 'FAIL: TestOutbox.test_rollback') +
      line('ERROR', tests, 'FAIL: Subtest TestOutbox.test_many (i=0)') +
      line('ERROR', tests, 'FAIL: Subtest TestOutbox.test_many (i=2)') +
      line('ERROR', 'tests.suite', 'ERROR: setUpClass (odoo.addons.services_bridge.tests.test_x.TestX)') +
      line('INFO', tests, 'skipped TestOutbox.test_later : not on this version ') +
      line('ERROR', 'tests.result', "3 failed, 1 error(s) of 12 tests when loading database 'addon_test' ");
    expect(parseTestLog(log)).toEqual({
      passed: 9,
      failed: 4,
      failures: [
        'FAIL: TestOutbox.test_rollback',
        'FAIL: Subtest TestOutbox.test_many (i=0)',
        'FAIL: Subtest TestOutbox.test_many (i=2)',
        'ERROR: setUpClass (odoo.addons.services_bridge.tests.test_x.TestX)',
      ],
    });
  });

  it('reports nothing where no test ran', () => {
    expect(parseTestLog(line('INFO', 'modules.loading', 'Modules loaded.'))).toEqual({
      passed: 0,
      failed: 0,
      failures: [],
    });
  });
});

describe('visible progress', () => {
  const collect = () => {
    const lines: string[] = [];
    return { lines, output: { isTTY: false, write: (text: string) => lines.push(text) } };
  };

  it('says nothing about quick work', async () => {
    const { lines, output } = collect();
    expect(await withProgress('Quick', async () => 7, output)).toBe(7);
    expect(lines).toEqual([]);
  });

  it('shows long work after two seconds, and its end', async () => {
    vi.useFakeTimers();
    const { lines, output } = collect();
    const work = withProgress(
      'Slow',
      () => new Promise<void>((resolve) => setTimeout(resolve, 12_500)),
      output,
    );
    await vi.advanceTimersByTimeAsync(1_999);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    await work;
    expect(lines.join('')).toBe('Slow … 2.0 s\nSlow … 12.0 s\nSlow: done after 12.5 s\n');
  });

  it('writes durations for people', () => {
    expect(formatElapsed(840)).toBe('0.8 s');
    expect(formatElapsed(125_000)).toBe('2 min 05 s');
  });
});
