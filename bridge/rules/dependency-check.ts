import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { withArticle } from './article.ts';
import { givenFields, type RuleDraft } from './draft.ts';
import type { FlowDraft } from './flow-draft.ts';
import type { Report } from './problem.ts';

/** Checks that what rules refer to can be there, and that what is brought when needed is needed by something. */
export function checkDependencies(
  rules: readonly RuleDraft[],
  flows: readonly FlowDraft[],
  report: Report,
): void {
  checkReferences(rules, report);
  checkNeeded(rules, flows, report);
}

/** A delivery waits until what it refers to is linked; a reference that no rule ever links would wait for ever. */
function checkReferences(rules: readonly RuleDraft[], report: Report): void {
  const linked = new Set(
    rules.flatMap(({ entity, from, to }) => [
      `${entity} ${from?.value} ${to?.value}`,
      `${entity} ${to?.value} ${from?.value}`,
    ]),
  );
  // A rule that could not be read in full was reported; it may be the one that is missed here.
  if (rules.some((rule) => rule.entity === undefined || rule.from === undefined || rule.to === undefined))
    return;
  for (const rule of rules) {
    for (const field of givenFields(rule)) {
      const target = targetOf(rule.entity, field.value);
      if (target === undefined || linked.has(`${target} ${rule.from?.value} ${rule.to?.value}`)) continue;
      const between = `between ${rule.from?.value} and ${rule.to?.value}`;
      const advice = `add a rule for ${target}, if only to match it ("create: never"), or leave the field out`;
      report(
        field.place,
        `"${field.value}" refers to ${withArticle(target)}, and no rule links ${target} ${between}`,
        advice,
      );
    }
  }
}

/** `create: needed` waits for something that refers to the object and goes to the same role, or for a flow. */
function checkNeeded(rules: readonly RuleDraft[], flows: readonly FlowDraft[], report: Report): void {
  // A rule or a flow that could not be read was reported; it may be what this one is needed by.
  if (rules.some((rule) => rule.entity === undefined || rule.to === undefined)) return;
  if (flows.some(({ flow }) => flow === undefined)) return;
  const requests = flows.flatMap((flow) => flow.requests);
  for (const { create, entity, from, to } of rules) {
    if (create.value !== 'needed' || entity === undefined || to === undefined) continue;
    const isNeeded = rules.some(
      (rule) =>
        rule.to?.value === to.value &&
        givenFields(rule).some((field) => targetOf(rule.entity, field.value) === entity),
    );
    const isDelivered = requests.some(
      (request) =>
        request.kind === 'deliver' &&
        request.to.value === to.value &&
        request.object.entity === entity &&
        request.object.role?.value === from?.value,
    );
    if (isNeeded || isDelivered) continue;
    const message = `nothing that goes to ${to.value} refers to ${withArticle(entity)}, and no flow delivers one, so it would never be needed`;
    report(create.place, message, 'write "create: always" or "create: never"');
  }
}

const targetOf = (entity: EntityName | undefined, field: string): string | undefined =>
  entity === undefined ? undefined : entityOf(entity).fields[field]?.entity;
