import { type BusinessEventName, businessEventNames } from '../entities/business-event-name.ts';
import { subscriberKeys, subscribersFileKeys } from './keys.ts';
import { nameAdvice, namePattern } from './name.ts';
import type { Placed } from './problem.ts';
import type { Reader } from './reader.ts';
import { suggest } from './suggest.ts';

export interface SubscriberDraft {
  readonly name: Placed<string>;
  readonly events: readonly BusinessEventName[];
}

/** Reads `subscribers.yaml`: `{subscribers: {<name>: {events: [<business event>, …]}}}`. */
export function readSubscribers(reader: Reader): SubscriberDraft[] {
  if (reader.root === undefined) return [];
  const { subscribers } = reader.keys(reader.root, 'the file', subscribersFileKeys) ?? {};
  if (subscribers === undefined) return [];
  return (reader.entries(subscribers, '"subscribers"') ?? []).map(({ key, value }) => {
    if (!namePattern.test(key.value))
      reader.report(key.place, `a subscriber cannot be called "${key.value}"`, nameAdvice);
    const what = `subscriber "${key.value}"`;
    const parts = reader.keys(value, what, subscriberKeys);
    const events = new Set<BusinessEventName>();
    const items = parts?.events && reader.list(parts.events, `"events" of ${what}`);
    if (parts?.events !== undefined && items?.length === 0)
      reader.report(parts.events.place, `${what} would be told of nothing`, suggest('', businessEventNames));
    for (const item of items ?? []) {
      const name = reader.text(item, `an event of ${what}`);
      if (name === undefined) continue;
      const known = businessEventNames.find((event) => event === name.value);
      if (known === undefined)
        reader.report(
          name.place,
          `there is no business event "${name.value}"`,
          suggest(name.value, businessEventNames),
        );
      else if (events.has(known)) reader.report(name.place, `${what} lists "${name.value}" twice`);
      else events.add(known);
    }
    return { name: key, events: [...events] };
  });
}
