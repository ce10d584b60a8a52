/** Where something stands in a rules file. Lines and columns count from 1, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A value together with the place where it is written. */
export interface Placed<T> {
  readonly value: T;
  readonly place: Place;
}

/** One thing that is wrong in a rules file. */
export interface RuleProblem extends Place {
  /** What is wrong, for people. */
  readonly message: string;
  /** What could be meant, or what to do. */
  readonly suggestion?: string;
}

/** Takes down a problem; reading goes on, so that a person sees all of them at once. */
export type Report = (place: Place, message: string, suggestion?: string) => void;

/** `sync-rules/customer.yaml:12:7 unknown key "feilds" – did you mean "fields"?` */
function problemText(problem: RuleProblem): string {
  const suggestion = problem.suggestion === undefined ? '' : ` – ${problem.suggestion}`;
  return `${placeText(problem)} ${problem.message}${suggestion}`;
}

export const placeText = (place: Place): string => `${place.file}:${place.line}:${place.column}`;

/** The rules cannot be used. Holds every problem of every file, ordered by file, line and column. */
export class RulesError extends Error {
  readonly directory: string;
  readonly problems: readonly RuleProblem[];

  constructor(directory: string, problems: readonly RuleProblem[]) {
    const ordered = [...problems].sort(byPlace);
    const count = ordered.length === 1 ? 'a problem' : `${ordered.length} problems`;
    super(
      `The rules in ${directory} have ${count}:\n${ordered.map((problem) => `  ${problemText(problem)}`).join('\n')}`,
    );
    this.name = 'RulesError';
    this.directory = directory;
    this.problems = ordered;
  }
}

function byPlace(left: Place, right: Place): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}
