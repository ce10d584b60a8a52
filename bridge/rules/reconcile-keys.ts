import type { Keys } from './keys.ts';

export const reconcileFileKeys = {
  reconcile: { required: true, meaning: 'What is compared between which systems, one after the other.' },
} as const satisfies Keys;

export const reconciliationKeys = {
  id: { required: true, meaning: 'Its name in logs, pages and commands, unique.' },
  entity: { required: true, meaning: 'The entity whose objects are compared.' },
  between: {
    meaning: 'The two roles whose systems are compared. Usual: those that rules of the entity go between.',
  },
  months: {
    meaning:
      'How many months it looks at, the current one included. Usual: 2, for entities with a day of their own.',
  },
  days: { meaning: 'The same in days up to today.' },
  schedule: { meaning: 'When it runs by itself: a cron expression in UTC, or never. Usual: every night.' },
  differences: {
    meaning:
      'What is done about a difference: repair (usual) brings the owner’s state again, raise asks a person, report only tells.',
  },
  strangers: {
    meaning:
      'What is done about objects that only the other system has: ignore (usual), or raise where nobody but the bridge may make them there.',
  },
  owner: { meaning: 'Whose it is what a person has to see to: a team of the firm. Usual: operations.' },
  totals: {
    meaning:
      'Decimal fields that are summed up on both sides. Usual: hours and amounts that the rules bring.',
  },
  by: {
    meaning: 'By what totals are told apart: customer, project, legal_entity, period. Usual: all that apply.',
  },
} as const satisfies Keys;
