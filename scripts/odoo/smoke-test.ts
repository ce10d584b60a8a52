import { startOdoo } from './odoo.ts';
import { createApiKey, createUser, type OdooSession, odooSession } from './rpc.ts';

/** Posts a customer invoice and registers its payment. Resolves with the invoice's final payment state. */
async function invoiceAndPay(session: OdooSession): Promise<unknown> {
  const customer = await session.create('res.partner', { name: 'Smoke Test Customer' });
  const invoice = await session.create('account.move', {
    move_type: 'out_invoice',
    partner_id: customer,
    invoice_date: '2026-01-31',
    invoice_line_ids: [[0, 0, { name: 'Consulting', quantity: 2, price_unit: 100 }]],
  });
  await session.call('account.move', 'action_post', [[invoice]]);
  const context = { active_model: 'account.move', active_ids: [invoice] };
  const payment = await session.create('account.payment.register', {}, context);
  await session.call('account.payment.register', 'action_create_payments', [[payment]], { context });
  const [row] = await session.searchRead('account.move', [['id', '=', invoice]], ['payment_state']);
  return row?.payment_state;
}

async function authenticatesWithKey(url: string, databaseName: string, key: string): Promise<boolean> {
  const response = await fetch(`${url}/json/2/res.users/context_get`, {
    method: 'POST',
    headers: {
      authorization: `bearer ${key}`,
      'content-type': 'application/json',
      'x-odoo-database': databaseName,
    },
    body: '{}',
  });
  return response.ok;
}

/**
 * Proves that what `startOdoo` gives is good for the tests and the demo: an ordinary user, made by the administrator,
 * posts an invoice, gets it paid, and makes an API key that JSON-2 accepts.
 * @param report told each thing that was seen
 */
export async function smokeTest(report: (line: string) => void): Promise<void> {
  const server = await startOdoo({ withAddon: false, durable: false });
  try {
    report(`Odoo answers on ${server.url}, database ${server.databaseName} (${server.databaseUuid})`);
    const admin = odooSession(server, server.adminLogin, server.adminPassword);
    const accountant = { name: 'Smoke Test', login: 'smoke', password: 'smoke-test-password' };
    await createUser(admin, {
      ...accountant,
      groups: ['account.group_account_invoice', 'base.group_partner_manager'],
    });
    const session = odooSession(server, accountant.login, accountant.password);
    const state = await invoiceAndPay(session);
    if (state !== 'paid') throw new Error(`the invoice is "${state}" after its payment, not "paid"`);
    report('a posted invoice is paid after its payment was registered');
    const key = await createApiKey(server, accountant.login, accountant.password, 'smoke test');
    if (!(await authenticatesWithKey(server.url, server.databaseName, key))) {
      throw new Error('Odoo refused the API key that it had made');
    }
    report('JSON-2 accepts the API key of an ordinary user');
  } finally {
    await server.dispose();
  }
}
