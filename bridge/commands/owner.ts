import { checkRules } from '../connectors.ts';
import { subject } from '../rules/flow.ts';
import type { RuleSet } from '../rules/rule.ts';
import { readRulesDirectory } from '../settings.ts';

/** Whose it is what no team of the firm can put right: settings, tokens, rights, systems that do not answer. */
export const administrator = 'administrator';

/** Whose an object is that does not get to a system: a team of the firm, as the rules call it. */
export type OwnerOf = (entity: string, target: string) => string;

/**
 * Asks the rules: whoever owns the step of a process that brings the object there, else its reconciliation, else a process
 * about it.
 */
export function ownersBy({ flows, reconciliations, systems }: RuleSet): OwnerOf {
  return (entity, target) => {
    const role = systems.find(({ name }) => name === target)?.role;
    const brings = flows.flatMap(({ entity: own, objects, steps }) =>
      steps.filter(
        (step) =>
          step.kind === 'deliver' &&
          step.to === role &&
          (step.on === subject ? own : objects.find(({ name }) => name === step.on)?.entity) === entity,
      ),
    );
    const compares = reconciliations.filter((one) => one.entity === entity);
    const isAbout = flows.filter((flow) => flow.entity === entity).flatMap(({ steps }) => steps);
    return [...brings, ...compares, ...isAbout][0]?.owner ?? administrator;
  };
}

/** The rules as they are now; `undefined` where they cannot be read, which is no reason to show nothing. */
export function rulesIfAny(): RuleSet | undefined {
  try {
    return checkRules(readRulesDirectory(process.env));
  } catch {
    return undefined;
  }
}
