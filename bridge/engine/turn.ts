import { type Lane, lanes } from '../rules/rule.ts';

/** Whose turn it is in each of ten steps: finance most often, and everybody once at least. */
const turns: readonly Lane[] = [
  ...(['finance', 'finance', 'operations'] as const),
  ...(['finance', 'finance', 'operations'] as const),
  ...(['finance', 'finance', 'operations'] as const),
  'bulk',
];

/** Answers for each step the lanes in the order in which it looks for work: the first that has some gets the step. */
export function createTurns(): () => readonly number[] {
  let turn = 0;
  return () => {
    const first = lanes.indexOf(turns[turn] as Lane);
    turn = (turn + 1) % turns.length;
    return [first, ...[...lanes.keys()].filter((lane) => lane !== first)];
  };
}
