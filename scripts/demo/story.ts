import { type ImportResult, playAddressList } from './address-list.ts';
import { playAmendment } from './amendment.ts';
import { playInvoice, playPayment } from './billing.ts';
import { playBothSides } from './both-sides.ts';
import { playExpense } from './expense.ts';
import type { GroupSystems } from './group.ts';
import { playOwnField } from './own-field.ts';
import { playControls, playReconciliation, playTimeline } from './proof.ts';
import { playSale, type Sale, type Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';
import { playTwoCompanies } from './two-companies.ts';
import { playWithdrawal } from './withdrawal.ts';
import { playWork, type Work } from './work.ts';

/** How many effects the whole story has. */
export const effects = 42;

export async function playStory(systems: GroupSystems, stage: Stage): Promise<ImportResult> {
  const played = await playProject(systems, stage);
  const { won } = played;
  await playChanges(systems, stage, played);
  await playTimeline(systems, stage, won);
  const customer = { id: won.customerId, name: won.customer };
  await playTold(systems, stage, played);
  const { consulting } = await playTwoCompanies(systems, stage);
  await playOwnField(systems, stage, customer);
  await playBothSides(systems, stage, customer);
  const imported = await playAddressList(systems, stage, consulting);
  await playReconciliation(systems, stage, customer.id);
  await playControls(systems, stage);
  return imported;
}

/** A sale that became work and was billed. Ids of the invoices are Odoo's. */
export interface Played {
  readonly won: Won;
  readonly work: Work;
  readonly invoices: { readonly paid: number; readonly open: number };
}

/** From the won deal to the paid invoice. */
export async function playProject(systems: Systems, stage: Stage, sale?: Sale): Promise<Played> {
  const won = await playSale(systems, stage, sale);
  const work = await playWork(systems, stage, won);
  stage.act('The invoices');
  const [paid, open] = work.drafts;
  await playInvoice(systems, stage, won, paid);
  await playPayment(systems, stage, won, paid);
  await playInvoice(systems, stage, won, open);
  return { won, work, invoices: { paid, open } };
}

/** What happens to a project that runs. */
export async function playChanges(
  systems: Systems,
  stage: Stage,
  { won, work, invoices }: Played,
): Promise<void> {
  await playAmendment(systems, stage, won);
  await playWithdrawal(systems, stage, won, work, invoices.open);
  await playExpense(systems, stage, work);
}

/** Somebody else has subscribed to what happens to invoices. */
export async function playTold(
  { subscriber }: GroupSystems,
  stage: Stage,
  { invoices }: Played,
): Promise<void> {
  stage.act('Who else wants to know');
  await stage.sees('Receiver', 'invoice.paid, signed by the bridge', async () => {
    if (subscriber.refused() > 0) throw new Error(`${subscriber.refused()} messages had a wrong signature`);
    const event = subscriber
      .events()
      .find(({ type, object }) => type === 'invoice.paid' && object.id === String(invoices.paid));
    return event && `${event.data.number}, ${event.data.total} ${event.data.currency}`;
  });
}
