import type { State } from '../entities/field.ts';
import type { Overview } from '../store/overview.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';

/** Where time belongs, in words that people know. */
export interface Place {
  readonly project: string | null;
  /** How the project is billed. */
  readonly billingMethod: string | null;
  readonly customer: string | null;
  /** The customer's id in the erp; `<system>:<id>` for one that is not there. */
  readonly customerId: string | null;
  readonly legalEntity: string | null;
  readonly currency: string | null;
}

const nowhere: Place = {
  project: null,
  billingMethod: null,
  customer: null,
  customerId: null,
  legalEntity: null,
  currency: null,
};

export interface Places {
  /** The place of a project, by its id in a system; of what the erp says of it, where it is there. */
  of(system: string, projectId: string | null): Place;
  /** Id in the erp of a project of a system. */
  projectInErp(system: string, projectId: string): string | undefined;
  /** Name of a worker. */
  worker(system: string, id: string | null): string | null;
}

/** Looks each project and person up once. */
export function createPlaces(overview: Overview, erp: string): Places {
  const places = new Map<string, Place>();
  const workers = new Map<string, string | null>();
  const idsInErp = new Map<string, string | undefined>();

  function projectInErp(system: string, id: string): string | undefined {
    if (system === erp) return id;
    const key = `${system} ${id}`;
    if (!idsInErp.has(key)) idsInErp.set(key, overview.idIn({ system, entity: 'project', id }, erp));
    return idsInErp.get(key);
  }

  function lookUp(system: string, id: string): Place {
    const inErp = projectInErp(system, id);
    const project =
      (inErp === undefined ? undefined : overview.record({ system: erp, entity: 'project', id: inErp })) ??
      overview.record({ system, entity: 'project', id });
    return project === undefined ? nowhere : placeOf(project);
  }

  function placeOf({ system, state }: StoredRecord): Place {
    const customerId = textOf(state, 'customer');
    const object: SystemObject | undefined =
      customerId === null ? undefined : { system, entity: 'customer', id: customerId };
    const customer = object && overview.record(object);
    return {
      project: textOf(state, 'name'),
      billingMethod: textOf(state, 'billing_method'),
      customer: customer === undefined ? null : textOf(customer.state, 'name'),
      customerId: object === undefined ? null : idOf(object),
      legalEntity: textOf(state, 'legal_entity'),
      currency: textOf(state, 'currency'),
    };
  }

  function idOf(customer: SystemObject): string {
    const inErp = customer.system === erp ? customer.id : overview.idIn(customer, erp);
    return inErp ?? `${customer.system}:${customer.id}`;
  }

  return {
    projectInErp,
    of(system, id) {
      if (id === null) return nowhere;
      const key = `${system} ${id}`;
      const known = places.get(key);
      if (known !== undefined) return known;
      const place = lookUp(system, id);
      places.set(key, place);
      return place;
    },
    worker(system, id) {
      if (id === null) return null;
      const key = `${system} ${id}`;
      if (!workers.has(key)) {
        const record = overview.record({ system, entity: 'worker', id });
        const inErp = overview.idIn({ system, entity: 'worker', id }, erp);
        const other =
          inErp === undefined ? undefined : overview.record({ system: erp, entity: 'worker', id: inErp });
        workers.set(key, textOf((record ?? other)?.state ?? {}, 'name'));
      }
      return workers.get(key) ?? null;
    },
  };
}

/** The text of a field; `null` where it is empty, unknown or no text. */
export const textOf = (state: State, field: string): string | null => {
  const value = state[field];
  return typeof value === 'string' && value !== '' ? value : null;
};
