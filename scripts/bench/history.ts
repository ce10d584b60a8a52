import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import { differences } from '../../bridge/entities/state.ts';
import type { RecordChange } from '../../bridge/store/apply.ts';

/** Changes of one object before it has all been seen. */
const changesPerObject = 5;

interface Kind {
  readonly system: string;
  readonly entity: EntityName;
  state(number: number, version: number): State;
}

/** What firms change most: of ten objects five are customers, two projects and three timesheets. */
const kinds: readonly Kind[] = [
  { system: 'odoo', entity: 'customer', state: customer },
  { system: 'odoo', entity: 'project', state: project },
  { system: 'harvest', entity: 'timesheet', state: timesheet },
];
const mix = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2] as const;

/** `count` changes in the order in which they come in: every object is seen, then each changes again and again. */
export function* firmChanges(count: number): Iterable<RecordChange> {
  const objects = count / changesPerObject;
  for (let index = 0; index < count; index++) {
    const number = index % objects;
    const version = Math.floor(index / objects);
    const kind = kinds[mix[number % mix.length] as number] as Kind;
    const before = version === 0 ? null : kind.state(number, version - 1);
    const after = kind.state(number, version);
    yield {
      system: kind.system,
      entity: kind.entity,
      id: String(number),
      before,
      after,
      differences: differences(before, after),
      correlation: `bench:${index}`,
    };
  }
}

function customer(number: number, version: number): State {
  return {
    name: `Customer ${number}${version > 1 ? ' Ltd' : ''}`,
    is_company: number % 10 !== 0,
    parent: null,
    vat: `BE0${100_000_000 + number}`,
    email: `office@customer-${number}.example`,
    domain: `customer-${number}.example`,
    phone: `+32 2 ${100 + version} ${number}`,
    street: `${number} High Street`,
    city: version > 3 ? 'Antwerp' : 'Ghent',
    postal_code: '9000',
    country: 'BE',
    active: true,
    billing_status: version > 2 ? 'paid' : 'none',
  };
}

function project(number: number, version: number): State {
  return {
    name: `Project ${number}`,
    code: `P${number}`,
    customer: String(number - (number % 10)),
    status: version > 3 ? 'closed' : 'active',
    billable: version !== 2,
  };
}

function timesheet(number: number, version: number): State {
  return {
    worker: String(number % 500),
    project: String(number - (number % 10) + 5),
    task: String(number % 50),
    day: `2026-01-${String(10 + (number % 20))}`,
    hours: `${1 + version}.5`,
    notes: `Worked on ${number}, as agreed in the meeting of Monday`,
    billable: true,
    approval: version > 0 ? 'approved' : 'submitted',
  };
}
