import { entitiesDocument } from './entities.ts';
import { eventsDocument } from './events.ts';
import { flowsDocument } from './flows.ts';
import { reconcileSchema } from './reconcile-schema.ts';
import { rulesSchema, subscribersSchema, systemsSchema } from './rules-schema.ts';

const json = (schema: object): string => `${JSON.stringify(schema, null, 1)}\n`;

/** Documents and schemas for editors that nobody writes by hand: what each of them has to say, by its path. */
export const generatedDocuments: Readonly<Record<string, () => string>> = {
  'docs/entities.md': entitiesDocument,
  'docs/events.md': eventsDocument,
  'docs/flows.md': flowsDocument,
  'sync-rules/reconcile.schema.json': () => json(reconcileSchema()),
  'sync-rules/rules.schema.json': () => json(rulesSchema()),
  'sync-rules/subscribers.schema.json': () => json(subscribersSchema()),
  'sync-rules/systems.schema.json': () => json(systemsSchema()),
};
