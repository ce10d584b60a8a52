import { Decimal } from 'decimal.js';
import { expect } from 'vitest';
import type { Result } from './desk.ts';

/** What differs in a group is what its findings say, and what is on its way. */
export function expectExplained({ totals, findings }: Pick<Result, 'totals' | 'findings'>): void {
  for (const { group, here, there, waiting } of totals) {
    const key = JSON.stringify(group);
    const explained = findings
      .flatMap(({ effects }) => effects)
      .filter((effect) => JSON.stringify(effect.group) === key)
      .reduce((sum, { amount }) => sum.plus(amount), new Decimal(waiting));
    expect(new Decimal(here).minus(there).toFixed(), key).toBe(explained.toFixed());
  }
}
