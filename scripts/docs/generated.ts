import { entitiesDocument } from './entities.ts';
import { eventsDocument } from './events.ts';

/** Documents that nobody writes by hand: what each of them has to say, by its path. */
export const generatedDocuments: Readonly<Record<string, () => string>> = {
  'docs/entities.md': entitiesDocument,
  'docs/events.md': eventsDocument,
};
