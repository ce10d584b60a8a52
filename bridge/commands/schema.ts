import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageSchemaOf } from '../entities/business-event-schema.ts';
import { businessEvents } from '../entities/business-events.ts';
import { catalogue } from '../entities/catalogue.ts';
import { type JsonSchema, schemaFile, schemasOf } from '../entities/json-schema.ts';

/** Published schemas by file name, as the text of the file. */
function schemaFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(allSchemas()).map(([file, schema]) => [file, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

/**
 * Writes the JSON Schema of every version of every entity and of every business event into a directory, one file each;
 * prints them as one schema where no directory is given. Files of versions that are no longer known are left alone.
 */
export async function schema({ directory }: { readonly directory?: string }): Promise<number> {
  if (directory === undefined) {
    console.log(JSON.stringify(oneSchema(), null, 2));
    return 0;
  }
  const files = Object.entries(schemaFiles());
  try {
    mkdirSync(directory, { recursive: true });
    for (const [file, content] of files) writeFileSync(join(directory, file), content);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `The schemas cannot be written to ${directory}: ${reason}. Name another folder in --out.`,
      {
        cause: error,
      },
    );
  }
  console.log(`${files.length} schemas written to ${directory}`);
  return 0;
}

const allSchemas = (): Record<string, JsonSchema> =>
  Object.assign(
    {},
    ...Object.values(catalogue).map((entity) => schemasOf(entity)),
    ...Object.values(businessEvents).map((event) => ({
      [schemaFile(event.name, event.version)]: messageSchemaOf(event),
    })),
  );

const oneSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:services-bridge:schemas',
  $defs: Object.fromEntries(
    Object.entries(allSchemas()).map(([file, schema]) => [file.replace(/\.json$/, ''), schema]),
  ),
});
