import { readFileSync } from 'node:fs';
import * as v from 'valibot';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingProblem {
  readonly variable: string;
  /** What is wrong and what to do. Never the value of a secret. */
  readonly message: string;
}

/** The bridge cannot run with this environment. Holds every problem. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable} ${message}`);
    super(`The settings are not complete or not right (see .env.example):\n${lines.join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/** What is set, by the name of its variable. */
export type Values = ReadonlyMap<string, string>;
/** Variables that belong together. */
export type Section = v.ObjectSchema<v.ObjectEntries, undefined>;

/**
 * What is set of these variables, with secrets fetched from their files.
 *
 * @param secrets those of the names that can also come from a file
 * @param problems what is wrong is added here
 */
export function collectValues(
  environment: Environment,
  { names, secrets }: { readonly names: readonly string[]; readonly secrets: readonly string[] },
  readFile: (path: string) => string,
  problems: SettingProblem[],
): Values {
  const values = new Map<string, string>();
  for (const name of names) {
    const value = environment[name]?.trim() ?? '';
    if (value !== '') values.set(name, value);
  }
  for (const name of secrets) {
    const variable = `${name}_FILE`;
    const path = environment[variable]?.trim() ?? '';
    if (path === '') continue;
    if (values.has(name)) {
      problems.push({ variable, message: `is set beside ${name}: keep one of them` });
      continue;
    }
    const { content, fault } = contentOf(path, readFile);
    if (fault !== undefined) problems.push({ variable, message: `names ${path}, which ${fault}` });
    // What cannot be read is not missing as well.
    values.set(name, content);
  }
  return values;
}

/** The content of a secret's file, or what is wrong with it, without showing any of it. */
function contentOf(
  path: string,
  readFile: (path: string) => string,
): { readonly content: string; readonly fault?: string } {
  try {
    const content = readFile(path).trim();
    return content === '' ? { content, fault: 'is empty' } : { content };
  } catch (error) {
    const isOtherwiseEncoded = (error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return {
      content: '',
      fault: isOtherwiseEncoded ? 'is not UTF-8: save the file as UTF-8' : 'cannot be read',
    };
  }
}

/** @throws Error for a file that cannot be read, or that is not UTF-8 */
export const readText = (path: string): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));

/** True when anybody began to fill this section in, so that the rest of it is asked for. */
export const isUsed = (section: Section, values: Values): boolean =>
  Object.keys(section.entries).some((name) => values.has(name));

/** Checks a section; what is wrong is added to the problems. */
export function parse<Schema extends Section>(
  section: Schema,
  values: Values,
  problems: SettingProblem[],
): v.InferOutput<Schema> | undefined {
  const input = Object.fromEntries(Object.keys(section.entries).map((name) => [name, values.get(name)]));
  const result = v.safeParse(section, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  const reported = new Set(problems.map(({ variable }) => variable));
  for (const issue of result.issues) {
    const variable = String(issue.path?.[0]?.key);
    if (!reported.has(`${variable}_FILE`)) problems.push({ variable, message: issue.message });
  }
  return undefined;
}
