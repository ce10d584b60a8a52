import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type EntityName, entityNames } from '../entities/catalogue.ts';
import { checkAgreement } from './agreement.ts';
import type { OverrideDraft, RuleDraft } from './draft.ts';
import { readEntityRules, readOutline } from './entity-file.ts';
import { checkExtensions } from './extension-check.ts';
import { type FieldSet, fieldSetOf } from './field-set.ts';
import type { Flow } from './flow.ts';
import { checkFlows } from './flow-check.ts';
import type { FlowDraft } from './flow-draft.ts';
import { holdsFlow, readFlow } from './flow-file.ts';
import { checkFlowOffers } from './flow-offer.ts';
import { type ConnectorOffer, checkOffers } from './offer.ts';
import { joinPolicies, policiesOf } from './policies.ts';
import { type RuleProblem, RulesError } from './problem.ts';
import { type Reader, readDocument } from './reader.ts';
import { completeReconciliations } from './reconcile-check.ts';
import { type ReconciliationDraft, readReconciliations } from './reconcile-file.ts';
import type { Override, Rule, RuleSet, SystemDeclaration } from './rule.ts';
import { fieldsOf } from './rule-file.ts';
import { readSubscribers, type SubscriberDraft } from './subscribers-file.ts';
import { readSystems, type SystemDraft } from './systems-file.ts';
import { checkTableNames, tableOf } from './table-file.ts';
import { checkTargetNames } from './target-name-check.ts';
import { type Decoded, decodeUtf8 } from './utf8.ts';
import { versionOf } from './version.ts';

const systemsFile = 'systems.yaml';
const subscribersFile = 'subscribers.yaml';
const reconcileFile = 'reconcile.yaml';

/**
 * Reads and checks all rules of a folder: `systems.yaml`, perhaps `subscribers.yaml` and `reconcile.yaml`, and any number of other `*.yaml`
 * files with the rules of one entity each, with a flow each, or with value tables.
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
  const { systems, subscribers, reconciliations, readers } = readFiles(directory, report, problems);

  const outlines = readers.filter((reader) => !holdsFlow(reader)).map(readOutline);
  const extensions = outlines.flatMap((outline) => outline.extensions);
  const tables = outlines.flatMap((outline) => outline.tables);
  // What a file that could not be read would have added is not said to be missing.
  const complete = outlines.every((outline) => outline.readable);
  const fieldSets = new Map<EntityName | undefined, FieldSet>(
    entityNames.map((entity) => [
      entity,
      fieldSetOf(
        entity,
        extensions.filter(({ value }) => value.entity === entity),
        complete,
      ),
    ]),
  );
  const files = outlines.map((outline) =>
    readEntityRules(outline, fieldSets.get(outline.entity), tables, complete),
  );
  const rules = files.flatMap((file) => file.rules);
  const flows = readers.filter(holdsFlow).map((reader) => readFlow(reader, { fieldSets, tables, complete }));
  const policies = joinPolicies(
    files.flatMap(({ policy }) => policy ?? []),
    report,
  );
  checkTargetNames(systems, subscribers, report);
  checkTableNames(tables, report);
  checkExtensions(rules, extensions, report);
  checkAgreement(rules, systems, policies, flows, report);
  checkFlows(flows, rules, systems, extensions, report);
  checkOffers(rules, systems, extensions, offers, report);
  checkFlowOffers(flows, systems, offers, report);
  const surroundings = { rules, policies, complete };
  const completed = completeReconciliations(reconciliations, surroundings, report);
  if (problems.length > 0) throw new RulesError(directory, problems);

  const content = {
    systems: systems.map(declarationOf),
    rules: rules.map(ruleOf),
    entities: policiesOf(policies, extensions),
    tables: Object.fromEntries(tables.map((table) => [table.name.value, tableOf(table)])),
    subscribers: subscribers.map(({ name, events }) => ({ name: name.value, events })),
    flows: flows.map(flowOf),
    reconciliations: completed,
  };
  return { version: versionOf(content), ...content };
}

interface Files {
  readonly systems: SystemDraft[];
  readonly subscribers: SubscriberDraft[];
  readonly reconciliations: ReconciliationDraft[];
  /** One for each file with rules, a flow or tables. */
  readonly readers: Reader[];
}

