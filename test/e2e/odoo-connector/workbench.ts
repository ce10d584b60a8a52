import { afterEach, beforeEach, expect } from 'vitest';
import { catalogue, type EntityName } from '../../../bridge/entities/catalogue.ts';
import { checkState } from '../../../bridge/entities/entity.ts';
import type { State } from '../../../bridge/entities/field.ts';
import { createOdoo, type OdooConnector, type OdooOptions } from '../../../bridge/systems/odoo/connector.ts';
import { confirmOrder } from '../../../bridge/systems/odoo/facade.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { type Firm, quote } from './firm.ts';

export const { signal } = new AbortController();
/** For what Odoo needs a moment for. */
export const timeout = 20_000;

export interface Sale {
  readonly opportunity: number;
  readonly order: number;
  readonly project: number;
  readonly task: number;
}

/** The connector under test and what tests do with it again and again. */
export interface Workbench {
  readonly firm: Firm;
  readonly transport: 'json2' | 'xmlrpc';
  readonly odoo: OdooConnector;
  /** Another connector; on its clock it is noon of 15 June 2026 unless `now` says otherwise. */
  connect(options?: Partial<OdooOptions>): OdooConnector;
  /** State of one object, checked against its entity. */
  stateOf(entity: EntityName, id: number): Promise<State | null>;
  /** A confirmed order with its project and task. */
  sell(name: string): Promise<Sale>;
  timesheet(reference: string, sale: Pick<Sale, 'project' | 'task'>, fields?: State): WriteChange;
}

/** Gives every test of the surrounding suite a connector of its own. */
export function useWorkbench(firmOf: () => Firm, transport: Workbench['transport']): Workbench {
  let odoo: OdooConnector;
  beforeEach(() => {
    odoo = connect();
  });
  afterEach(() => odoo.close());

  function connect(options: Partial<OdooOptions> = {}): OdooConnector {
    const { proxy, server, login, apiKey } = firmOf();
    return createOdoo({
      system: 'odoo',
      url: proxy.url,
      database: server.databaseName,
      login,
      apiKey,
      transport,
      now: () => Date.parse('2026-06-15T12:00:00Z'),
      ...options,
    });
  }

  return {
    get firm() {
      return firmOf();
    },
    transport,
    get odoo() {
      return odoo;
    },
    connect,
    async stateOf(entity, id) {
      const [snapshot] = await odoo.read(entity, [String(id)], signal);
      const state = snapshot?.state ?? null;
      if (state !== null) expect(checkState(catalogue[entity], state)).toEqual([]);
      return state;
    },
    async sell(name) {
      const { opportunity, order } = await quote(firmOf(), `${name} ${transport}`);
      const { projectIds, taskIds } = await confirmOrder(odoo.client, order, signal);
      return { opportunity, order, project: Number(projectIds[0]), task: Number(taskIds[0]) };
    },
    timesheet: (reference, sale, fields = {}) => ({
      reference: `${transport}:${reference}`,
      uncertain: false,
      fields: {
        worker: String(firmOf().employee),
        project: String(sale.project),
        task: String(sale.task),
        day: '2026-01-30',
        hours: '7.35',
        notes: 'Workshop & <notes> ]]> “ü”\nsecond line',
        ...fields,
      },
    }),
  };
}
