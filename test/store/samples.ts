import type { Reading } from '../../bridge/store/apply.ts';
import type { ClaimedDelivery, NewDelivery } from '../../bridge/store/delivery.ts';
import type { NewEvent } from '../../bridge/store/event.ts';

export function event(id: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    id,
    system: 'odoo',
    type: 'res.partner',
    objectId: '7',
    operation: 'write',
    fields: ['name'],
    correlation: 'odoo:1',
    occurredAt: '2026-01-05T08:00:00.000Z',
    echo: false,
    ...more,
  };
}

export function reading(id: string, state: Reading['state'], more: Partial<Reading> = {}): Reading {
  return { system: 'odoo', entity: 'customer', id, state, correlation: 'odoo:1', echo: false, ...more };
}

let number = 0;

export function delivery(sourceId: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id: `delivery-${String(++number).padStart(9, '0')}`,
    target: 'hubspot',
    source: 'odoo',
    entity: 'customer',
    sourceId,
    lane: 0,
    rulesVersion: 'test',
    correlation: 'odoo:1',
    ...more,
  };
}

/** How a try ended, without what differs. */
export const settled = (claimed: ClaimedDelivery) => ({
  delivery: claimed,
  startedAt: '2026-01-05T08:00:00.000Z',
  durationMs: 1,
});

/** The id of a delivery that was made at this time. */
export function idAt(milliseconds: number, sourceId: string): string {
  const digits = milliseconds.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-${sourceId.padStart(12, '0')}`;
}
