import { assignment } from './assignment.ts';
import { contact } from './contact.ts';
import { contract } from './contract.ts';
import { customer } from './customer.ts';
import type { Entity } from './entity.ts';
import { expense } from './expense.ts';
import { invoice } from './invoice.ts';
import { milestone } from './milestone.ts';
import { opportunity } from './opportunity.ts';
import { payment } from './payment.ts';
import { project } from './project.ts';
import { quote } from './quote.ts';
import { rate } from './rate.ts';
import { task } from './task.ts';
import { timesheet } from './timesheet.ts';
import { worker } from './worker.ts';

/** Every entity that the bridge knows, by name, in the order of the way from a sale to its payment. */
export const catalogue = {
  customer,
  contact,
  opportunity,
  quote,
  contract,
  rate,
  project,
  milestone,
  task,
  worker,
  assignment,
  timesheet,
  expense,
  invoice,
  payment,
} as const;

export type EntityName = keyof typeof catalogue;

export const entityNames = Object.keys(catalogue) as EntityName[];

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(catalogue, name);

export const entityOf = (name: EntityName): Entity => catalogue[name];
