import { type OpenDatabase, openDatabaseForReading } from '../../../bridge/store/database.ts';
import type { Status } from '../../../bridge/store/status.ts';
import { readTrace } from '../../../bridge/store/trace.ts';
import type { TraceEntry } from '../../../bridge/store/trace-entry.ts';
import { bridgeStatus, isQuiet } from '../../../scripts/demo/bridge-status.ts';
import { type Systems, type SystemsOptions, startSystems } from '../../../scripts/demo/systems.ts';
import { type OdooOptions, type OdooServer, startOdoo } from '../../../scripts/odoo/odoo.ts';
import type { ObjectType } from '../../sandbox/hubspot/properties.ts';
import type { SandboxObject } from '../../sandbox/hubspot/sandbox.ts';
import { eventually } from './eventually.ts';
import { type Recorder, startRecorder } from './recorder.ts';

/** The firm with everything around it: real Odoo, bridge process, sandbox partners, and a recorder on the webhook's way. */
export interface Scene extends Pick<Systems, 'firm' | 'hubspot' | 'hubspotApi' | 'harvest' | 'harvestApi'> {
  readonly odoo: OdooServer;
  readonly systems: Systems;
  readonly recorder: Recorder;
  /** As `bridge status` reads it. */
  status(): Promise<Status>;
  /** As `bridge trace` reads it. */
  trace(id: string): Promise<TraceEntry[]>;
  /** Looks into the bridge's own database. */
  look<Seen>(read: (database: OpenDatabase) => Promise<Seen>): Promise<Seen>;
  companies(name: string): SandboxObject[];
  deals(name: string): SandboxObject[];
  /** Sally creates a customer. Answers its id. */
  createCustomer(name: string): Promise<number>;
  /** Resolves when the company is in HubSpot. */
  companyArrived(name: string): Promise<SandboxObject>;
  /** Resolves when the bridge has nothing left to do by itself. */
  quiet(): Promise<void>;
  /**
   * Everything that people did in Odoo before has had its effect when this resolves: a change made now has arrived, and
   * the bridge is quiet. What is not there then does not come.
   */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions extends SystemsOptions {
  readonly odoo?: OdooOptions;
  /** What is started beside Odoo. Default: a firm of one company with the shipped rules. */
  readonly start?: typeof startSystems;
}

const everyTwoSeconds = '*/2 * * * * *';

const schedules = {
  time: everyTwoSeconds,
  deals: everyTwoSeconds,
  // Only when the bridge starts: between, nothing but the webhook may bring what happened in Odoo.
  outbox: '0 0 29 2 *',
};

/** Takes half a minute: start one scene for all tests of a file. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const odoo = await startOdoo({ durable: false, ...options.odoo });
  let systems: Systems | undefined;
  try {
    systems = await (options.start ?? startSystems)(odoo, {
      ...options,
      schedules: { ...schedules, ...options.schedules },
    });
    const recorder = await startRecorder(systems.bridge.address);
    await systems.firm.admin.call('services.bridge.settings', 'configure', [{ address: recorder.url }]);
    return createScene(odoo, systems, recorder);
  } catch (error) {
    await systems?.stop();
    await odoo.dispose();
    throw error;
  }
}

function createScene(odoo: OdooServer, systems: Systems, recorder: Recorder): Scene {
  const { firm, hubspot, hubspotApi, harvest, harvestApi } = systems;
  let markers = 0;
  const named = (type: ObjectType, property: string, name: string) =>
    hubspot.objects(type).filter((object) => object.properties[property] === name);

  async function look<Seen>(read: (database: OpenDatabase) => Promise<Seen>): Promise<Seen> {
    const database = openDatabaseForReading(systems.environment.DATABASE_PATH as string);
    try {
      return await read(database);
    } finally {
      await database.kysely.destroy();
    }
  }

  const scene: Scene = {
    odoo,
    systems,
    recorder,
    firm,
    hubspot,
    hubspotApi,
    harvest,
    harvestApi,
    status: () => bridgeStatus(systems.environment),
    trace: (id) => look((database) => readTrace(database, id)),
    look,
    companies: (name) => named('companies', 'name', name),
    deals: (name) => named('deals', 'dealname', name),
    createCustomer: (name) => firm.sales.odoo.create('res.partner', { name, is_company: true }),
    companyArrived: (name) => eventually(`company ${name} in HubSpot`, () => scene.companies(name)[0]),
    async quiet() {
      await eventually('the bridge has nothing to do', async () => isQuiet(await scene.status()));
    },
    async settled() {
      const name = `Marker ${++markers}`;
      await scene.createCustomer(name);
      await scene.companyArrived(name);
      await scene.quiet();
    },
    async close() {
      await systems.stop();
      await recorder.close();
      await odoo.dispose();
    },
  };
  return scene;
}
