/** What stands for all fields of a watched object, and for none: it only has to be there. */
export const anyField = '*';
export const noField = '-';

/**
 * True when somebody who looks at these fields has to look again.
 *
 * @param changed `undefined` when it is not known, or the object came or went
 */
export const concerns = (fields: string, changed: ReadonlySet<string> | undefined): boolean =>
  changed === undefined || fields === anyField || fields.split(',').some((field) => changed.has(field));
