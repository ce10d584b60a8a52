import { describe, expect, test } from 'vitest';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { type Files, names, problemsOf, systems, unmark } from './folder.ts';

export interface Refusal {
  /** What is refused. */
  readonly what: string;
  /** The file in which it stands; ▸ marks the place that the problem must point at. */
  readonly file: string;
  readonly content: string;
  readonly message: string;
  readonly suggestion?: string;
  /** Further files besides a good systems.yaml. */
  readonly beside?: Files;
  readonly offers?: readonly ConnectorOffer[];
}

/** A file with one rule. */
export const rule = (entity: string, text: string) => `entity: ${entity}\nrules:\n  - ${text}\n`;
export const customerRule = (text: string) => rule('customer', text);

/** One test for each: it is the only problem, and it points at the mark. */
export function describeRefusals(where: string, refusals: readonly Refusal[]): void {
  describe(`refused in ${where}:`, () => {
    test.each(refusals)('$what', ({ file, content, message, suggestion, beside, offers }) => {
      const marked = unmark(content);
      const files = { 'systems.yaml': systems, ...beside, [file]: marked.content };

      const problems = problemsOf(files, offers ?? names);

      expect(problems).toEqual([
        {
          file,
          line: marked.line,
          column: marked.column,
          message,
          ...(suggestion === undefined ? {} : { suggestion }),
        },
      ]);
    });
  });
}
