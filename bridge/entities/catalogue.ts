import { customer } from './customer.ts';
import type { Entity } from './entity.ts';
import { invoice } from './invoice.ts';
import { opportunity } from './opportunity.ts';
import { project } from './project.ts';
import { task } from './task.ts';
import { timesheet } from './timesheet.ts';
import { worker } from './worker.ts';

/** Every entity that the bridge knows, by name. */
export const catalogue = { customer, opportunity, project, task, worker, timesheet, invoice } as const;

export type EntityName = keyof typeof catalogue;

export const entityNames = Object.keys(catalogue) as EntityName[];

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(catalogue, name);

export const entityOf = (name: EntityName): Entity => catalogue[name];
