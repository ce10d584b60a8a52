import type { RuleSet } from '../rules/rule.ts';
import { eventEntity } from '../store/business-event.ts';
import type { ExceptionSource } from '../store/exception.ts';
import type { ShownException } from '../store/flow-report.ts';
import type { NeedsPerson } from '../store/needs-person.ts';
import type { StreamReport } from '../store/poll.ts';
import type { OpenProblem, Refusal } from '../store/problem.ts';
import type { Proposal } from '../store/proposal.ts';
import { age } from './age.ts';
import { administrator, type OwnerOf, ownersBy } from './owner.ts';
import { remedyOf } from './remedy.ts';
import { counted, oneLine } from './words.ts';

/** Something that needs a person, in the words that they need: one root cause each. */
export interface Concern {
  readonly source: ExceptionSource | 'delivery' | 'match' | 'system';
  /** A team of the firm, or `administrator`. */
  readonly owner: string;
  /** E-mail address of the person, where it is known. */
  readonly person?: string;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  /** UTC ISO. */
  readonly openedAt: string;
  /** The object at fault; absent where it is a whole system. */
  readonly object?: { readonly system: string; readonly entity: string; readonly id: string };
  /** What people call it. */
  readonly name?: string;
  readonly flow?: string;
  readonly step?: string;
  /** How many hang on it. */
  readonly instances: number;
  /** Where it comes from, and how often it was tried. */
  readonly where: string;
  /** The command that shows more. */
  readonly see: string;
}

/** All that needs a person, the oldest first. Without rules nobody knows whose objects are, so all are the administrator's. */
export function concernsOf(needs: NeedsPerson, rules: RuleSet | undefined): Concern[] {
  const ownerOf: OwnerOf = rules === undefined ? () => administrator : ownersBy(rules);
  const isDeclared = (system: string, stream: string) =>
    rules === undefined || rules.systems.some(({ name, poll }) => name === system && stream in poll);
  const failing = needs.failing.filter(({ system, stream }) => isDeclared(system, stream));
  return [
    ...[...Map.groupBy(failing, ({ system }) => system)].map(([system, streams]) =>
      ofSystem(system, streams),
    ),
    ...needs.refusals.map(ofRefusal),
    ...needs.exceptions.map(concernOfException),
    ...needs.problems.filter(({ needsPerson }) => needsPerson).map((problem) => ofProblem(problem, ownerOf)),
    ...needs.proposals.map((proposal) => ofProposal(proposal, ownerOf)),
  ].sort((left, right) => (left.openedAt < right.openedAt ? -1 : left.openedAt > right.openedAt ? 1 : 0));
}

const askSystems =
  'bridge check names what is wrong and what to do; the bridge goes on by itself when that is right.';

function ofSystem(system: string, streams: readonly StreamReport[]): Concern {
  const failures = streams.flatMap(({ failing }) => failing ?? []);
  return {
    source: 'system',
    owner: administrator,
    title: `${system} cannot be read.`,
    cause: [...new Set(failures.map(({ cause }) => cause))].join(' '),
    remedy: askSystems,
    openedAt: failures.map(({ since }) => since).sort()[0] ?? '',
    instances: 1,
    where: `${system}, ${streams.length === 1 ? 'stream' : 'streams'} ${streams.map(({ stream }) => stream).join(', ')}`,
    see: 'bridge check',
  };
}

const ofRefusal = ({ target, count, since, cause }: Refusal): Concern => ({
  source: 'system',
  owner: administrator,
  title: `${target} refuses what is brought there.`,
  cause: cause ?? '',
  remedy: askSystems,
  openedAt: since,
  instances: count,
  where: `to ${target}`,
  see: 'bridge check',
});

export function concernOfException(exception: ShownException): Concern {
  const { object, flow, step, source } = exception;
  return {
    ...exception,
    where: flow === undefined ? source : `${flow}, step ${step}`,
    see: `bridge trace ${object.system}:${object.entity}:${object.id}`,
  };
}

function ofProblem(problem: OpenProblem, ownerOf: OwnerOf): Concern {
  const { source, entity, sourceId, target, tries, error, cause, since, name } = problem;
  const isEvent = entity === eventEntity;
  return {
    source: 'delivery',
    // What a system does not allow the bridge, no team of the firm can correct.
    owner: error === 'denied' || isEvent ? administrator : ownerOf(entity, target),
    title: isEvent
      ? `Business event ${sourceId} could not be told to ${target}.`
      : `${entity} ${sourceId} of ${source} could not be brought to ${target}.`,
    cause: cause ?? error ?? '',
    remedy: remedyOf(problem),
    openedAt: since,
    object: { system: source, entity, id: sourceId },
    ...(name === undefined ? {} : { name }),
    instances: 1,
    where: `to ${target}, ${counted(tries, 'try', 'tries')}`,
    see: `bridge trace ${isEvent ? sourceId : `${source}:${entity}:${sourceId}`}`,
  };
}

function ofProposal(proposal: Proposal, ownerOf: OwnerOf): Concern {
  const { id, entity, source, sourceId, target, targetId, score, takenBy, evidence, proposedAt } = proposal;
  const alike = evidence.filter(({ similarity }) => similarity > 0.5).map(({ field }) => field);
  const decide = `bridge matches reject ${id}, where they are not`;
  return {
    source: 'match',
    owner: ownerOf(entity, target),
    title: `${entity} ${sourceId} of ${source} may be ${entity} ${targetId} of ${target}.`,
    cause: `They are alike (${[score.toFixed(2), ...alike].join(', ')}), and only a person can say whether they are the same.`,
    remedy:
      takenBy === null
        ? `bridge matches accept ${id}, where they are the same; ${decide}.`
        : `${targetId} is linked to ${takenBy} of ${source}: merge ${takenBy} and ${sourceId} there where they are the same; ${decide}.`,
    openedAt: proposedAt,
    object: { system: source, entity, id: sourceId },
    instances: 1,
    where: `to ${target}`,
    see: 'bridge matches',
  };
}

const longestName = 60;

/** One of them for people: who, since when, which object, what, why, what to do, how many hang on it. */
export function concernLines(concern: Concern, now: number): string[] {
  const { owner, person, object, name, title, cause, remedy, openedAt, instances, where, see } = concern;
  const who = person === undefined ? owner : `${owner}, ${person}`;
  const id = object === undefined ? '' : `${object.id} of ${object.system}`;
  const which =
    object === undefined
      ? ''
      : `${object.entity} ${name === undefined ? id : `"${oneLine(name, longestName)}" (${id})`}, `;
  const hang = instances > 1 ? `, ${instances} hang on it` : '';
  return [
    `${who}: ${oneLine(title)}`,
    `  ${which}since ${age(openedAt, now)}${hang} (${where})`,
    `  Cause: ${oneLine(cause)}`,
    `  What to do: ${oneLine(remedy)}`,
    `  ${see}`,
  ];
}
