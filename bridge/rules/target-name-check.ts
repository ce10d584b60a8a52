import { nameInSettings } from './name.ts';
import { type Place, type Placed, placeText } from './problem.ts';

type Report = (place: Place, message: string, suggestion?: string) => void;

interface Named {
  readonly name: Placed<string>;
}

/** The bridge itself is where business events come from. */
const own = 'bridge';
const advice = 'give it another name';

/** Deliveries name where they come from and where they go; two of one name would get what is meant for the other. */
export function checkTargetNames(
  systems: readonly Named[],
  subscribers: readonly Named[],
  report: Report,
): void {
  for (const { name } of [...systems, ...subscribers])
    if (name.value === own) report(name.place, `"${own}" is the name of the bridge itself`, advice);
  for (const { name } of subscribers) {
    const system = systems.find((other) => other.name.value === name.value);
    if (system === undefined) continue;
    const where = placeText(system.name.place);
    report(name.place, `subscriber "${name.value}" is called like a system, see ${where}`, advice);
  }
  const bySetting = new Map<string, string>();
  for (const { name } of subscribers) {
    const setting = nameInSettings(name.value);
    const other = bySetting.get(setting);
    if (other === undefined) bySetting.set(setting, name.value);
    else {
      const message = `the settings of subscriber "${name.value}" would be called like those of "${other}"`;
      report(name.place, message, advice);
    }
  }
}
