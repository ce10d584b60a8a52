import type { GroupSystems } from './group.ts';
import { hubspotObject } from './partner-api.ts';
import type { Stage } from './stage.ts';

const property = 'firm_segment';

/** A field that the firm added to customers in Odoo shows in HubSpot, in the words that sales uses. */
export async function playOwnField(
  { firm, hubspotApi }: GroupSystems,
  stage: Stage,
  customer: { readonly id: number; readonly name: string },
): Promise<void> {
  stage.act('A field of the firm’s own, by a table of values');
  await stage.sees('HubSpot', `the property ${property}, which the bridge has made`, async () => {
    const { options } = await hubspotApi.get(`/crm/v3/properties/companies/${property}`);
    return (options as { value: string }[]).map(({ value }) => value).join(', ');
  });
  const values = { a: 'key_account', b: 'regular' };
  for (const [code, segment] of Object.entries(values)) {
    await stage.does('Fiona', `sets the importance of ${customer.name} to "${code}" in Odoo`, () =>
      firm.finance.odoo.write('res.partner', [customer.id], { x_importance: code }),
    );
    await stage.sees('HubSpot', `"${code}" in the words of sales`, async () => {
      const company = await hubspotObject(hubspotApi, 'companies', customer.name, [property]);
      return company?.[property] === segment ? segment : undefined;
    });
  }
}
