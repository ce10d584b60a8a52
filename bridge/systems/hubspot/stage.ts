import type { BatchAnswer, HubspotApi, HubspotObject } from './api.ts';
import type { Item } from './item.ts';
import { statusOf } from './mapping.ts';
import type { HubspotSettings } from './options.ts';
import { referenceProperty } from './properties.ts';

const asked = ['hs_is_closed', 'hs_is_closed_won', referenceProperty];

/**
 * Puts stage and pipeline into the deals that need them: new ones, and those whose status changes. An open deal stays
 * in the stage that the salesperson moved it to.
 */
export async function stagesToSet(
  api: HubspotApi,
  settings: HubspotSettings,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<void> {
  const known = items.filter(({ change }) => change.id !== undefined && change.fields.status !== undefined);
  const unknown = items.filter(({ change }) => change.id === undefined);
  const byId = await current(
    known.map(({ change }) => change.id as string),
    undefined,
  );
  const byReference = await current(
    unknown.map(({ change }) => change.reference),
    referenceProperty,
  );

  async function current(ids: readonly string[], idProperty: string | undefined): Promise<BatchAnswer> {
    if (ids.length === 0) return { results: [] };
    const by = { ids: [...new Set(ids)], ...(idProperty === undefined ? {} : { idProperty }) };
    return api.readBatch('deals', by, asked, signal);
  }

  for (const item of known) {
    const deal = byId.results.find(({ id }) => id === item.change.id);
    // A deal that is gone is reported by the write itself.
    if (deal !== undefined) setStage(item, deal, settings);
  }
  for (const item of unknown) {
    const { reference } = item.change;
    setStage(
      item,
      byReference.results.find(({ properties }) => properties[referenceProperty] === reference),
      settings,
    );
  }
}

function setStage(item: Item, deal: HubspotObject | undefined, settings: HubspotSettings): void {
  const wanted = item.change.fields.status;
  const before = deal === undefined ? undefined : statusOf(deal.properties);
  const status = before === undefined ? (wanted ?? 'open') : wanted;
  if (status === before || (status !== 'open' && status !== 'won' && status !== 'lost')) return;
  item.properties.pipeline = settings.pipeline;
  item.properties.dealstage = settings.stages[status];
}
