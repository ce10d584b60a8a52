/** What the bridge remembers in a project's notes, in a line of its own. */
export interface NotesMark {
  readonly reference: string;
  /** The project is inactive because it is paused; Harvest itself only knows inactive ones. */
  readonly paused: boolean;
}

const start = 'services-bridge: ';
const pausedEnd = ' (paused)';

/** What the notes say to the bridge; `undefined` when they have no such line. */
export function markIn(notes: string | null): NotesMark | undefined {
  const line = notes?.split('\n').find((candidate) => candidate.startsWith(start));
  if (line === undefined) return undefined;
  const text = line.slice(start.length).trim();
  const paused = text.endsWith(pausedEnd);
  return { reference: paused ? text.slice(0, -pausedEnd.length) : text, paused };
}

/** The notes with the mark in its line; what people wrote stays. */
export function withMark(notes: string | null, { reference, paused }: NotesMark): string {
  const others = (notes ?? '').split('\n').filter((line) => !line.startsWith(start));
  const text = others.join('\n').trimEnd();
  return `${text === '' ? '' : `${text}\n`}${start}${reference}${paused ? pausedEnd : ''}`;
}
