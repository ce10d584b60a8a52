/** What a key of a rules file means; the schema for editors and the checks are made from the same tables. */
export interface Key {
  readonly meaning: string;
  readonly required?: true;
}

export type Keys<Name extends string = string> = Readonly<Record<Name, Key>>;

export const systemKeys = {
  connector: { required: true, meaning: 'The code that speaks to it: a folder of bridge/systems/.' },
  role: { required: true, meaning: 'What it is for this firm: erp, crm or psa.' },
  poll: { meaning: 'What the bridge reads on a schedule: a cron expression (UTC) for each stream.' },
  options: { meaning: 'What the connector can be told besides. Never secrets.' },
  shadow: { meaning: 'true: what would go to it is worked out and recorded, and nobody calls it.' },
} as const satisfies Keys;

export const systemsFileKeys = {
  systems: {
    required: true,
    meaning: 'The systems that take part, under the names that logs and pages show.',
  },
} as const satisfies Keys;

export const subscribersFileKeys = {
  subscribers: { required: true, meaning: 'Who outside is told of business events, by name.' },
} as const satisfies Keys;

export const subscriberKeys = {
  events: { required: true, meaning: 'The business events that it is told of, such as invoice.paid.' },
} as const satisfies Keys;

export const tablesFileKeys = {
  tables: {
    required: true,
    meaning:
      'Value tables that rules of all files can use: for each value of one side what it is on the other.',
  },
} as const satisfies Keys;

export const entityFileKeys = {
  entity: { required: true, meaning: 'The entity that the file is about.' },
  rules: { required: true, meaning: 'What is carried from where to where.' },
  owner: { meaning: 'The role that owns the fields which have no owner of their own.' },
  owners: { meaning: 'The roles that own single fields: a role for each field.' },
  conflict: {
    meaning:
      'What happens when somebody changes a field in a system that does not own it: restore (usual) writes the owner’s value again, keep leaves it until the owner’s value changes, raise asks a person.',
  },
  extensions: { meaning: 'Fields of the firm’s own. Their names start with x_.' },
  tables: { meaning: 'Value tables, which rules of all files can use.' },
} as const satisfies Keys;

export const extensionKeys = {
  kind: { required: true, meaning: 'What its values are: text, code, flag, decimal or day.' },
  meaning: { required: true, meaning: 'What the field means to people, with its unit.' },
  values: { meaning: 'For a code: the values that it can have.' },
  erp: { meaning: 'The field’s own name in the erp.' },
  crm: { meaning: 'The field’s own name in the CRM.' },
  psa: { meaning: 'The field’s own name in the PSA.' },
} as const satisfies Keys;

const changeable = {
  fields: {
    meaning:
      'What is written. A name carries the field over as it stands; a map says how its value is made: by field, table, expression or constant.',
  },
  otherwise: {
    meaning:
      'What happens in the other system when the conditions no longer hold: keep (usual) leaves it there, remove takes it out, raise asks a person.',
  },
  deleted: {
    meaning: 'The same for an object that was deleted in the source. Usual: what "otherwise" says.',
  },
  lane: { meaning: 'What goes first when much is waiting: finance, operations (usual), bulk.' },
  timing: {
    meaning: 'When it is brought: real-time (usual), or a window that opens by a cron expression (UTC).',
  },
  shadow: { meaning: 'true: what would be written is worked out and recorded, and nobody is called.' },
} as const satisfies Keys;

/** By what objects are chosen. */
export const conditionKeys = {
  when: {
    meaning:
      'Only objects whose fields have these values, all of them. A list means "one of these", null means "empty".',
  },
  where: { meaning: 'Only objects for which this expression is true.' },
} as const satisfies Keys;

export const ruleKeys = {
  id: { required: true, meaning: 'Its name in logs and pages, unique over all files.' },
  from: { required: true, meaning: 'The role that it brings objects from.' },
  to: { required: true, meaning: 'The role that it brings them to.' },
  fields: { ...changeable.fields, required: true },
  initial: {
    meaning:
      'What an object gets besides when the rule creates it, and never again. It is listed like "fields", and can be owned by the role that it goes to.',
  },
  ...conditionKeys,
  otherwise: changeable.otherwise,
  deleted: changeable.deleted,
  match: {
    meaning:
      'Fields by which an object that is already there is found, tried in this order. It is linked when exactly one has the same value; only when none has, one may be created.',
  },
  likely: {
    meaning: 'true: objects that are only likely the same are proposed to a person, who decides.',
  },
  create: {
    meaning:
      'always (usual): as soon as it is seen; needed: when something that refers to it goes there; never: it is only matched.',
  },
  lane: changeable.lane,
  timing: changeable.timing,
  shadow: changeable.shadow,
  overrides: {
    meaning:
      'What is different for some objects, such as those of a legal entity or a country. The first whose conditions hold replaces what it names.',
  },
} as const satisfies Keys;

export const overrideKeys = {
  ...conditionKeys,
  skip: { meaning: 'true: these objects are not brought at all.' },
  ...changeable,
} as const satisfies Keys;

export const mappingKeys = {
  field: { meaning: 'The field of the source that the value comes from. Usual: the one with the same name.' },
  table: { meaning: 'The value table that says what the value becomes.' },
  expression: { meaning: 'An expression over the fields of the source that makes the value.' },
  constant: { meaning: 'A value that is always the same.' },
} as const satisfies Keys;

export const timingKeys = {
  window: { required: true, meaning: 'When the window opens: a cron expression in UTC.' },
  minutes: { required: true, meaning: 'For how many minutes it stays open.' },
} as const satisfies Keys;
