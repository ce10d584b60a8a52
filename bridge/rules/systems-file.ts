import { isScalar } from 'yaml';
import { type Role, roles } from '../entities/role.ts';
import { systemKeys, systemsFileKeys } from './keys.ts';
import type { Placed } from './problem.ts';
import { type Entry, kindOf, type Piece, type Reader } from './reader.ts';
import { readCron } from './timing-file.ts';

/** A system as far as it could be read. */
export interface SystemDraft {
  readonly name: Placed<string>;
  readonly connector: Placed<string> | undefined;
  readonly role: Placed<Role> | undefined;
  /** Cron expression by stream. */
  readonly poll: readonly { readonly stream: Placed<string>; readonly schedule: string }[];
  readonly options: readonly { readonly option: Placed<string>; readonly value: string }[];
  readonly shadow: boolean;
}

/** Reads `systems.yaml`: `{systems: {<name>: {connector, role, poll?, options?, shadow?}}}`. */
export function readSystems(reader: Reader): SystemDraft[] {
  if (reader.root === undefined) return [];
  const { systems } = reader.keys(reader.root, 'the file', systemsFileKeys) ?? {};
  if (systems === undefined) return [];
  const entries = reader.entries(systems, '"systems"');
  if (entries === undefined) return [];
  if (entries.length === 0) reader.report(systems.place, '"systems" declares no system');
  return entries.map((entry) => readSystem(reader, entry));
}

// The name becomes part of references such as "odoo:customer:42".
const namePattern = /^[a-z][a-z0-9_-]*$/;
const secretPattern = /secret|token|password|api_?key/i;

function readSystem(reader: Reader, { key, value }: Entry): SystemDraft {
  if (!namePattern.test(key.value)) {
    reader.report(
      key.place,
      `a system cannot be called "${key.value}"`,
      'use lower case letters, digits, "-" and "_"',
    );
  }
  const parts = reader.keys(value, `system "${key.value}"`, systemKeys);
  return {
    name: key,
    connector: parts?.connector && reader.text(parts.connector, '"connector"'),
    role: parts?.role && reader.oneOf(parts.role, '"role"', roles),
    poll: parts?.poll === undefined ? [] : readPoll(reader, parts.poll),
    options: parts?.options === undefined ? [] : readOptions(reader, parts.options),
    shadow: (parts?.shadow && reader.flag(parts.shadow, '"shadow"')?.value) ?? false,
  };
}

function readPoll(reader: Reader, piece: Piece): SystemDraft['poll'] {
  const poll: { stream: Placed<string>; schedule: string }[] = [];
  for (const { key, value } of reader.entries(piece, '"poll"') ?? []) {
    const schedule = readCron(reader, value, `the schedule of "${key.value}"`);
    if (schedule !== undefined) poll.push({ stream: key, schedule: schedule.value });
  }
  return poll;
}

function readOptions(reader: Reader, piece: Piece): SystemDraft['options'] {
  const options: { option: Placed<string>; value: string }[] = [];
  for (const { key, value } of reader.entries(piece, '"options"') ?? []) {
    if (secretPattern.test(key.value)) {
      reader.report(
        key.place,
        `option "${key.value}" looks like a secret`,
        'secrets are settings: see .env.example',
      );
    }
    const text = isScalar(value.value) && value.value.value !== null ? value.value.source : undefined;
    if (text === undefined)
      reader.report(value.place, `option "${key.value}" must be a single value, not ${kindOf(value.value)}`);
    else options.push({ option: key, value: text });
  }
  return options;
}
