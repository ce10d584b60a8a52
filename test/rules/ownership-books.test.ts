import { expect, test } from 'vitest';
import { load, problemsOf } from './folder.ts';

const systems = `systems:
  odoo: {connector: odoo, role: erp}
  hubspot: {connector: hubspot, role: crm}
`;

test('the books are the erp’s, whoever owns the rest of the entity', () => {
  const rules = load({
    'systems.yaml': systems,
    'opportunity.yaml': `entity: opportunity
owner: crm
rules:
  - {id: deal-to-crm, from: erp, to: crm, create: never, fields: [billing_status]}
`,
  });
  expect(rules.rules).toHaveLength(1);
});

test('and nobody else brings them, whatever a file says', () => {
  const problems = problemsOf({
    'systems.yaml': systems,
    'opportunity.yaml': `entity: opportunity
owner: crm
rules:
  - {id: deal-to-erp, from: crm, to: erp, fields: [billing_status]}
`,
  });
  expect(problems.map(({ message }) => message)).toEqual(['a rule cannot write "billing_status" to the erp']);
});
