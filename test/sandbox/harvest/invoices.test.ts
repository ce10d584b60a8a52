import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createWorkplace,
  type RunningHarvest,
  startHarvest,
  type Workplace,
} from '../../systems/harvest/start.ts';

interface Invoice {
  readonly id: number;
  readonly number: string;
  readonly state: string;
  readonly amount: number;
  readonly due_amount: number;
  readonly due_date: string;
  readonly currency: string;
  readonly line_items: readonly { readonly id: number; readonly project: { readonly id: number } | null }[];
}

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
});
afterEach(() => harvest.close());

const call = <Answer = Invoice>(method: string, path: string, body?: object): Promise<Answer> =>
  harvest.call<Answer>(method, path, body);
const draft = (more: object = {}) =>
  call('POST', '/invoices', {
    client_id: workplace.client,
    number: 'INV/1',
    issue_date: '2026-03-02',
    line_items: [{ kind: 'Service', unit_price: 100.1, quantity: 3, project_id: workplace.project }],
    ...more,
  });
const event = (id: number, event_type: string) => call('POST', `/invoices/${id}/messages`, { event_type });
const pay = (id: number, amount: number) =>
  call<{ id: number }>('POST', `/invoices/${id}/payments`, { amount, send_thank_you: false });
const read = (id: number) => call('GET', `/invoices/${id}`);

it('adds up to the cent, in the currency of the client where none is named', async () => {
  const { id } = await draft();
  expect(await read(id)).toMatchObject({ state: 'draft', amount: 300.3, due_amount: 300.3, currency: 'EUR' });
  const [line] = (await read(id)).line_items;
  expect(line?.project?.id).toBe(workplace.project);
  const changed = await call('PATCH', `/invoices/${id}`, { line_items: [{ id: line?.id, unit_price: 50 }] });
  expect(changed).toMatchObject({ amount: 150, line_items: [{ quantity: 3 }] });
});

it('takes a due day only where the payment term is custom', async () => {
  const { id } = await draft({ payment_term: 'net 30', due_date: '2026-05-01' });
  expect((await read(id)).due_date).toBe('2026-03-02');
  const fields = { payment_term: 'custom', due_date: '2026-05-01' };
  expect((await call('PATCH', `/invoices/${id}`, fields)).due_date).toBe('2026-05-01');
});

it('refuses what Harvest cannot take', async () => {
  await draft();
  await expect(draft()).rejects.toThrow(/422.*Number has already been taken/);
  const another = (more: object) => draft({ number: 'INV/2', ...more });
  await expect(another({ client_id: 4711 })).rejects.toThrow(/422.*Client is invalid/);
  await expect(another({ line_items: [{ unit_price: 1 }] })).rejects.toThrow(/422.*Kind/);
  await expect(another({ line_items: [{ kind: 'Nothing', unit_price: 1 }] })).rejects.toThrow(/422.*Kind/);
  await expect(another({ line_items: [{ kind: 'Service' }] })).rejects.toThrow(/422.*Unit price/);
  const elsewhere = [{ kind: 'Service', unit_price: 1, project_id: 4711 }];
  await expect(another({ line_items: elsewhere })).rejects.toThrow(/422.*Project/);
  await expect(another({ currency: 'Euro' })).rejects.toThrow(/422.*Currency/);
});

it('moves on by messages, as far as its state allows', async () => {
  const { id } = await draft();
  await expect(event(id, 'close')).rejects.toThrow(/422.*draft/);
  await expect(pay(id, 1)).rejects.toThrow(/422.*draft/);
  await event(id, 'send');
  expect((await read(id)).state).toBe('open');
  await expect(event(id, 'send')).rejects.toThrow(/422/);
  await event(id, 'close');
  expect((await read(id)).state).toBe('closed');
  await expect(pay(id, 1)).rejects.toThrow(/422.*closed/);
  await expect(call('PATCH', `/invoices/${id}`, { notes: 'x' })).rejects.toThrow(/422.*re-opened/);
  await event(id, 're-open');
  await event(id, 'draft');
  expect((await read(id)).state).toBe('draft');
  await expect(event(id, 'mail')).rejects.toThrow(/422/);
  await expect(call('POST', `/invoices/${id}/messages`, {})).rejects.toThrow(/422.*recipients/);
});

it('is paid by its payments, and open again without them', async () => {
  const { id } = await draft();
  await event(id, 'send');
  await pay(id, 100.15);
  expect(await read(id)).toMatchObject({ state: 'open', due_amount: 200.15 });
  await expect(pay(id, 200.16)).rejects.toThrow(/422.*more than/);
  await expect(pay(id, 0)).rejects.toThrow(/422.*Amount/);
  await expect(call('POST', `/invoices/${id}/payments`, { amount: 1 })).rejects.toThrow(/mails nobody/);
  const { id: payment } = await pay(id, 200.15);
  expect(await read(id)).toMatchObject({ state: 'paid', due_amount: 0 });
  await expect(event(id, 'draft')).rejects.toThrow(/422.*payments/);
  const [line] = (await read(id)).line_items;
  const less = { line_items: [{ id: line?.id, unit_price: 1 }] };
  await expect(call('PATCH', `/invoices/${id}`, less)).rejects.toThrow(/422.*less than its payments/);
  await call('DELETE', `/invoices/${id}/payments/${payment}`);
  expect(await read(id)).toMatchObject({ state: 'open', due_amount: 200.15 });
});

it('lists invoices by client, project, day and state, the latest day first', async () => {
  const { id: first } = await draft();
  const { id: later } = await draft({ number: 'INV/2', issue_date: '2026-04-01', line_items: [] });
  await event(later, 'send');
  const ids = async (query: string) =>
    (await call<{ invoices: Invoice[] }>('GET', `/invoices${query}`)).invoices.map(({ id }) => id);
  expect(await ids('')).toEqual([later, first]);
  expect(await ids(`?client_id=${workplace.client}&from=2026-03-02&to=2026-03-02`)).toEqual([first]);
  expect(await ids('?client_id=4711')).toEqual([]);
  expect(await ids(`?project_id=${workplace.project}`)).toEqual([first]);
  expect(await ids('?state=draft')).toEqual([first]);
  const page = await (await fetch(harvest.sandbox.url)).text();
  expect(page).toContain('INV/2');
  expect(page).toContain('300.30 EUR');
});

it('is closed where the account has no module for invoices', async () => {
  await harvest.close();
  harvest = await startHarvest({}, { rules: { invoices: false } });
  workplace = await createWorkplace(harvest);
  expect(await call('GET', '/company')).toMatchObject({ invoice_feature: false });
  await expect(draft()).rejects.toThrow(/403/);
  await expect(call('GET', '/invoices')).rejects.toThrow(/403/);
  await expect(call('GET', '/invoice_item_categories')).rejects.toThrow(/403/);
});
