import { conditionKeys, type Keys } from './keys.ts';

export const flowFileKeys = {
  flow: { required: true, meaning: 'Its name in logs and pages, unique over all files: lead-to-project.' },
  title: { required: true, meaning: 'What it is for, in a few words for people.' },
  subject: {
    required: true,
    meaning: 'What it is about: an entity, and the role of the system that tells of it.',
  },
  ...conditionKeys,
  owner: {
    meaning: 'Whose the steps are that do not say it themselves: a team of the firm, as it calls it.',
  },
  objects: {
    meaning:
      'What it looks at besides its subject, by the names that its steps use, each found from one before it.',
  },
  since: {
    meaning:
      'A day of the subject, such as close_on. It begins only where that is not before the day on which the bridge began, or is empty. Usual: for all.',
  },
  again: {
    meaning: 'Fields of the subject. When one of them changes, what runs for it ends and begins anew.',
  },
  repeats: {
    meaning:
      'True where what it does can be due again while its condition goes on holding: it begins anew then. Usual: it is done once.',
  },
  steps: { required: true, meaning: 'What has to happen, one after the other.' },
} as const satisfies Keys;

export const flowSubjectKeys = {
  entity: { required: true, meaning: 'The entity of its subject.' },
  from: { required: true, meaning: 'The role of the system that tells of it.' },
  known_in: {
    meaning:
      'It begins only for subjects that the system with this role knows: those that were brought there once.',
  },
} as const satisfies Keys;

export const flowObjectKeys = {
  entity: { required: true, meaning: 'What it is.' },
  of: { required: true, meaning: 'From what it is found: subject, or an object named before it.' },
  in: { required: true, meaning: 'The role of the system in which it is looked at.' },
  field: { meaning: 'The field of "of" that refers to it.' },
  back: { meaning: 'Its own field that refers to "of"; there may be several.' },
  optional: {
    meaning:
      'true: it need not be there. Where it is not, expressions about other objects read its fields as empty.',
  },
} as const satisfies Keys;

export const stepKeys = {
  id: { required: true, meaning: 'Its name in logs and pages, unique within the flow.' },
  require: {
    meaning:
      'A condition that has to hold for the process to go on. Where it does not, the step is stuck at once, or when it is late.',
  },
  await: { meaning: 'A condition that somebody else brings about. The step is stuck only when it is late.' },
  deliver: { meaning: 'The object is brought to the system with this role, by the rules.' },
  call: { meaning: 'Something is done in the system that the object is in.' },
  on: { meaning: 'The object that the step is about. Usual: subject.' },
  only: {
    meaning:
      'The step is left out where this condition does not hold. Its plain names are fields of the subject.',
  },
  within: { meaning: 'How long it may take until it is late: 30m, 12h, 3d. Absent: it is never late.' },
  after: {
    meaning:
      'A day from whose end the time runs, such as subject.due_on; while it is empty the step is never late. Usual: from when its turn came.',
  },
  owner: { meaning: 'Whose it is when it is stuck: a team of the firm, as it calls it.' },
  person: { meaning: 'The field with the e-mail address of the person, such as subject.owner_email.' },
  says: { meaning: 'What could not be done, for the people who have to see to it.' },
  remedy: { meaning: 'What they can do about it.' },
} as const satisfies Keys;

const stepConditions = {
  when: { meaning: 'Fields of the object that have these values, all of them.' },
  where: {
    meaning: 'An expression over its fields, those of the other objects as project.status, and today.',
  },
} as const satisfies Keys;

export const onlyKeys = stepConditions;

export const stepConditionKeys = {
  ...stepConditions,
  quantity: {
    meaning:
      'Where there are several objects: whether all of them (usual), any or none of them has to meet it. No object at all meets only none.',
  },
} as const satisfies Keys;

export const deliverKeys = {
  to: { required: true, meaning: 'The role of the system that the object is brought to.' },
} as const satisfies Keys;

export const callKeys = {
  action: { required: true, meaning: 'What is done, as the connector of the system calls it.' },
  with: { meaning: 'What the action takes, by name; each is made like a field of a rule.' },
  timing: {
    meaning: 'When it is done: real-time (usual), or a window that opens by a cron expression (UTC).',
  },
  pause: {
    meaning:
      'How long it waits first, so that what belongs together can come before it: 15m. It is not done where the condition of the flow ends meanwhile.',
  },
} as const satisfies Keys;
