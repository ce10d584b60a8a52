import type { FlowDesk } from '../store/flow-desk.ts';
import type { FlowInstance } from '../store/flow-instance.ts';
import type { FlowContext } from './context.ts';
import { reading } from './reading.ts';

type Ended = Pick<FlowInstance, 'flow' | 'subject' | 'round' | 'correlation'>;

/** Reading takes a moment; where the system cannot be read now, nobody is in a hurry. */
const firstLookMs = 5000;
const nextLookMs = 60_000;

const readingOf = ({ flow, subject: { system, entity, id }, round }: Ended): string =>
  `flow-again:${flow}:${system}:${entity}:${id}:${round}`;

/**
 * Has the subject of an instance that is done read once more: what it was found to be before knows nothing of what was done.
 *
 * @returns when to look at what was read: milliseconds since 1970; `undefined` where it was read before
 */
export function readOnceMore(
  desk: FlowDesk,
  ended: Ended,
  { systems }: { readonly systems: Set<string> },
): number | undefined {
  const { subject, correlation } = ended;
  if (!desk.read(reading(readingOf(ended), subject, correlation, desk.at))) return undefined;
  systems.add(subject.system);
  return desk.nowMs + firstLookMs;
}

/** When to look again; `undefined` once the subject was read. */
export const nextLook = (desk: FlowDesk, ended: Ended): number | undefined =>
  desk.isOpen(readingOf(ended)) ? desk.nowMs + nextLookMs : undefined;

/**
 * True when an instance did something, or its subject has changed since: then what it does may be due again. Where there was
 * nothing to do and nothing is different, there would be nothing to do for ever.
 */
export function mayHaveMoreToDo(
  desk: FlowDesk,
  { landscape }: Pick<FlowContext, 'landscape'>,
  { seq, subject }: { readonly seq: number; readonly subject: FlowInstance['subject'] },
): boolean {
  const readAt = desk.record(subject)?.readAt ?? '';
  return desk.calls.ends(seq).some(({ system, action, outcome, made, startedAt }) => {
    if (outcome === 'created' || outcome === 'updated' || readAt > startedAt) return true;
    // What it was to make is there under its name: by a try whose answer was lost, or by a round that nobody knows any more.
    const makes = landscape.connector(system).actions?.[action]?.makes;
    return outcome === 'unchanged' && makes !== undefined && made !== undefined && made !== '';
  });
}
