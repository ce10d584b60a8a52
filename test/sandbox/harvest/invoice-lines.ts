import { unprocessable } from './errors.ts';
import { type Body, filledText, number, optionalText } from './input.ts';
import type { HarvestState, InvoiceLine } from './state.ts';

/**
 * The lines of an invoice after a request that names some: one with the id of a line that is there changes it, one without
 * an id is added, and those that are not named stay.
 */
export function linesOf(
  state: HarvestState,
  clientId: number,
  sent: unknown,
  before: readonly InvoiceLine[],
): readonly InvoiceLine[] {
  if (!Array.isArray(sent)) throw unprocessable('Line items is not a list');
  const lines = new Map(before.map((line) => [line.id, line]));
  for (const item of sent as readonly Body[]) {
    const id = number(item, 'id');
    const line = id === undefined ? undefined : lines.get(id);
    if (id !== undefined && line === undefined) throw unprocessable('Line item is invalid');
    const changed = lineOf(state, clientId, item, line);
    lines.set(changed.id, changed);
  }
  return [...lines.values()];
}

function lineOf(state: HarvestState, clientId: number, item: Body, before?: InvoiceLine): InvoiceLine {
  const kind = filledText(item, 'kind') ?? before?.kind;
  const unitPrice = number(item, 'unit_price') ?? before?.unitPrice;
  if (kind === undefined) throw unprocessable("Kind can't be blank");
  if (![...state.invoiceItemCategories.values()].some(({ name }) => name === kind))
    throw unprocessable('Kind is not an invoice item category');
  if (unitPrice === undefined) throw unprocessable("Unit price can't be blank");
  const projectId = number(item, 'project_id') ?? before?.projectId ?? null;
  if (projectId !== null && state.projects.get(projectId)?.clientId !== clientId)
    throw unprocessable('Project is invalid');
  return {
    id: before?.id ?? state.dated().id,
    kind,
    description: optionalText(item, 'description') ?? before?.description ?? null,
    quantity: number(item, 'quantity') ?? before?.quantity ?? 1,
    unitPrice,
    projectId,
  };
}
