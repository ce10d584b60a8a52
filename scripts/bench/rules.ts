import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Rules that bring customers to the CRM and nothing else; answers their folder.
 *
 * @param more `import`: the customers are a bulk import, and finance waits for deals
 */
export function writeBenchRules(folder: string, more: { import?: boolean } = {}): string {
  const directory = join(folder, 'sync-rules');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'systems.yaml'), systems);
  writeFileSync(
    join(directory, 'customer.yaml'),
    more.import === true ? customer.replace('operations', 'bulk') : customer,
  );
  if (more.import === true) writeFileSync(join(directory, 'opportunity.yaml'), opportunity);
  return directory;
}

const systems = `systems:
  odoo: { connector: odoo, role: erp }
  hubspot: { connector: hubspot, role: crm }
`;

const customer = `entity: customer
rules:
  - id: customer-to-crm
    from: erp
    to: crm
    lane: operations
    fields: [name, domain, phone, street, city, postal_code, country]
    when: { is_company: true }
    create: always
`;

const opportunity = `entity: opportunity
rules:
  - id: opportunity-to-crm
    from: erp
    to: crm
    lane: finance
    fields: [name]
`;
