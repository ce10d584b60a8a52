import { eventually } from './eventually.ts';
import type { Scene } from './scene.ts';

/** What needs a person, as far as tests look at it. */
export interface OpenException {
  readonly flow: string | null;
  readonly step: string | null;
  /** `odoo:project:7` */
  readonly object: string;
  readonly owner: string;
  readonly person: string | null;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly instances: number;
}

/** What is open, oldest first. */
export const exceptions = (scene: Scene): Promise<OpenException[]> =>
  scene.look(async ({ kysely }) => {
    const rows = await kysely
      .selectFrom('exception')
      .selectAll()
      .where('closed_at', 'is', null)
      .orderBy('seq')
      .execute();
    return rows.map(({ system, entity, external_id, ...row }) => ({
      ...row,
      object: `${system}:${entity}:${external_id}`,
    }));
  });

/** Resolves when a flow is stuck at a step, with what the bridge says of it. */
export const stuckAt = (scene: Scene, flow: string, step: string): Promise<OpenException> =>
  eventually(`an exception of ${flow} at ${step}`, async () =>
    (await exceptions(scene)).find((one) => one.flow === flow && one.step === step),
  );

/** Resolves when no flow is stuck at this step any more. */
export const freeAt = (scene: Scene, flow: string, step: string): Promise<unknown> =>
  eventually(`no exception of ${flow} at ${step}`, async () =>
    (await exceptions(scene)).every((one) => one.flow !== flow || one.step !== step),
  );

export interface Instance {
  readonly round: number;
  readonly state: string;
  /** Its steps by id: `done`, `skipped`, `waiting` or `stuck`. */
  readonly steps: Readonly<Record<string, string>>;
}

/** The rounds of a flow for an object, `hubspot:opportunity:7`, oldest first. */
export function instances(scene: Scene, flow: string, object: string): Promise<Instance[]> {
  const [system = '', entity = '', id = ''] = object.split(':');
  return scene.look(async ({ kysely }) => {
    const rows = await kysely
      .selectFrom('flow_instance')
      .select(['round', 'state', 'steps'])
      .where('flow', '=', flow)
      .where('system', '=', system)
      .where('entity', '=', entity)
      .where('external_id', '=', id)
      .orderBy('round')
      .execute();
    return rows.map(({ round, state, steps }) => ({
      round,
      state,
      steps: Object.fromEntries(
        (JSON.parse(steps) as { id: string; state: string }[]).map((step) => [step.id, step.state]),
      ),
    }));
  });
}

/** Resolves when the newest round of a flow for an object is done. */
export const doneWith = (scene: Scene, flow: string, object: string): Promise<Instance> =>
  newest(scene, `${flow} of ${object} is done`, flow, object, ({ state }) => state === 'done');

/** Resolves when the newest round of a flow for an object has come to this step and waits there. */
export const waitsAt = (scene: Scene, flow: string, object: string, step: string): Promise<Instance> =>
  newest(
    scene,
    `${flow} of ${object} waits at ${step}`,
    flow,
    object,
    ({ steps }) => steps[step] === 'waiting',
  );

async function newest(
  scene: Scene,
  what: string,
  flow: string,
  object: string,
  wanted: (instance: Instance) => boolean,
): Promise<Instance> {
  try {
    return await eventually(what, async () => {
      const instance = (await instances(scene, flow, object)).at(-1);
      return instance !== undefined && wanted(instance) && instance;
    });
  } catch (error) {
    const standing = { instances: await instances(scene, flow, object), exceptions: await exceptions(scene) };
    throw new Error(`${(error as Error).message}. Instead: ${JSON.stringify(standing, null, 1)}`, {
      cause: error,
    });
  }
}
