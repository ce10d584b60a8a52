import { ownerOf } from '../rules/ownership.ts';
import type { StoredRecord } from '../store/record.ts';
import { type ControlContext, isWithin, monthOf } from './context.ts';
import { textOf } from './place.ts';
import { reasonOf } from './reason.ts';

const owner = 'sales';

/** Won deals for whose order the erp has no project. */
export function controlWonDeals(context: ControlContext): void {
  const { overview, terrain, explain, period } = context;
  const erp = terrain.systemIn('erp');
  // Who decides that a sale is won tells of it.
  const seller = terrain.systemIn(ownerOf(terrain.rules, 'opportunity', 'status') ?? 'crm') ?? erp;
  if (erp === undefined || seller === undefined) return;
  for (const deal of overview.records(seller, 'opportunity')) {
    if (deal.gone || deal.state.status !== 'won' || deal.state.billing_method === 'none') continue;
    const wonOn = textOf(deal.state, 'close_on');
    if (!isWithin(period, wonOn)) continue;
    const inErp = seller === erp ? deal : counterpart(deal, erp, context);
    if (inErp !== undefined && textOf(inErp.state, 'project') !== null) continue;
    const known =
      inErp === undefined
        ? reasonOf({ record: deal, target: erp, owner }, overview, explain)
        : (explain(deal) ?? {
            owner,
            person: null,
            reason: 'It is in the erp, but no confirmed order of it has a project.',
            next: 'Confirm its order in the erp, with a service that makes a project.',
            since: inErp.readAt,
          });
    context.onLine({
      control: 'won_without_project',
      object: { system: deal.system, entity: deal.entity, id: deal.id },
      label: textOf(deal.state, 'name') ?? `opportunity ${deal.id}`,
      customer: customerOf(deal, context),
      legalEntity: textOf(inErp?.state ?? {}, 'legal_entity'),
      month: monthOf(wonOn),
      hours: null,
      amount: textOf(deal.state, 'amount'),
      currency: textOf(deal.state, 'currency'),
      since: known.since,
      owner: known.owner,
      person: known.person ?? textOf(deal.state, 'owner_email'),
      reason: known.reason,
      next: known.next,
    });
  }
}

function counterpart(
  deal: StoredRecord,
  erp: string,
  { overview }: ControlContext,
): StoredRecord | undefined {
  const id = overview.idIn(deal, erp);
  const record = id === undefined ? undefined : overview.record({ system: erp, entity: 'opportunity', id });
  return record?.gone === true ? undefined : record;
}

function customerOf({ system, state }: StoredRecord, { overview }: ControlContext): string | null {
  const id = textOf(state, 'customer');
  return id === null
    ? null
    : textOf(overview.record({ system, entity: 'customer', id })?.state ?? {}, 'name');
}
