import type { OpenProblem } from '../store/problem.ts';

/** What a person can do about an object that does not get where it should be, by what went wrong. */
export function remedyOf({ error, state, source, entity, target }: OpenProblem): string {
  const change = `Then change the ${entity} in ${source}, which brings it again, or run bridge reconcile.`;
  switch (error) {
    case 'invalid':
      return `Correct in ${source} the value that ${target} refuses; the change brings it again.`;
    case 'missing':
      return `Restore in ${target} what is not there any more. ${change}`;
    case 'conflict':
      return `Put right in ${target} what stands in the way: open or unlock it there, or merge what is there twice. ${change}`;
    case 'denied':
      return `Give the user or token of the bridge the right to it in ${target}; bridge check names what is missing. ${change}`;
    case 'proposed':
      return 'Decide whether they are the same: bridge matches.';
    case 'unmet':
      return 'Make what it refers to meet the conditions of the rules, or add a rule that brings that; it goes on by itself.';
    case 'unmatched':
      return `Add the ${entity} in ${target}, or correct it in ${source}; it goes on by itself.`;
  }
  return state === 'waiting'
    ? `See why what it refers to has not come to ${target}; it goes on by itself when that is there.`
    : `See what is wrong with ${target}: bridge check. ${change}`;
}
