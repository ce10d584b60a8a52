import type { WriteChange } from '../system.ts';

/** Harvest regards names that differ in case only as the same. */
export const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** The names that earlier tries in doubt have sent, newest first. */
export const earlierNames = ({ earlier = [] }: WriteChange): string[] =>
  earlier.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
