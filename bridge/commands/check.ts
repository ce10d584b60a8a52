import { type Configuration, configure, type PinDatabase } from '../connectors.ts';
import { readSettings, type Settings } from '../settings.ts';
import { openDatabaseForReading, StoreError } from '../store/database.ts';
import { metaTable } from '../store/meta.ts';
import type { Connector, Finding } from '../systems/system.ts';

const marks = { ok: '✓', warning: '!', error: '✗' } as const;
const patienceMs = 20_000;

/** Looks at everything that the bridge needs and prints what it found; 0 when nothing is wrong. */
export async function check(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    return finish('settings', [failure(error)]);
  }
  print('settings', [{ level: 'ok', message: 'complete' }]);
  let configuration: Configuration;
  try {
    configuration = configure(settings, await pinnedDatabase(settings));
  } catch (error) {
    return finish('rules', [failure(error)]);
  }
  const { rules, connectors } = configuration;
  const summary = `${rules.rules.length} rules between ${rules.systems.map((system) => system.name).join(', ')}`;
  print('rules', [{ level: 'ok', message: `${summary}, version ${rules.version.slice(0, 12)}` }]);
  return checkSystems(connectors);
}

async function checkSystems(connectors: readonly Connector[]): Promise<number> {
  const signal = AbortSignal.timeout(patienceMs);
  const results = await Promise.all(
    connectors.map(async (connector) => ({ connector, findings: await connector.check(signal) })),
  );
  for (const { connector, findings } of results) {
    print(connector.system, findings);
    await connector.close();
  }
  return results.some(({ findings }) => findings.some((finding) => finding.level === 'error')) ? 1 : 0;
}

/** Answers which Odoo database this bridge belongs to: before its first contact, the one that answers. Keeps nothing. */
async function pinnedDatabase(settings: Settings): Promise<PinDatabase> {
  try {
    const database = openDatabaseForReading(settings.databasePath);
    const pinned = metaTable(database).get('odoo.database');
    await database.kysely.destroy();
    return async (uuid) => pinned ?? uuid;
  } catch (error) {
    if (error instanceof StoreError) return async (uuid) => uuid;
    throw error;
  }
}

const failure = (error: unknown): Finding => ({
  level: 'error',
  message: error instanceof Error ? error.message : String(error),
});

function print(subject: string, findings: readonly Finding[]): void {
  console.log(subject);
  for (const { level, message, remedy } of findings) {
    console.log(`  ${marks[level]} ${message}`);
    if (remedy !== undefined) console.log(`    → ${remedy}`);
  }
}

function finish(subject: string, findings: readonly Finding[]): number {
  print(subject, findings);
  return 1;
}
