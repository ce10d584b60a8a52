import type { Value } from '../../entities/field.ts';
import { withMark } from './notes.ts';

/** What Harvest has no state for, in a line of the invoice's notes. */
const disputed = 'Disputed by the customer.';
const takenBack = 'Taken back by a credit note.';

export const isDisputed = (notes: string | null): boolean => (notes ?? '').split('\n').includes(disputed);

/**
 * The notes of an invoice: what people wrote, how it stands with its payment, and the bridge's own line.
 *
 * @param payment `undefined`: what is said of it stays
 */
export function invoiceNotes(notes: string | null, reference: string, payment: Value | undefined): string {
  const before = (notes ?? '').split('\n');
  const others = before.filter((line) => payment === undefined || ![disputed, takenBack].includes(line));
  const line = payment === 'blocked' ? disputed : payment === 'reversed' ? takenBack : undefined;
  // The bridge's line comes last; what it says is not looked for among what people wrote.
  const said = withMark(others.join('\n'), { reference, paused: false }).split('\n');
  return (line === undefined ? said : said.toSpliced(-1, 0, line)).join('\n');
}
