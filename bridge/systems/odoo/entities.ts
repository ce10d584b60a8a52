import type { EntityName } from '../../entities/catalogue.ts';
import { assignmentInOdoo } from './assignment.ts';
import { contractInOdoo } from './contract.ts';
import { customerInOdoo } from './customer.ts';
import type { OdooEntity } from './entity.ts';
import { deliveredOrder } from './event.ts';
import { expenseInOdoo } from './expense.ts';
import { invoiceInOdoo } from './invoice.ts';
import { milestoneInOdoo } from './milestone.ts';
import { opportunityInOdoo } from './opportunity.ts';
import { paymentInOdoo } from './payment.ts';
import { projectInOdoo } from './project.ts';
import { quoteInOdoo } from './quote.ts';
import { rateInOdoo } from './rate.ts';
import { taskInOdoo } from './task.ts';
import { timesheetInOdoo } from './timesheet.ts';
import { workerInOdoo } from './worker.ts';

export const entitiesInOdoo: Readonly<Partial<Record<EntityName, OdooEntity>>> = {
  customer: customerInOdoo,
  opportunity: opportunityInOdoo,
  quote: quoteInOdoo,
  contract: contractInOdoo,
  rate: rateInOdoo,
  project: projectInOdoo,
  milestone: milestoneInOdoo,
  task: taskInOdoo,
  worker: workerInOdoo,
  assignment: assignmentInOdoo,
  timesheet: timesheetInOdoo,
  expense: expenseInOdoo,
  invoice: invoiceInOdoo,
  payment: paymentInOdoo,
};

export function entityInOdoo(name: EntityName): OdooEntity {
  const entity = entitiesInOdoo[name];
  if (entity === undefined) throw new TypeError(`Odoo has no ${name}`);
  return entity;
}

/** Which entities a record of each model may be. */
const entityNamesByModel: ReadonlyMap<string, readonly EntityName[]> = Map.groupBy(
  Object.keys(entitiesInOdoo) as EntityName[],
  (name) => entityInOdoo(name).model,
);

/** Which entities the records of a type of hints may be. */
export const entitiesOfType = (type: string): readonly EntityName[] =>
  type === deliveredOrder ? ['contract'] : (entityNamesByModel.get(type) ?? []);
