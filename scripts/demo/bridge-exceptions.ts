import { bridgeCommand } from './bridge-process.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';

/** Something that a flow is stuck at, as far as the story tells it. */
export interface Stuck {
  readonly flow: string;
  readonly step: string;
  readonly owner: string;
}

/** As `bridge exceptions --json` prints it. */
interface ListedException extends Stuck {
  readonly title: string;
}

async function exceptions({
  environment,
}: Pick<Systems, 'environment'>): Promise<readonly ListedException[]> {
  const { output } = await bridgeCommand(['exceptions', '--json'], environment);
  return JSON.parse(output) as ListedException[];
}

/** The bridge says that a flow is stuck, and whose that is. */
export async function seesStuck(
  systems: Pick<Systems, 'environment'>,
  stage: Stage,
  { flow, step, owner }: Stuck,
): Promise<void> {
  await stage.sees('Bridge', `an exception for ${owner}`, async () => {
    const found = (await exceptions(systems)).find((one) => one.flow === flow && one.step === step);
    if (found !== undefined && found.owner !== owner) throw new Error(`it belongs to ${found.owner}`);
    return found?.title;
  });
}

/** The exception is closed by itself. */
export async function seesGone(
  systems: Pick<Systems, 'environment'>,
  stage: Stage,
  { flow, step, owner }: Stuck,
): Promise<void> {
  await stage.sees('Bridge', `that ${owner} has nothing to do any more`, async () => {
    const found = (await exceptions(systems)).find((one) => one.flow === flow && one.step === step);
    return found === undefined ? 'it went on by itself' : undefined;
  });
}
