import type { NewException, StoredException } from '../store/exception.ts';
import type { Finding, FindingKind } from '../store/reconciliation-finding.ts';
import type { ReconciliationRun } from '../store/reconciliation-run.ts';
import type { SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Track } from './track.ts';

/** All exceptions of a declaration have keys that begin with this. */
const keysOf = (declaration: string): string => `${declaration} `;

/** One object that is wrong in one way is one root cause, in whichever runs it is found. */
export const keyOf = (declaration: string, kind: FindingKind, { system, entity, id }: SystemObject): string =>
  `${keysOf(declaration)}${kind} ${system}:${entity}:${id}`;

export const declarationOfKey = (key: string): string => key.split(' ', 1)[0] as string;

export const kindOfKey = (key: string): string | undefined => key.split(' ', 2)[1];

/** What a person is told of a difference that only they can put right. */
export function exceptionOf(
  { kind, object, other, cause, fields }: Finding,
  { declaration, scope }: Track,
): NewException {
  const name = `${object.entity} ${object.id} of ${object.system}`;
  const there = other === undefined ? scope.target : `${other.id} in ${other.system}`;
  const differing = Object.entries(fields)
    .map(
      ([field, { ours, theirs }]) =>
        `${field} is ${JSON.stringify(theirs)} instead of ${JSON.stringify(ours)}`,
    )
    .join(', ');
  const { title, why, remedy } = words[kind](name, there);
  return {
    source: 'reconciliation',
    key: keyOf(declaration, kind, object),
    object,
    owner: scope.owner,
    title,
    cause: [cause ?? why, differing === '' ? undefined : `${differing}.`]
      .filter((part) => part !== undefined)
      .join(' '),
    remedy,
  };
}

interface Words {
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
}

const words: Readonly<Record<FindingKind, (name: string, there: string) => Words>> = {
  'missing-there': (name, there) => ({
    title: `${name} is missing in ${there}.`,
    why: 'By the rules it should be there, and it is not.',
    remedy: 'Correct what keeps it back, or have it brought again: bridge reconcile --policy repair.',
  }),
  'missing-here': (name, there) => ({
    title: `${name} is in ${there}, and gone where it comes from.`,
    why: 'It was deleted, or never came from there.',
    remedy: 'Take it out there, or enter it where it belongs.',
  }),
  unwanted: (name, there) => ({
    title: `${name} is in ${there}, and should not be there any more.`,
    why: 'It does not meet the conditions of the rules any more.',
    remedy: 'Take it out there, or make it meet the conditions again.',
  }),
  different: (name, there) => ({
    title: `${name} and ${there} differ.`,
    why: 'What the rules bring is not what is there.',
    remedy: 'Set it back there, or change it where it is decided.',
  }),
  stale: (name) => ({
    title: `What was known of ${name} was out of date.`,
    why: 'It changed, and nobody told.',
    remedy: 'Nothing has to be done.',
  }),
  duplicate: (name, there) => ({
    title: `${name} is there twice: ${there} is the same.`,
    why: 'Two objects of one system are the same.',
    remedy: 'Look which of them is right, and delete the other or merge them there.',
  }),
};

/** What a person is told of a run that failed: as long as none succeeds, nobody knows what differs. */
export const failureOf = (
  { id, declaration, scope }: Pick<ReconciliationRun, 'id' | 'declaration' | 'scope'>,
  cause: string,
): NewException => ({
  source: 'reconciliation',
  key: failureKey(declaration),
  object: { system: scope.source, entity: scope.entity, id: declaration },
  owner: scope.owner,
  title: `The reconciliation "${declaration}" failed.`,
  cause,
  remedy: `Put that right, and have it go on: bridge reconcile resume ${id}.`,
});

/** Names the one exception for runs of a declaration that fail. */
export const failureKey = (declaration: string): string => `${keysOf(declaration)}failed`;

/** Open exceptions of a declaration that are about objects, many at a time. */
export async function* openExceptions(
  declaration: string,
  store: Pick<Store, 'raisedAfter'>,
): AsyncGenerator<readonly StoredException[]> {
  const prefix = keysOf(declaration);
  for (let after = prefix; ; ) {
    const open = await store.raisedAfter(prefix, after, 200);
    if (open.length === 0) return;
    yield open.filter(({ key }) => key !== failureKey(declaration));
    after = open.at(-1)?.key as string;
  }
}
