import {
  type Configuration,
  checkRules,
  configure,
  connectorsWithoutRules,
  type Pin,
} from '../connectors.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Environment } from '../setting-values.ts';
import { readDatabasePath, readRulesDirectory, readSettings, type Settings } from '../settings.ts';
import { openDatabaseForReading, StoreError } from '../store/database.ts';
import { metaTable, pinnedKinds } from '../store/meta.ts';
import type { Connector, Finding } from '../systems/system.ts';
import { checkDatabase } from './check-database.ts';

const marks = { ok: '✓', warning: '!', error: '✗' } as const;
const patienceMs = 20_000;

/** Looks at everything that the bridge needs and prints what it found; 0 when nothing is wrong. */
export async function check(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    print('settings', [failure(error)]);
    print('database', [checkDatabase(readDatabasePath(process.env))]);
    return checkRulesAlone(process.env);
  }
  print('settings', [{ level: 'ok', message: 'complete' }]);
  const database = checkDatabase(settings.databasePath);
  print('database', [database]);
  const pin = await pinnedBefore(settings);
  let configuration: Configuration;
  try {
    configuration = configure(settings, pin);
  } catch (error) {
    print('rules', [failure(error)]);
    // What is wrong with the systems is not said one start later.
    await checkSystems(connectorsWithoutRules(settings, pin));
    return 1;
  }
  const { rules, connectors } = configuration;
  print('rules', [{ level: 'ok', message: rulesText(rules) }]);
  const code = await checkSystems(connectors);
  return isWrong(database) ? 1 : code;
}

/** Rules can be written and checked where the settings are not known; the systems have no say in it then. */
function checkRulesAlone(environment: Environment): number {
  try {
    const rules = checkRules(readRulesDirectory(environment));
    const message = `${rulesText(rules)}; what each system can do is checked when the settings are complete`;
    print('rules', [{ level: 'warning', message }]);
  } catch (error) {
    print('rules', [failure(error)]);
  }
  return 1;
}

function rulesText({ rules, flows, systems, version }: RuleSet): string {
  const names = systems.map(({ name }) => name).join(', ');
  const processes = flows.length === 1 ? '1 flow' : `${flows.length} flows`;
  return `${rules.length} rules between ${names}, ${processes}, version ${version.slice(0, 12)}`;
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
  return results.some(({ findings }) => findings.some(isWrong)) ? 1 : 0;
}

/** Answers which database and accounts this bridge belongs to: before its first contact, those that answer. Keeps nothing. */
async function pinnedBefore(settings: Settings): Promise<Pin> {
  try {
    const database = openDatabaseForReading(settings.databasePath, { older: true });
    const { get } = metaTable(database);
    const pinned = new Map(pinnedKinds.map((kind) => [kind, get(kind)]));
    await database.kysely.destroy();
    return async (kind, id) => pinned.get(kind) ?? id;
  } catch (error) {
    if (error instanceof StoreError) return async (_, id) => id;
    throw error;
  }
}

/** What the bridge puts right by itself at its start is nothing that a person has to do. */
const isWrong = ({ level, bySetup }: Finding): boolean => level === 'error' && bySetup !== true;

const failure = (error: unknown): Finding => ({
  level: 'error',
  message: error instanceof Error ? error.message : String(error),
});

function print(subject: string, findings: readonly Finding[]): void {
  console.log(subject);
  for (const finding of findings) {
    const { level, message, remedy } = finding;
    const mark = level === 'error' && !isWrong(finding) ? marks.warning : marks[level];
    console.log(`  ${mark} ${message.replaceAll('\n', '\n  ')}`);
    if (remedy !== undefined) console.log(`    → ${remedy}`);
  }
}
