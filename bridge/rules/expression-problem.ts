/** What is wrong in an expression. */
export interface ExpressionProblem {
  /** Where in its text, from 0. */
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
  /** The name that is no field, where that is the problem. */
  readonly unknown?: string;
  /** Whose field it would be, where it is another object's. */
  readonly object?: string;
}
