import { type Files, systems } from './folder.ts';

/** A folder with rules that link what flows look at, and with one flow. */
export const withFlow = (text: string, more: Files = {}): Files => ({
  'systems.yaml': systems,
  'customer.yaml': 'entity: customer\nrules: [{id: customer, from: crm, to: erp, fields: [name]}]\n',
  'project.yaml': 'entity: project\nrules: [{id: project, from: erp, to: psa, fields: [name]}]\n',
  'timesheet.yaml': 'entity: timesheet\nrules: [{id: time, from: psa, to: erp, fields: [hours]}]\n',
  'flow.yaml': text,
  ...more,
});
