import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { entityNames } from '../../bridge/entities/catalogue.ts';
import { runProgram } from '../../bridge/program.ts';

/** What a run of the program prints. */
async function printed(...argumentList: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  await runProgram(['node', 'bridge', ...argumentList]);
  expect(process.exitCode).toBe(0);
  return log.mock.calls.join('\n');
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-schema-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const names = [...entityNames, ...businessEventNames].map((name) => `${name}.v1`);

test('bridge schema --out writes a file for every entity and event, into a directory that need not be there', async () => {
  const directory = join(temporaryFolder(), 'made', 'here');
  expect(await printed('schema', '--out', directory)).toContain(`schemas written to ${directory}`);
  expect(readdirSync(directory).sort()).toEqual(names.map((name) => `${name}.json`).sort());
  const invoice = JSON.parse(readFileSync(join(directory, 'invoice.v1.json'), 'utf8'));
  expect(invoice).toMatchObject({ $id: 'urn:services-bridge:entity:invoice:1', title: 'invoice' });
});

test('bridge schema prints all of them as one schema', async () => {
  const all = JSON.parse(await printed('schema'));
  expect(Object.keys(all.$defs)).toEqual(names);
  expect(all.$defs['invoice.paid.v1']).toMatchObject({ properties: { type: { const: 'invoice.paid' } } });
  expect(all.$defs['customer.v1'].properties.parent).toMatchObject({ 'x-entity': 'customer' });
});

test('bridge schema --out says where it cannot write', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => error.mockRestore());
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await runProgram(['node', 'bridge', 'schema', '--out', join(file, 'inside')]);
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
  expect(error.mock.calls.join('')).toMatch(
    /^The schemas cannot be written to .*: ENOTDIR.* Name another folder/,
  );
});
