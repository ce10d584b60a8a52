import type { Clock } from '../clock.ts';
import { createPropertyCatalogue, type ObjectType, type PropertyCatalogue } from './properties.ts';

/** One state of an object; a change replaces it. */
export interface StoredObject {
  readonly id: string;
  /** Never set: absent. Cleared: the empty text. */
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | undefined;
}

export interface Association {
  readonly toId: string;
  readonly types: Set<number>;
}

export interface Owner {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly closed: boolean;
  readonly won: boolean;
  /** How likely a deal in this stage is won, 0 to 1. */
  readonly probability: string;
}

export interface Pipeline {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly Stage[];
}

/** Everything that one HubSpot account holds. */
export interface HubspotState {
  readonly clock: Clock;
  readonly properties: Readonly<Record<ObjectType, PropertyCatalogue>>;
  readonly objects: Readonly<Record<ObjectType, Map<string, StoredObject>>>;
  /** Companies of each deal. */
  readonly companiesOfDeal: Map<string, Association[]>;
  readonly pipelines: readonly Pipeline[];
  readonly owners: Owner[];
  /** How long search takes to see a new state, in milliseconds; for states stored from now on. */
  searchDelay: number;
  /** Companies of one deal that one answer tells. */
  associationPage: number;
  /** Takes the next object id. */
  nextId(): string;
  /** Stores a new state of an object; search sees it when the delay has passed. */
  store(type: ObjectType, object: StoredObject): void;
  /** Does all of `work` or, when it throws, nothing of it. */
  atomically<Result>(type: ObjectType, work: () => Result): Result;
  /** The objects as search sees them now. */
  indexed(type: ObjectType): StoredObject[];
}

const stage = (id: string, label: string, probability: string, closed = false): Stage => ({
  id,
  label,
  closed,
  won: closed && probability === '1.0',
  probability,
});

const salesPipeline: Pipeline = {
  id: 'default',
  label: 'Sales Pipeline',
  stages: [
    stage('appointmentscheduled', 'Appointment Scheduled', '0.2'),
    stage('qualifiedtobuy', 'Qualified To Buy', '0.4'),
    stage('presentationscheduled', 'Presentation Scheduled', '0.6'),
    stage('decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'),
    stage('contractsent', 'Contract Sent', '0.9'),
    stage('closedwon', 'Closed Won', '1.0', true),
    stage('closedlost', 'Closed Lost', '0.0', true),
  ],
};

export function createHubspotState(clock: Clock, searchDelayMilliseconds: number): HubspotState {
  let lastId = 9_100_000_000;
  let waiting: { type: ObjectType; object: StoredObject; at: number }[] = [];
  const visible: Record<ObjectType, Map<string, StoredObject>> = { companies: new Map(), deals: new Map() };

  function settle(): void {
    const now = clock.now();
    for (const { type, object, at } of waiting) if (at <= now) visible[type].set(object.id, object);
    waiting = waiting.filter(({ at }) => at > now);
  }

  const objects: Record<ObjectType, Map<string, StoredObject>> = { companies: new Map(), deals: new Map() };
  const state: HubspotState = {
    clock,
    searchDelay: searchDelayMilliseconds,
    associationPage: 500,
    properties: { companies: createPropertyCatalogue('companies'), deals: createPropertyCatalogue('deals') },
    objects,
    companiesOfDeal: new Map(),
    pipelines: [salesPipeline],
    owners: [{ id: '501', email: 'sam.seller@example.com', firstName: 'Sam', lastName: 'Seller' }],
    nextId: () => String(++lastId),
    store(type, object) {
      objects[type].set(object.id, object);
      waiting.push({ type, object, at: clock.now() + state.searchDelay });
    },
    atomically(type, work) {
      const objectsBefore = new Map(objects[type]);
      const waitingBefore = [...waiting];
      try {
        return work();
      } catch (error) {
        objects[type].clear();
        for (const [id, object] of objectsBefore) objects[type].set(id, object);
        waiting = waitingBefore;
        throw error;
      }
    },
    indexed(type) {
      settle();
      return [...visible[type].values()].filter((object) => object.archivedAt === undefined);
    },
  };
  return state;
}
