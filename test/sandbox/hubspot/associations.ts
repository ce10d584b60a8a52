import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { bodyOf, inputsOf } from './batch.ts';
import { type ItemError, invalid } from './errors.ts';
import { present } from './objects.ts';
import type { Association, HubspotState } from './state.ts';

/** Deal → company, as HubSpot numbers it. */
const labels = new Map<number, string | null>([
  [341, null],
  [5, 'Primary'],
]);
const primary = 5;
const unlabelled = 341;

interface AssociationInput {
  readonly id?: string;
  readonly after?: string;
  readonly from?: { readonly id?: string };
  readonly to?: { readonly id?: string } | readonly { readonly id?: string }[];
  readonly types?: readonly { readonly associationCategory?: string; readonly associationTypeId?: number }[];
}

export function addAssociationRoutes(app: Hono<SandboxEnvironment>, state: HubspotState): void {
  const path = '/crm/v4/associations/deals/companies/batch';

  app.post(`${path}/read`, async (c) => {
    const inputs = inputsOf(await bodyOf(c), 1000) as readonly AssociationInput[];
    const results: object[] = [];
    const errors: ItemError[] = [];
    for (const { id = '', after = '0' } of inputs) {
      const companies = state.companiesOfDeal.get(id) ?? [];
      if (companies.length === 0) {
        errors.push(noneFound(id));
        continue;
      }
      const end = Number(after) + state.associationPage;
      const paging = end < companies.length ? { paging: { next: { after: String(end) } } } : {};
      results.push({ from: { id }, to: companies.slice(Number(after), end).map(describe), ...paging });
    }
    return c.json(complete(state, results, errors), errors.length > 0 ? 207 : 200);
  });

  app.post(`${path}/create`, async (c) => {
    const inputs = inputsOf(await bodyOf(c), 2000) as readonly AssociationInput[];
    const results: object[] = [];
    const errors: ItemError[] = [];
    for (const input of inputs) {
      const from = input.from?.id ?? '';
      const to = (input.to as { id?: string } | undefined)?.id ?? '';
      const types = typesOf(input);
      if (present(state, 'deals', from) === undefined || present(state, 'companies', to) === undefined) {
        errors.push(absent(from, to));
        continue;
      }
      associate(state, from, to, types);
      results.push({
        fromObjectTypeId: '0-3',
        fromObjectId: from,
        toObjectTypeId: '0-2',
        toObjectId: to,
        labels: types.map((type) => labels.get(type)).filter((label) => label !== null),
      });
    }
    return c.json(complete(state, results, errors), errors.length > 0 ? 207 : 201);
  });

  app.post(`${path}/archive`, async (c) => {
    const inputs = inputsOf(await bodyOf(c), 2000) as readonly AssociationInput[];
    for (const input of inputs) {
      if (!Array.isArray(input.to)) throw invalid('Some required fields were not set: [to]');
      const gone = input.to.map((target) => target.id);
      const deal = input.from?.id ?? '';
      const companies = state.companiesOfDeal.get(deal) ?? [];
      state.companiesOfDeal.set(
        deal,
        companies.filter(({ toId }) => !gone.includes(toId)),
      );
    }
    return c.body(null, 204);
  });
}

export function typesOf(input: Pick<AssociationInput, 'types'>): number[] {
  const types = input.types ?? [];
  if (types.length === 0) throw invalid('Some required fields were not set: [types]');
  return types.map((type) => {
    if (type.associationCategory !== 'HUBSPOT_DEFINED' || !labels.has(type.associationTypeId ?? 0))
      throw invalid(
        `Invalid association type ${type.associationCategory} ${type.associationTypeId} between DEAL and COMPANY`,
      );
    return type.associationTypeId as number;
  });
}

/** A deal has one primary company: a new one takes the label from the old one, which stays associated. */
export function associate(
  state: HubspotState,
  deal: string,
  company: string,
  types: readonly number[],
): void {
  const companies = state.companiesOfDeal.get(deal) ?? [];
  let association = companies.find(({ toId }) => toId === company);
  if (association === undefined) {
    association = { toId: company, types: new Set([unlabelled]) };
    companies.push(association);
    state.companiesOfDeal.set(deal, companies);
  }
  if (types.includes(primary)) for (const other of companies) other.types.delete(primary);
  for (const type of types) association.types.add(type);
}

const describe = ({ toId, types }: Association) => ({
  toObjectId: Number(toId),
  associationTypes: [...types].map((typeId) => ({
    category: 'HUBSPOT_DEFINED',
    typeId,
    label: labels.get(typeId) ?? null,
  })),
});

const noneFound = (id: string): ItemError => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
  message: `No company is associated with deal ${id}.`,
  context: { fromObjectId: [id], fromObjectType: ['0-3'], toObjectType: ['0-2'] },
});

const absent = (from: string, to: string): ItemError => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: `Objects were not found: deal ${from} or company ${to}`,
  context: { fromObjectId: [from], toObjectId: [to] },
});

function complete(state: HubspotState, results: readonly object[], errors: readonly ItemError[]) {
  const time = new Date(state.clock.now()).toISOString();
  const body = { status: 'COMPLETE', results, startedAt: time, completedAt: time };
  return errors.length === 0 ? body : { ...body, numErrors: errors.length, errors };
}
