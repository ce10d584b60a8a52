import { bridgeStatus, isQuiet } from './bridge-status.ts';
import type { GroupSystems } from './group.ts';
import { hubspotObjects } from './partner-api.ts';
import type { Stage } from './stage.ts';

/** The fields that are edited: by the rules, Odoo owns the name and the CRM the telephone number. */
interface Edited {
  readonly name: string;
  readonly phone: string;
}

/** A customer is edited in Odoo and in HubSpot at once: both end with the owner's value of each field. */
export async function playBothSides(
  systems: GroupSystems,
  stage: Stage,
  customer: { readonly id: number; readonly name: string },
): Promise<Edited> {
  const { hubspotApi } = systems;
  const { odoo } = systems.firm.sales;
  stage.act('One customer, edited on both sides at once');
  const companyId = await companyNamed(systems, customer.name);
  const inOdoo = (values: Partial<Edited>) => odoo.write('res.partner', [customer.id], values);
  const inHubspot = (properties: Partial<Edited>) =>
    hubspotApi.patch(`/crm/v3/objects/companies/${companyId}`, { properties });

  const owned: Edited = { name: 'Aurora Energy Group AG', phone: '+41 44 555 01 10' };
  await Promise.all([
    stage.does('Sally', `renames it "${owned.name}" in Odoo, and enters another number`, () =>
      inOdoo({ name: owned.name, phone: '+41 44 555 99 99' }),
    ),
    stage.does('Sam', `notes ${owned.phone} in HubSpot, and another name`, () =>
      inHubspot({ name: 'Aurora', phone: owned.phone }),
    ),
  ]);
  await seesOwned('Odoo’s name and HubSpot’s number');

  await Promise.all([
    stage.does('Sally', 'changes only the number in Odoo, which HubSpot owns', () =>
      inOdoo({ phone: '+41 44 555 77 77' }),
    ),
    stage.does('Sam', 'changes only the name in HubSpot, which Odoo owns', () =>
      inHubspot({ name: 'Aurora Power' }),
    ),
  ]);
  await seesOwned('the owners’ values again');
  return owned;

  async function seesOwned(what: string): Promise<void> {
    await stage.sees('HubSpot', what, async () => {
      const found = await hubspotApi.get(`/crm/v3/objects/companies/${companyId}?properties=name,phone`);
      return shown(found.properties as Edited);
    });
    await stage.sees('Odoo', what, async () => {
      const [found] = await odoo.searchRead('res.partner', [['id', '=', customer.id]], ['name', 'phone']);
      return shown(found as unknown as Edited);
    });
  }

  /** Only what is there when the bridge has nothing left to do counts. */
  async function shown({ name, phone }: Edited): Promise<string | undefined> {
    if (name !== owned.name || phone !== owned.phone) return undefined;
    return isQuiet(await bridgeStatus(systems.environment)) ? `${name}, ${phone}` : undefined;
  }
}

async function companyNamed({ hubspotApi }: GroupSystems, name: string): Promise<string> {
  const companies = await hubspotObjects(hubspotApi, 'companies', ['name']);
  const company = companies.find(({ properties }) => properties.name === name);
  if (company === undefined) throw new Error(`HubSpot has no company "${name}"`);
  return company.id;
}
