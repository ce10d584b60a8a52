import { dayFields } from '../rules/reconcile.ts';
import type { NewException } from '../store/exception.ts';
import type { Finding, FindingKind } from '../store/reconciliation-finding.ts';
import type { SystemObject } from '../store/record.ts';
import { textOf } from './directory.ts';
import { breathe, type Means } from './means.ts';
import type { Track } from './track.ts';

/** All exceptions of a declaration have keys that begin with this. */
const keysOf = (declaration: string): string => `${declaration} `;

/** One object that is wrong in one way is one root cause, in whichever runs it is found. */
const keyOf = (declaration: string, kind: FindingKind, { system, entity, id }: SystemObject): string =>
  `${keysOf(declaration)}${kind} ${system}:${entity}:${id}`;

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

/** What an earlier run raised, and this one looked at and did not find any more, needs nobody any more. */
export async function closeSolved(
  track: Track,
  { store }: Pick<Means, 'store'>,
  signal: AbortSignal,
): Promise<void> {
  const { declaration, scope } = track;
  const prefix = keysOf(declaration);
  for (let after = prefix; ; ) {
    const open = await store.raisedAfter(prefix, after, 200);
    if (open.length === 0) return;
    const objects = open.map(({ object }) => object);
    const [found, records] = [await store.foundOf(track.id, objects), await store.records(objects)];
    const closed = open.flatMap(({ key, object }, index) => {
      const kinds = found[index] ?? [];
      const state = records[index]?.state;
      const isFound = kinds.some((kind) => keyOf(declaration, kind, object) === key);
      return isFound || !isLookedAt(state) ? [] : [key];
    });
    await track.save(track.position, { closed });
    after = open.at(-1)?.key as string;
    await breathe(signal);
  }

  /** A run of another month says nothing of it. */
  function isLookedAt(state: Parameters<typeof textOf>[0]): boolean {
    const field = dayFields[scope.entity];
    const day = field === undefined ? undefined : textOf(state, field);
    const { from = '', to = '9999' } = scope;
    return day === undefined || (day >= from && day <= to);
  }
}
