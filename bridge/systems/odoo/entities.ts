import type { EntityName } from '../../entities/catalogue.ts';
import { contractInOdoo } from './contract.ts';
import { customerInOdoo } from './customer.ts';
import type { OdooEntity } from './entity.ts';
import { invoiceInOdoo } from './invoice.ts';
import { opportunityInOdoo } from './opportunity.ts';
import { projectInOdoo } from './project.ts';
import { quoteInOdoo } from './quote.ts';
import { taskInOdoo } from './task.ts';
import { timesheetInOdoo } from './timesheet.ts';
import { workerInOdoo } from './worker.ts';

export const entitiesInOdoo: Readonly<Partial<Record<EntityName, OdooEntity>>> = {
  customer: customerInOdoo,
  opportunity: opportunityInOdoo,
  quote: quoteInOdoo,
  contract: contractInOdoo,
  project: projectInOdoo,
  task: taskInOdoo,
  worker: workerInOdoo,
  timesheet: timesheetInOdoo,
  invoice: invoiceInOdoo,
};

export function entityInOdoo(name: EntityName): OdooEntity {
  const entity = entitiesInOdoo[name];
  if (entity === undefined) throw new TypeError(`Odoo has no ${name}`);
  return entity;
}

/** Which entities a record of each model may be. */
export const entityNamesByModel: ReadonlyMap<string, readonly EntityName[]> = Map.groupBy(
  Object.keys(entitiesInOdoo) as EntityName[],
  (name) => entityInOdoo(name).model,
);
