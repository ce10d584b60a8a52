import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAgreement } from './agreement.ts';
import { type RuleDraft, readEntityRules } from './entity-file.ts';
import { type ConnectorOffer, checkOffers } from './offer.ts';
import { type RuleProblem, RulesError } from './problem.ts';
import { readDocument } from './reader.ts';
import type { Rule, RuleSet, SystemDeclaration } from './rule.ts';
import { readSystems, type SystemDraft } from './systems-file.ts';
import { versionOf } from './version.ts';

const systemsFile = 'systems.yaml';

/**
 * Reads and checks all rules of a folder: `systems.yaml`, and any number of other `*.yaml` files with the rules of
 * one entity each.
 *
 * @param directory the folder; messages show its files under this path
 * @param offers the connectors that there are
 * @throws RulesError with every problem of every file
 */
export function loadRules(directory: string, offers: readonly ConnectorOffer[]): RuleSet {
  const problems: RuleProblem[] = [];
  const report = (place: Omit<RuleProblem, 'message'>, message: string, suggestion?: string) => {
    const { file, line, column } = place;
    problems.push({ file, line, column, message, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  const systems: SystemDraft[] = [];
  const rules: RuleDraft[] = [];
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch {
    report(
      { file: directory, line: 1, column: 1 },
      'this folder cannot be read',
      'set RULES_DIRECTORY to the folder of the rules',
    );
    throw new RulesError(directory, problems);
  }
  for (const name of names) {
    const file = join(directory, name);
    if (name.endsWith('.yml'))
      report({ file, line: 1, column: 1 }, 'only *.yaml files are read', 'rename it');
    if (!name.endsWith('.yaml')) continue;
    const content = contentOf(file);
    if (content === undefined) {
      report(
        { file, line: 1, column: 1 },
        'this file cannot be read',
        'check that it is a file, and its rights',
      );
      continue;
    }
    const reader = readDocument(file, content, report);
    if (name === systemsFile) systems.push(...readSystems(reader));
    else rules.push(...readEntityRules(reader));
  }
  if (!names.includes(systemsFile)) {
    const place = { file: join(directory, systemsFile), line: 1, column: 1 };
    report(place, 'this file is missing', 'it says which systems there are');
  }
  checkAgreement(rules, systems, report);
  checkOffers(rules, systems, offers, report);
  if (problems.length > 0) throw new RulesError(directory, problems);
  const content = {
    systems: systems.map(declarationOf),
    rules: rules.map(ruleOf),
    entities: {},
    tables: {},
    subscribers: [],
  };
  return { version: versionOf(content), ...content };
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function declarationOf(draft: SystemDraft): SystemDeclaration {
  return {
    name: draft.name.value,
    connector: complete(draft.connector).value,
    role: complete(draft.role).value,
    poll: Object.fromEntries(draft.poll.map(({ stream, schedule }) => [stream.value, schedule])),
    options: Object.fromEntries(draft.options.map(({ option, value }) => [option.value, value])),
    shadow: false,
  };
}

function ruleOf(draft: RuleDraft): Rule {
  return {
    id: complete(draft.id).value,
    entity: complete(draft.entity),
    from: complete(draft.from).value,
    to: complete(draft.to).value,
    fields: draft.fields.map((field) => field.value),
    mappings: {},
    when: draft.when,
    otherwise: draft.otherwise.value,
    deleted: draft.otherwise.value,
    match: draft.match.map((field) => field.value),
    propose: false,
    create: draft.create.value,
    lane: draft.lane,
    timing: { kind: 'real-time' },
    shadow: false,
    overrides: [],
  };
}

/** Whatever is missing from a draft was reported, and a rule set with problems never comes this far. */
function complete<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('A rule that could not be read was not reported');
  return part;
}
