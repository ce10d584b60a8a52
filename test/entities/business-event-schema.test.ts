import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { prepareEvents } from '../../bridge/engine/tell.ts';
import { businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { messageSchemaOf } from '../../bridge/entities/business-event-schema.ts';
import { businessEvents } from '../../bridge/entities/business-events.ts';
import { entityOf } from '../../bridge/entities/catalogue.ts';
import type { Field, State, Value } from '../../bridge/entities/field.ts';
import type { StoredBusinessEvent } from '../../bridge/store/business-event.ts';
import { delivery } from '../store/samples.ts';

const annotations = ['x-version', 'x-accounting', 'x-kind', 'x-entity', 'x-unit', 'x-currency', 'x-owner'];
const validator = () => new Ajv2020({ strict: true, keywords: annotations, allowUnionTypes: true });

const samples: Readonly<Record<Field['kind'], Value>> = {
  text: 'text',
  code: null,
  flag: true,
  decimal: '1250.50',
  day: '2026-01-31',
  reference: '42',
  references: ['1', '2'],
};

/** Two states of an object between which everything changed. */
function statesOf(name: (typeof businessEventNames)[number]): [State, State] {
  const { fields } = entityOf(businessEvents[name].entity);
  const full = Object.fromEntries(Object.entries(fields).map(([field, { kind }]) => [field, samples[kind]]));
  const decided: Record<typeof name, [State, State]> = {
    'opportunity.won': [{ status: 'open' }, { status: 'won' }],
    'project.opened': [{ status: 'closed' }, { status: 'active' }],
    'resource.assigned': [
      { status: 'confirmed', worker: '1' },
      { status: 'confirmed', worker: '2' },
    ],
    'time.approved': [{ approval: 'submitted' }, { approval: 'approved' }],
    'time.withdrawn': [{ approval: 'approved' }, { approval: 'submitted' }],
    'expense.approved': [{ approval: 'submitted' }, { approval: 'approved' }],
    'milestone.completed': [{ status: 'open' }, { status: 'completed' }],
    'contract.amended': [
      { status: 'active', amount: '1.00', cap: null },
      { status: 'active', amount: '2.00' },
    ],
    'invoice.posted': [{ status: 'draft' }, { status: 'posted' }],
    'invoice.disputed': [
      { disputed: false, payment: 'not_paid' },
      { disputed: true, payment: 'not_paid' },
    ],
    'invoice.paid': [{ payment: 'partial' }, { payment: 'paid' }],
    'payment.received': [{ status: 'in_process' }, { status: 'received' }],
  };
  const [before, after] = decided[name];
  return [
    { ...full, ...before },
    { ...full, ...after },
  ];
}

/** The message that subscribers would get. */
async function messageOf(name: (typeof businessEventNames)[number]): Promise<Record<string, unknown>> {
  const { version, entity, derive } = businessEvents[name];
  const data = derive(...statesOf(name));
  if (data === undefined) throw new Error(`${name} did not happen`);
  const id = '01a20159-1ae3-7000-8000-02469f4d61da';
  const event: StoredBusinessEvent = {
    id,
    name,
    version,
    data,
    object: { system: 'odoo', entity, id: '7' },
    objectId: undefined,
    correlation: 'odoo:1',
    occurredAt: '2026-01-05T08:00:00.000Z',
  };
  const claimed = { ...delivery(id), seq: 1, leasedUntilMs: 0, tries: 1, uncertain: false };
  const store = { businessEvents: async () => [event] };
  const { ready } = await prepareEvents({ store, claimed: [claimed], now: Date.now });
  return JSON.parse(String(ready[0]?.fields.message));
}

describe.each(businessEventNames)('the schema of %s', (name) => {
  const schema = messageSchemaOf(businessEvents[name]);

  test('is one, by draft 2020-12', () => {
    const ajv = validator();
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  });

  test('describes what subscribers are sent, and nothing else', async () => {
    const validate = validator().compile(schema);
    const message = await messageOf(name);
    expect([validate(message), validate.errors]).toEqual([true, null]);
    expect(validate({ ...message, more: 1 })).toBe(false);
    expect(validate({ ...message, data: { ...(message.data as object), more: '1' } })).toBe(false);
    for (const part of Object.keys(message)) {
      const { [part]: _, ...rest } = message;
      expect(validate(rest), part).toBe(false);
    }
  });
});

test('the message that docs/events.md shows is one', () => {
  const [, shown = ''] = /```json\n(.*?)```/s.exec(readFileSync('docs/events.md', 'utf8')) ?? [];
  const validate = validator().compile(messageSchemaOf(businessEvents['time.approved']));
  expect([validate(JSON.parse(shown)), validate.errors]).toEqual([true, null]);
});
