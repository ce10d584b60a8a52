import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Path of a database file in a folder of its own, which is gone after the test. */
export function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'bridge.sqlite');
}
