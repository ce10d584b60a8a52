import { Decimal } from 'decimal.js';
import type { State } from '../entities/field.ts';
import { rulesFrom } from '../rules/routes.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { type ControlContext, isWithin, monthOf } from './context.ts';
import { textOf } from './place.ts';
import { type Reason, reasonOf } from './reason.ts';

const owner = 'finance';

/** Posted invoices whose deal, or customer where there is no deal, does not show them in the CRM as they are now. */
export function controlVisibility(context: ControlContext): void {
  const { overview, terrain, period } = context;
  const erp = terrain.systemIn('erp');
  const crm = terrain.systemIn('crm');
  if (erp === undefined || crm === undefined) return;
  const told = (entity: SystemObject['entity']) =>
    rulesFrom(terrain.rules, 'erp', entity).some(
      ({ to, fields }) => to === 'crm' && fields.some((field) => field.startsWith('billing_')),
    );
  const entities = { opportunity: told('opportunity'), customer: told('customer') };
  for (const invoice of overview.records(erp, 'invoice')) {
    if (invoice.gone || invoice.state.status !== 'posted') continue;
    if (!isWithin(period, textOf(invoice.state, 'issued_on'))) continue;
    const behind = shownBy(invoice)
      .filter(({ entity }) => entities[entity as keyof typeof entities])
      .map((object) => ({ object, reason: whyBehind(object, crm, context) }))
      .find(({ reason }) => reason !== undefined);
    if (behind?.reason !== undefined) report(invoice, behind.reason, context);
  }
}

/** The deals that an invoice belongs to; its customer where it belongs to none. */
function shownBy({ system, state }: StoredRecord): SystemObject[] {
  const { opportunities } = state;
  if (Array.isArray(opportunities) && opportunities.length > 0)
    return opportunities.map((id: string) => ({ system, entity: 'opportunity', id }));
  const customer = textOf(state, 'customer');
  return customer === null ? [] : [{ system, entity: 'customer', id: customer }];
}

function whyBehind(object: SystemObject, crm: string, context: ControlContext): Reason | undefined {
  const { overview, explain } = context;
  const record = overview.record(object);
  const isThere = overview.idIn(object, crm) !== undefined;
  if (isThere && overview.openDelivery(object, crm) === undefined) return undefined;
  if (record !== undefined) return reasonOf({ record, target: crm, owner }, overview, explain);
  return {
    owner,
    person: null,
    reason: `The bridge has not read ${object.entity} ${object.id} of ${object.system} yet.`,
    next: 'bridge reconcile reads both sides.',
    since: new Date(context.nowMs).toISOString(),
    needsPerson: false,
  };
}

function report({ system, entity, id, state }: StoredRecord, reason: Reason, context: ControlContext): void {
  const customer = textOf(state, 'customer');
  const name =
    customer === null
      ? null
      : textOf(context.overview.record({ system, entity: 'customer', id: customer })?.state ?? {}, 'name');
  const { owner: whose, person, reason: why, next, since } = reason;
  context.onLine({
    control: 'invoiced_not_visible',
    object: { system, entity, id },
    label: textOf(state, 'number') ?? `invoice ${id}`,
    customer: name,
    legalEntity: textOf(state, 'legal_entity'),
    month: monthOf(textOf(state, 'issued_on')),
    hours: null,
    amount: amountOf(state),
    currency: textOf(state, 'currency'),
    since,
    owner: whose,
    person,
    reason: why,
    next,
  });
}

/** With tax; credit notes count negative. */
function amountOf(state: State): string | null {
  const total = textOf(state, 'total');
  return total === null || state.kind !== 'credit_note' ? total : new Decimal(total).negated().toFixed(2);
}
