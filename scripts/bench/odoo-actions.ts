import type { Item } from './odoo-worker.ts';

/** What a user does to one record. */
export interface Action {
  readonly operation: 'create' | 'write';
  readonly model: 'res.partner' | 'account.analytic.line';
}

export const actions: readonly Action[] = [
  { operation: 'create', model: 'res.partner' },
  { operation: 'write', model: 'res.partner' },
  { operation: 'create', model: 'account.analytic.line' },
  { operation: 'write', model: 'account.analytic.line' },
];

let serial = 0;

/** The values of a new record. */
function newValues(model: Action['model'], place: { project: number; task: number }) {
  const number = ++serial;
  if (model === 'res.partner') {
    return {
      name: `Customer ${number}`,
      is_company: true,
      email: `office@customer-${number}.example`,
      street: `Main Street ${number}`,
      city: 'Brussels',
    };
  }
  const { project, task } = place;
  return { project_id: project, task_id: task, name: `Workshop ${number}`, unit_amount: 1 + (number % 7) };
}

/** Values that no record has yet: Odoo leaves out what does not change. */
export function changedValues(model: Action['model']) {
  const number = ++serial;
  return model === 'res.partner'
    ? { street: `Side Street ${number}`, email: `desk@customer-${number}.example` }
    : { unit_amount: 10 + (number % 1000) / 8, name: `Workshop and notes ${number}` };
}

/** @param ids records that may be changed, in turn */
export function itemsFor(
  action: Action,
  count: number,
  ids: readonly number[],
  place: { project: number; task: number },
): Item[] {
  return Array.from({ length: count }, (_, index) =>
    action.operation === 'create'
      ? { id: null, values: newValues(action.model, place) }
      : { id: ids[index % ids.length] ?? null, values: changedValues(action.model) },
  );
}
