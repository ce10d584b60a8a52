/** Whose turn it is in each of ten steps: in the proportions of the shares, finance most often. */
const turns = [0, 0, 1, 0, 0, 1, 0, 0, 1, 2] as const;

/** Answers for each step the lanes in the order in which it looks for work: the first that has some gets the step. */
export function createTurns(): () => readonly number[] {
  let turn = 0;
  return () => {
    const first = turns[turn] as number;
    turn = (turn + 1) % turns.length;
    return [first, ...[0, 1, 2].filter((lane) => lane !== first)];
  };
}
