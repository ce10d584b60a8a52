import { describe, expect, test } from 'vitest';
import { parseBatch, toHint } from '../../../bridge/systems/odoo/event.ts';

const event = {
  id: '0198f1a2-0000-7000-8000-000000000001',
  model: 'account.move',
  res_id: 42,
  operation: 'write',
  fields: ['amount_residual', 'payment_state'],
  user_id: 7,
  company_id: 1,
  transaction: '918273',
  occurred_at: '2026-01-31T09:15:01.987Z',
  origin: null,
} as const;

const body = {
  version: 1,
  database: '6a0d7e5c-0000-4000-8000-000000000000',
  sent_at: '2026-01-31T09:15:02.123Z',
  events: [event],
};

const parse = (value: unknown) => parseBatch(Buffer.from(JSON.stringify(value)));

describe('parseBatch', () => {
  test('reads what the addon sends', () => {
    expect(parse(body)).toEqual({
      ok: true,
      batch: {
        database: body.database,
        sentAt: body.sent_at,
        hints: [toHint({ ...event, fields: [...event.fields] })],
      },
    });
  });

  test('takes the empty batch of the test button, and fields that later versions add', () => {
    expect(parse({ ...body, events: [] })).toMatchObject({ ok: true, batch: { hints: [] } });
    expect(parse({ ...body, later: 1, events: [{ ...event, later: 1 }] })).toMatchObject({ ok: true });
  });

  const wrong: Record<string, readonly unknown[]> = {
    id: [undefined, null, '', 5, 'x'.repeat(201)],
    model: [undefined, '', 5],
    res_id: [undefined, null, '42', 4.5, 2 ** 60],
    operation: [undefined, 'delete', 1],
    fields: [undefined, null, 'name', {}],
    user_id: [undefined, '7', 7.5, true],
    company_id: [undefined, '1'],
    transaction: [undefined, '', 918273],
    occurred_at: [undefined, '', '2026-01-31', '2026-01-31 09:15:01', 5],
    origin: [undefined, '', 5, true],
  };
  const cases = Object.entries(wrong).flatMap(([field, values]) => values.map((value) => ({ field, value })));

  test.each(cases)('refuses $value as $field, and says where', ({ field, value }) => {
    const events = [event, { ...event, [field]: value }];
    expect(parse({ ...body, events })).toMatchObject({ ok: false, path: `events.1.${field}` });
  });

  test.each([
    ['version', 2],
    ['version', undefined],
    ['database', ''],
    ['database', undefined],
    ['sent_at', 'now'],
    ['events', {}],
    ['events', undefined],
    ['events', Array.from({ length: 501 }, () => event)],
  ])('refuses a wrong %s', (field, value) => {
    expect(parse({ ...body, [field]: value })).toMatchObject({ ok: false, path: field });
  });

  test('refuses a field name that is no text', () => {
    const events = [{ ...event, fields: ['name', 5] }];
    expect(parse({ ...body, events })).toMatchObject({ ok: false, path: 'events.0.fields.1' });
  });

  test('refuses what is no object, no JSON or no UTF-8', () => {
    for (const raw of ['null', '[]', '"text"', '5', '', '{"version":', '\ufeff{}']) {
      expect(parseBatch(Buffer.from(raw)), raw).toMatchObject({ ok: false });
    }
    const broken = Buffer.from(JSON.stringify(body).replace('account.move', 'account.m\0ve'));
    broken[broken.indexOf(0)] = 0xff;
    expect(parseBatch(broken)).toMatchObject({ ok: false, message: expect.stringContaining('not JSON') });
  });
});

describe('toHint', () => {
  test('carries over everything that is known', () => {
    expect(toHint({ ...event, fields: ['name'], origin: 'bridge' })).toEqual({
      id: event.id,
      type: 'account.move',
      objectId: '42',
      operation: 'write',
      fields: ['name'],
      author: '7',
      company: '1',
      transaction: '918273',
      occurredAt: event.occurred_at,
      echo: true,
    });
  });

  test.each([null, false] as const)('leaves out what is %s', (absent) => {
    const hint = toHint({ ...event, fields: [], user_id: absent, company_id: absent, origin: absent });
    expect(hint).toMatchObject({ echo: false });
    expect(Object.keys(hint)).not.toContain('author');
    expect(Object.keys(hint)).not.toContain('company');
  });

  test('somebody else as origin is no echo', () => {
    expect(toHint({ ...event, fields: [], origin: 'import' }).echo).toBe(false);
  });
});
