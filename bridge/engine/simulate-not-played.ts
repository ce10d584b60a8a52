import type { EntityName } from '../entities/catalogue.ts';
import type { RuleSet } from '../rules/rule.ts';
import { policyOf } from './guard.ts';
import type { Sides } from './simulate-compare.ts';

/** Something that two sets of rules say differently, and that is not played: what follows from it is not shown. */
export interface UnplayedDifference {
  readonly what: 'conflict' | 'flow' | 'reconciliation';
  /** Entity, or id of the flow or the reconciliation. */
  readonly name: string;
  /** What either side says; `absent` where it has no such thing. */
  readonly present: string;
  readonly changed: string;
}

export function unplayedDifferences({ present, changed }: Sides<RuleSet>): UnplayedDifference[] {
  const entities = new Set([...present.rules, ...changed.rules].map((rule) => rule.entity));
  const conflicts = [...entities].sort().flatMap((entity: EntityName): UnplayedDifference[] => {
    const sides = { present: policyOf(present, entity), changed: policyOf(changed, entity) };
    return sides.present === sides.changed ? [] : [{ what: 'conflict', name: entity, ...sides }];
  });
  return [
    ...conflicts,
    ...differing('flow', present.flows, changed.flows),
    ...differing('reconciliation', present.reconciliations, changed.reconciliations),
  ];
}

function differing(
  what: UnplayedDifference['what'],
  present: readonly { readonly id: string }[],
  changed: readonly { readonly id: string }[],
): UnplayedDifference[] {
  const textOf = (list: typeof present, id: string) => {
    const found = list.find((one) => one.id === id);
    return found === undefined ? undefined : JSON.stringify(found);
  };
  const ids = [...new Set([...present, ...changed].map(({ id }) => id))].sort();
  return ids.flatMap((name) => {
    const [before, after] = [textOf(present, name), textOf(changed, name)];
    if (before === after) return [];
    const word = (side: string | undefined) => (side === undefined ? 'absent' : 'there');
    return [{ what, name, present: word(before), changed: word(after) }];
  });
}
