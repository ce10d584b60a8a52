/** How a part of the tests ended. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, for people: name and first line of the reason. */
  readonly failures: readonly string[];
}

/** What failed, one line for each part and, last and alone on its line, the sum: `N passed, N failed`. */
export function summaryOf(results: readonly SuiteResult[]): string {
  const sum = (pick: (result: SuiteResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const skipped = sum((result) => result.skipped);
  const failures = results.flatMap(({ failures }) => failures.map((failure) => `  FAILED ${failure}`));
  const lines = results.map(({ name, passed, failed }) => `  ${name}: ${passed} passed, ${failed} failed`);
  const total = `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed`;
  return [...failures, ...lines, skipped === 0 ? total : `${total}, ${skipped} skipped`].join('\n');
}
