import { type Role, roles } from '../entities/role.ts';
import { givenFields, mentionedFields, type RuleDraft } from './draft.ts';
import type { ExtensionDraft } from './field-set.ts';
import { type Placed, placeText, type Report } from './problem.ts';

/** Checks that extension fields are declared once, and that the systems between which rules carry them have them. */
export function checkExtensions(
  rules: readonly RuleDraft[],
  extensions: readonly ExtensionDraft[],
  report: Report,
): void {
  const known = new Map<string, ExtensionDraft>();
  for (const extension of extensions) {
    const { entity, field } = extension.value;
    const earlier = known.get(`${entity} ${field}`);
    if (earlier === undefined) known.set(`${entity} ${field}`, extension);
    else
      report(
        extension.place,
        `"${field}" of ${entity} is there already, see ${placeText(earlier.place)}`,
        'leave one of them',
      );
  }
  checkNames([...known.values()], report);
  for (const rule of rules) {
    const { entity, from, to } = rule;
    const check = (field: Placed<string>, role: Placed<Role> | undefined) => {
      const extension = known.get(`${entity} ${field.value}`);
      if (extension === undefined || role === undefined || extension.names[role.value] !== undefined) return;
      const advice = `add "${role.value}: <its name there>" in ${placeText(extension.place)}`;
      report(field.place, `"${field.value}" of ${entity} has no name in the ${role.value}`, advice);
    };
    // What a field is made from stands mostly at the field itself: one place, one report for each role.
    for (const field of distinct(mentionedFields(rule))) check(field, from);
    for (const field of distinct([...givenFields(rule), ...rule.match])) check(field, to);
  }
}

/** One field of a system under two names would have two owners. */
function checkNames(extensions: readonly ExtensionDraft[], report: Report): void {
  const taken = new Map<string, Placed<string>>();
  for (const { names, value } of extensions)
    for (const role of roles) {
      const name = names[role];
      if (name === undefined) continue;
      const key = `${role} ${value.entity} ${name.value}`;
      const earlier = taken.get(key);
      if (earlier === undefined) taken.set(key, name);
      else
        report(
          name.place,
          `"${name.value}" in the ${role} is another extension field of ${value.entity} already, see ${placeText(earlier.place)}`,
          'leave one of them',
        );
    }
}

function distinct(fields: readonly Placed<string>[]): readonly Placed<string>[] {
  const seen = new Map(fields.map((field) => [`${placeText(field.place)} ${field.value}`, field]));
  return [...seen.values()];
}
