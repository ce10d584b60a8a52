import { type ImportResult, playAddressList } from './address-list.ts';
import { playBothSides } from './both-sides.ts';
import type { GroupSystems } from './group.ts';
import { playOwnField } from './own-field.ts';
import type { Stage } from './stage.ts';
import { playTwoCompanies } from './two-companies.ts';
import { type PlayedWeek, playWeek, type Sale } from './week.ts';

/** How many effects the whole story has. */
export const effects = 18;

export async function playStory(systems: GroupSystems, stage: Stage): Promise<ImportResult> {
  const week = await playFinanceWeek(systems, stage);
  const customer = { id: week.customerId, name: week.customer };
  await playTold(systems, stage, week);
  const { consulting } = await playTwoCompanies(systems, stage);
  await playOwnField(systems, stage, customer);
  await playBothSides(systems, stage, customer);
  return playAddressList(systems, stage, consulting);
}

/** @param sale who buys what, where it is not the usual customer */
export function playFinanceWeek(
  {
    firm,
    hubspotApi,
    harvestApi,
    harvest,
  }: Pick<GroupSystems, 'firm' | 'hubspotApi' | 'harvestApi' | 'harvest'>,
  stage: Stage,
  sale?: Sale,
): Promise<PlayedWeek> {
  return playWeek({
    firm,
    hubspot: hubspotApi,
    harvest: harvestApi,
    approve(ids) {
      harvest.approvals.submit(ids);
      harvest.approvals.approve(ids);
    },
    stage,
    ...(sale === undefined ? {} : { sale }),
  });
}

/** Somebody else has subscribed to what happens to invoices. */
export async function playTold({ subscriber }: GroupSystems, stage: Stage, week: PlayedWeek): Promise<void> {
  stage.act('Who else wants to know');
  await stage.sees('Receiver', 'invoice.paid, signed by the bridge', async () => {
    if (subscriber.refused() > 0) throw new Error(`${subscriber.refused()} messages had a wrong signature`);
    const event = subscriber
      .events()
      .find(({ type, object }) => type === 'invoice.paid' && object.id === String(week.invoiceId));
    return event && `${event.data.number}, ${event.data.total} ${event.data.currency}`;
  });
}
