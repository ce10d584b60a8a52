import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRules } from '../../bridge/rules/load.ts';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { type RuleProblem, RulesError } from '../../bridge/rules/problem.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';

/** Content by file name. */
export type Files = Readonly<Record<string, string>>;

export const names: readonly ConnectorOffer[] = [{ name: 'odoo' }, { name: 'hubspot' }, { name: 'harvest' }];

/** Runs `use` with a folder that holds these files. */
export function withFolder<T>(files: Files, use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export const load = (files: Files, offers = names): RuleSet =>
  withFolder(files, (directory) => loadRules(directory, offers));

/** The problems of these files, with file names instead of paths; empty when they load. */
export function problemsOf(files: Files, offers = names): RuleProblem[] {
  return withFolder(files, (directory) => {
    try {
      loadRules(directory, offers);
      return [];
    } catch (error) {
      if (!(error instanceof RulesError)) throw error;
      const withoutPath = (text: string) => text.replaceAll(`${directory}/`, '');
      return error.problems.map((problem) => ({
        ...problem,
        file: withoutPath(problem.file),
        message: withoutPath(problem.message),
        ...(problem.suggestion === undefined ? {} : { suggestion: withoutPath(problem.suggestion) }),
      }));
    }
  });
}

const mark = '▸';

/** Takes the mark out of a text and tells where it was. */
export function unmark(text: string): { content: string; line: number; column: number } {
  const offset = text.indexOf(mark);
  if (offset === -1 || text.includes(mark, offset + 1)) throw new Error('The text needs exactly one mark');
  const before = text.slice(0, offset).split('\n');
  return {
    content: text.replace(mark, ''),
    line: before.length,
    column: (before.at(-1) as string).length + 1,
  };
}

export const systems = `systems:
  odoo: {connector: odoo, role: erp}
  hubspot: {connector: hubspot, role: crm}
  harvest: {connector: harvest, role: psa}
`;

export const customer = `entity: customer
rules:
  - {id: customer-to-crm, from: erp, to: crm, fields: [name, vat], match: [vat]}
`;

/** A small rule folder without problems. */
export const good: Files = { 'systems.yaml': systems, 'customer.yaml': customer };
