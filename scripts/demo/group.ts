import { fileURLToPath } from 'node:url';
import type { OdooServer } from '../odoo/odoo.ts';
import { type OdooSession, resolveExternalId } from '../odoo/rpc.ts';
import { type Firm, newSecret } from './firm.ts';
import { type Subscriber, startSubscriber } from './subscriber.ts';
import { type Systems, type SystemsOptions, startSystems } from './systems.ts';

/** What the firm has when it is a group of two companies with fields of its own. */
export interface Group {
  /** The companies in Odoo. */
  readonly companies: { readonly consulting: Company; readonly publicSector: Company };
}

export interface Company {
  readonly id: number;
  readonly name: string;
}

export interface GroupSystems extends Systems {
  readonly group: Group;
  /** Is told of what the rules let it be told of. */
  readonly subscriber: Subscriber;
}

/** What the group has instead of the shipped rules, or besides them. */
const groupRules = fileURLToPath(new URL('rules', import.meta.url));

/** Everything of the demo: the group with its own rules, the partners, the bridge, and somebody who is told of events. */
export async function startGroup(odoo: OdooServer, options: SystemsOptions = {}): Promise<GroupSystems> {
  const secret = newSecret();
  const subscriber = await startSubscriber(secret);
  let group: Group | undefined;
  try {
    const systems = await startSystems(odoo, {
      ...options,
      ownRules: groupRules,
      // Nobody wants to wait for a Friday.
      withoutWindows: true,
      async prepare(firm) {
        group = await setUpGroup(firm);
      },
      environment: {
        SUBSCRIBER_DATA_WAREHOUSE_URL: subscriber.url,
        SUBSCRIBER_DATA_WAREHOUSE_SECRETS: secret,
        ...options.environment,
      },
    });
    const { stop } = systems;
    return Object.assign(systems, {
      group: group as Group,
      subscriber,
      async stop() {
        await stop();
        await subscriber.close();
      },
    });
  } catch (error) {
    await subscriber.close();
    throw error;
  }
}

/** Prepares Odoo as its administrator would, before the bridge is switched on. */
async function setUpGroup(firm: Firm): Promise<Group> {
  const { admin } = firm;
  const companies = await foundCompanies(firm);
  await addOwnFields(admin);
  return { companies };
}

async function foundCompanies({ admin, sales, finance, bridge }: Firm): Promise<Group['companies']> {
  const [first] = await admin.searchRead('res.company', [], ['id']);
  const consulting = { id: Number(first?.id), name: 'Northwind Consulting' };
  await admin.write('res.company', [consulting.id], { name: consulting.name });
  const [{ chart_template: chart } = {}] = await admin.searchRead(
    'res.company',
    [['id', '=', consulting.id]],
    ['chart_template'],
  );
  const name = 'Northwind Public Sector';
  const currency = await resolveExternalId(admin, 'base.EUR');
  const publicSector = { id: await admin.create('res.company', { name }), name };
  await admin.call('account.chart.template', 'try_loading', [[], chart, publicSector.id]);
  // A chart of accounts brings its own currency.
  await admin.write('res.company', [publicSector.id], { currency_id: currency });
  const logins = [sales.login, finance.login, bridge.login];
  await admin.write('res.users', await usersOf(admin, logins), { company_ids: [[4, publicSector.id]] });
  return { consulting, publicSector };
}

const usersOf = async (admin: OdooSession, logins: readonly string[]): Promise<number[]> =>
  (await admin.searchRead('res.users', [['login', 'in', logins]], ['id'])).map(({ id }) => Number(id));

const importance = { a: 'A: we would miss it', b: 'B: a good customer', c: 'C: now and then' };

/** Two fields on customers, as under Settings, Technical, Fields, and that the bridge hears of them. */
async function addOwnFields(admin: OdooSession): Promise<void> {
  const model = await resolveExternalId(admin, 'base.model_res_partner');
  const field = (name: string, label: string, ttype: string, more: Record<string, unknown> = {}) => ({
    model_id: model,
    state: 'manual',
    name,
    field_description: label,
    ttype,
    ...more,
  });
  const choices = Object.entries(importance).map(([value, name], sequence) => ({ value, name, sequence }));
  const fields = (await admin.call('ir.model.fields', 'create', [
    [
      field('x_importance', 'Importance', 'selection', {
        selection_ids: choices.map((choice) => [0, 0, choice]),
      }),
      field('x_imported', 'From a list of addresses', 'boolean'),
    ],
  ])) as number[];
  const watched = await listed(admin, 'services.bridge.watch');
  await admin.write('services.bridge.watch', watched, { field_ids: fields.map((id) => [4, id]) });
}

/** Ids of the entries for partners, also of one that is not active yet. */
const listed = async (admin: OdooSession, list: string): Promise<number[]> =>
  (await admin.call(list, 'search', [[['model', '=', 'res.partner']]], {
    context: { active_test: false },
  })) as number[];