function readFiles(directory: string, report: Reader['report'], problems: readonly RuleProblem[]): Files {
  const systems: SystemDraft[] = [];
  const subscribers: SubscriberDraft[] = [];
  const reconciliations: ReconciliationDraft[] = [];
  const readers: Reader[] = [];
  const names = namesIn(directory);
  if (names === undefined) {
    report(
      { file: directory, line: 1, column: 1 },
      'this folder cannot be read',
      'name the folder that systems.yaml is in',
    );
    throw new RulesError(directory, problems);
  }
  for (const name of names) {
    const file = join(directory, name);
    const start = { file, line: 1, column: 1 };
    if (name.endsWith('.yml')) report(start, 'only *.yaml files are read', 'rename it');
    if (holdsRules(file)) report(start, 'folders in this folder are not read', 'move its files out of it');
    if (!name.endsWith('.yaml')) continue;
    const content = contentOf(file);
    if (content === undefined) {
      report(start, 'this file cannot be read', 'check that it is a file, and its rights');
      continue;
    }
    const { text, fault } = content;
    if (fault !== undefined) report({ file, ...fault }, 'not UTF-8: save the file as UTF-8');
    // What is wrong with letters that nobody wrote is no use; what else the file declares, others may refer to.
    const reader = readDocument(file, text, fault === undefined ? report : () => undefined);
    if (name === systemsFile) systems.push(...readSystems(reader));
    else if (name === subscribersFile) subscribers.push(...readSubscribers(reader));
    else if (name === reconcileFile) reconciliations.push(...readReconciliations(reader));
    else readers.push(reader);
  }
  if (!names.includes(systemsFile)) {
    const place = { file: join(directory, systemsFile), line: 1, column: 1 };
    report(place, 'this file is missing', 'it says which systems there are');
  }
  return { systems, subscribers, reconciliations, readers };
}

function namesIn(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).sort();
  } catch {
    return undefined;
  }
}

/** True for a folder with YAML files; not for those that other programs keep for themselves, such as `.git`. */
function holdsRules(path: string): boolean {
  const isFolder =
    !basename(path).startsWith('.') && statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFolder === true && (namesIn(path) ?? []).some((name) => /\.ya?ml$/.test(name));
}

function contentOf(file: string): Decoded | undefined {
  try {
    return decodeUtf8(readFileSync(file));
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
    shadow: draft.shadow,
  };
}

function ruleOf(draft: RuleDraft): Rule {
  return {
    id: complete(draft.id).value,
    entity: complete(draft.entity),
    from: complete(draft.from).value,
    to: complete(draft.to).value,
    ...fieldsOf(draft.fields),
    ...(draft.initial.length === 0 ? {} : { initial: fieldsOf(draft.initial) }),
    ...selectionOf(draft),
    otherwise: draft.otherwise.value,
    deleted: draft.deleted.value,
    match: draft.match.map((field) => field.value),
    propose: draft.propose,
    create: draft.create.value,
    lane: draft.lane,
    timing: draft.timing,
    shadow: draft.shadow,
    overrides: draft.overrides.map(overrideOf),
  };
}

function overrideOf({ when, where, fields, otherwise, deleted, ...others }: OverrideDraft): Override {
  return {
    ...others,
    ...selectionOf({ when, ...(where === undefined ? {} : { where }) }),
    ...(fields === undefined ? {} : fieldsOf(fields)),
    ...(otherwise === undefined ? {} : { otherwise: otherwise.value }),
    ...(deleted === undefined ? {} : { deleted: deleted.value }),
  };
}

const selectionOf = ({ when, where }: Pick<RuleDraft, 'when' | 'where'>): Pick<Rule, 'when' | 'where'> => ({
  when: when.conditions,
  ...(where === undefined ? {} : { where: where.expression }),
});

const flowOf = ({ flow }: FlowDraft): Flow => complete(flow);

/** Whatever is missing from a draft was reported, and a rule set with problems never comes this far. */
function complete<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('A part of the rules that could not be read was not reported');
  return part;
}
