import { businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { customerRule, describeRefusals, type Refusal } from './refusal.ts';

const where = (text: string) => customerRule(`{id: a, from: erp, to: crm, fields: [name], where: ${text}}`);
const inBlock = (text: string) =>
  `entity: customer\nrules:\n  - id: a\n    from: erp\n    to: crm\n    fields: [name]\n    where: ${text}\n`;
const unknown = (name: string) => `the expression reads "${name}", which is no field of customer`;
const meant = 'did you mean "country"?';

const places: Refusal[] = [
  {
    what: 'an unknown field in a plain text',
    file: 'customer.yaml',
    content: inBlock('is_company && ▸contry == "DE"'),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in single quotes',
    file: 'customer.yaml',
    content: where(`'name != "it''s" && ▸contry == "DE"'`),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in double quotes',
    file: 'customer.yaml',
    content: where(`"name != \\"\\u00e4\\" && ▸contry == 'DE'"`),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in a folded block',
    file: 'customer.yaml',
    content: inBlock('>\n      is_company\n      && ▸contry == "DE"'),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in a literal block',
    file: 'customer.yaml',
    content: inBlock('|-\n      is_company &&\n        ▸contry == "DE"'),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in a plain text over several lines',
    file: 'customer.yaml',
    content: inBlock('is_company\n      && ▸contry == "DE"'),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in the expression of a field',
    file: 'customer.yaml',
    content: customerRule(`{id: a, from: erp, to: crm, fields: [{name: {expression: 'name + ▸contry'}}]}`),
    message: unknown('contry'),
    suggestion: meant,
  },
  {
    what: 'an unknown field in the expression of an override',
    file: 'customer.yaml',
    content: customerRule(
      `{id: a, from: erp, to: crm, fields: [name], overrides: [{where: '▸contry == "DE"', skip: true}]}`,
    ),
    message: unknown('contry'),
    suggestion: meant,
  },
];

/** What other languages say, with what this one makes of it. */
const foreign: readonly (readonly [text: string, message: string, suggestion: string])[] = [
  ['is_company ▸and name == "a"', '"and" does not belong here', 'write "&&"'],
  ['is_company ▸OR name == "a"', '"OR" does not belong here', 'write "||"'],
  ['not ▸is_company', '"is_company" does not belong here', 'write "!"'],
  ['name <▸> "a"', 'unexpected token: GT', 'write "!="'],
  [
    'name ▸like "a"',
    '"like" does not belong here',
    'compare with "==", or ask with contains("…") or isEmpty()',
  ],
  ['name == ▸“a”', 'unexpected character: “', 'write straight quotes'],
  ['is_company ▸& is_company', 'unexpected character: &', 'write "&&" and "||"'],
];

const numbers: readonly (readonly [expression: string, message: string, suggestion: string])[] = [
  [
    'amount * (▸21 / 100)',
    '"/" between two whole numbers leaves out the rest',
    'make one of them a decimal: decimal("21")',
  ],
  [
    'amount * (▸size(name) / size(name))',
    '"/" between two whole numbers leaves out the rest',
    'make one of them a decimal with decimal(…)',
  ],
  [
    '(▸1.1 * 1.1) * amount',
    '"*" between two numbers is not exact',
    'make one of them a decimal: decimal("1.1")',
  ],
  [
    'amount * ▸12345678901234567890.12',
    '"12345678901234567890.12" has more digits than a number can have',
    'write decimal("12345678901234567890.12")',
  ],
];

const deal = (field: string) => `entity: opportunity\nrules:\n  - ${field}\n`;

/** Conditions that could never hold, or would always. */
const never: readonly (readonly [expression: string, message: string, suggestion: string])[] = [
  ['status == ▸"wonn"', '"status" is never "wonn"', 'did you mean "won"?'],
  ['▸"wonn" != status', '"status" is never "wonn"', 'did you mean "won"?'],
  ['status in ["open", ▸"wonn"]', '"status" is never "wonn"', 'did you mean "won"?'],
  ['close_on >= ▸"2026-2-1"', '"close_on" is a day, not "2026-2-1"', 'write it like "2026-01-31"'],
];

const slips: Refusal[] = [
  ...numbers.map(([expression, message, suggestion]) => ({
    what: expression.replace('▸', ''),
    file: 'opportunity.yaml',
    content: deal(`{id: a, from: erp, to: crm, fields: [{amount: {expression: '${expression}'}}]}`),
    message,
    suggestion,
  })),
  ...never.map(([expression, message, suggestion]) => ({
    what: expression.replace('▸', ''),
    file: 'opportunity.yaml',
    content: deal(`{id: a, from: erp, to: crm, fields: [name], where: '${expression}'}`),
    message,
    suggestion,
  })),
  {
    what: 'a comment that would take with it what follows',
    file: 'customer.yaml',
    content: inBlock('>\n      !name.startsWith("http://")  ▸// no tests\n      && is_company'),
    message: 'the expression cannot be read here: "//" begins a comment',
    suggestion: 'put comments outside of the expression',
  },
];

const words: Refusal[] = [
  ...foreign.map(([text, message, suggestion]) => ({
    what: text.replace('▸', ''),
    file: 'customer.yaml',
    content: where(`'${text}'`),
    message: `the expression cannot be read here: ${message}`,
    suggestion,
  })),
  {
    what: 'a function that is not called',
    file: 'customer.yaml',
    content: where(`'name.▸isEmpty'`),
    message: "the expression is not valid: cannot index type 'string'",
    suggestion: 'a value has no parts; functions are called with "()"',
  },
  {
    what: 'a field that is called',
    file: 'customer.yaml',
    content: where(`'▸is_company()'`),
    message: 'there is no function "is_company"',
    suggestion: 'write "is_company" without brackets',
  },
  {
    what: 'a function before what it is asked of',
    file: 'customer.yaml',
    content: where(`'▸isEmpty(name)'`),
    message: "the expression is not valid: found no matching overload for 'isEmpty(string)'",
    suggestion: 'write "name.isEmpty()"',
  },
  {
    what: 'the opposite of a text',
    file: 'customer.yaml',
    content: where(`'▸!name'`),
    message: 'the expression is not valid: no such overload: !string',
    suggestion: 'only a flag can be turned round; "name.isEmpty()" makes one',
  },
  {
    what: 'a text that is in another one',
    file: 'customer.yaml',
    content: where(`'▸"x" in name'`),
    message: '"in" cannot stand between a text and a text',
    suggestion: 'ask with contains("…")',
  },
];

const language: Refusal[] = [
  {
    what: 'an expression that ends too early',
    file: 'customer.yaml',
    content: where(`'name ==▸'`),
    message: 'the expression cannot be read here: unexpected token: EOF',
    suggestion: 'something is missing at its end',
  },
  {
    what: 'one sign of equality',
    file: 'customer.yaml',
    content: where(`'name ▸= "A"'`),
    message: 'the expression cannot be read here: unexpected character: =',
    suggestion: 'compare with "=="',
  },
  {
    what: 'an unknown function',
    file: 'customer.yaml',
    content: where(`'name.▸startswith("A")'`),
    message: 'there is no function "startswith"',
    suggestion: 'did you mean "startsWith"?',
  },
  {
    what: 'a regular expression, which may take for ever',
    file: 'customer.yaml',
    content: where(`'name.▸matches("(a+)+$")'`),
    message: 'there is no function "matches"',
    suggestion:
      'known: size, string, int, decimal, round, isEmpty, contains, startsWith, endsWith, lowerAscii, upperAscii, trim, substring, indexOf, split, join, exists, all, filter, map',
  },
  {
    what: 'a text and a number',
    file: 'customer.yaml',
    content: where(`'▸name == 1'`),
    message: '"==" cannot stand between a text and a whole number',
    suggestion: 'make one like the other with string(…) or decimal(…)',
  },
  {
    what: 'a question for null',
    file: 'customer.yaml',
    content: where(`'is_company && ▸name == null'`),
    message: '"==" cannot stand between a text and null',
    suggestion: 'ask with isEmpty(): "name.isEmpty()"',
  },
  {
    what: 'a flag compared with a text',
    file: 'customer.yaml',
    content: where(`'▸is_company == "true"'`),
    message: '"==" cannot stand between a flag and a text',
    suggestion: 'a flag stands alone: "billable", or "!billable"',
  },
  {
    what: 'a condition that is no flag',
    file: 'customer.yaml',
    content: where(`▸'name + city'`),
    message: 'the expression makes a text, and "where" is a flag',
    suggestion: 'compare it with something',
  },
  {
    what: 'an amount for a text',
    file: 'customer.yaml',
    content: customerRule(`{id: a, from: erp, to: crm, fields: [{name: {expression: ▸'billing_open * 2'}}]}`),
    message: 'the expression makes a decimal, and "name" is a text',
    suggestion: 'make it a text with string(…)',
  },
  {
    what: 'a reference',
    file: 'customer.yaml',
    content: customerRule(`{id: a, from: erp, to: crm, fields: [{parent: {expression: ▸'name'}}]}`),
    message: 'an expression cannot make "parent", which refers to other objects',
    suggestion: 'carry the field over as it stands',
  },
  {
    what: 'an expression that is a flag of YAML',
    file: 'customer.yaml',
    content: where('▸true'),
    message: 'the expression of "where" must be text, not the flag true',
    suggestion: 'put it in quotes: "true"',
  },
];

const rest = (text: string) => customerRule(`{id: a, from: erp, to: crm, fields: [name], ${text}}`);
const cronAdvice =
  'write minute, hour, day of month, month, day of week: "*/5 * * * *" is every five minutes';
const windowAdvice = 'write {window: "0 2 * * *", minutes: 240}';

const timing: Refusal[] = [
  {
    what: 'an unknown timing',
    file: 'customer.yaml',
    content: rest('timing: ▸realtime'),
    message: '"timing" must be one of real-time, window, not "realtime"',
    suggestion: 'did you mean "real-time"?',
  },
  {
    what: 'a window that does not say when',
    file: 'customer.yaml',
    content: rest('timing: ▸window'),
    message: '"timing" does not say when the window opens',
    suggestion: windowAdvice,
  },
  {
    what: 'a window without an end',
    file: 'customer.yaml',
    content: rest('timing: ▸{window: "0 2 * * *"}'),
    message: '"timing" lacks "minutes"',
  },
  {
    what: 'a window that is no cron expression',
    file: 'customer.yaml',
    content: rest('timing: {window: ▸"2 o\'clock", minutes: 60}'),
    message: '"2 o\'clock" is no cron expression: pattern includes illegal characters',
    suggestion: cronAdvice,
  },
  {
    what: 'a window that never opens',
    file: 'customer.yaml',
    content: rest('timing: {window: ▸"0 2 31 2 *", minutes: 60}'),
    message: '"0 2 31 2 *" is no cron expression: 31 2 is an impossible day of month for the given month',
    suggestion: cronAdvice,
  },
  {
    what: 'a month that is written out',
    file: 'customer.yaml',
    content: rest('timing: {window: ▸"0 2 1 january *", minutes: 60}'),
    message:
      '"0 2 1 january *" is no cron expression: Syntax error, a month or day name has to stand alone (\'january\').',
    suggestion: cronAdvice,
  },
  {
    what: 'a window of no length',
    file: 'customer.yaml',
    content: rest('timing: {window: "0 2 * * *", minutes: ▸0}'),
    message: '"minutes" must be a whole number from 1 to 10080',
    suggestion: windowAdvice,
  },
];

const overrides: Refusal[] = [
  {
    what: 'an override for nothing in particular',
    file: 'customer.yaml',
    content: rest('overrides: [▸{lane: bulk}]'),
    message: 'the override does not say for which objects',
    suggestion: 'add "when" or "where"',
  },
  {
    what: 'an override that changes nothing',
    file: 'customer.yaml',
    content: rest('overrides: [▸{when: {country: DE}}]'),
    message: 'the override changes nothing',
    suggestion: 'add "skip: true", or what is different',
  },
  {
    what: 'an override without fields of a rule that creates',
    file: 'customer.yaml',
    content: rest('overrides: [{when: {country: DE}, fields: ▸[]}]'),
    message: 'an override without fields would create empty objects',
    suggestion: 'list fields, or write "skip: true"',
  },
  {
    what: 'what an override cannot change',
    file: 'customer.yaml',
    content: rest('overrides: [{when: {country: DE}, lane: bulk, ▸create: never}]'),
    message: 'the override has an unknown key "create"',
    suggestion: 'known: when, where, skip, fields, otherwise, deleted, lane, timing, shadow',
  },
  {
    what: 'a condition on an unknown field',
    file: 'customer.yaml',
    content: rest('overrides: [{when: {▸legalentity: DE01}, skip: true}]'),
    message: '"when" tests "legalentity", which is no field of customer',
    suggestion: 'did you mean "legal_entity"?',
  },
  {
    what: 'an unknown field',
    file: 'customer.yaml',
    content: rest('overrides: [{when: {country: DE}, fields: [name, ▸citi]}]'),
    message: '"fields" names "citi", which is no field of customer',
    suggestion: 'did you mean "city"?',
  },
  {
    what: 'a flag in words',
    file: 'customer.yaml',
    content: rest('overrides: [{when: {country: DE}, skip: ▸yes}]'),
    message: '"skip" must be true or false, not the text "yes"',
  },
  {
    what: 'an unknown word for deleted objects',
    file: 'customer.yaml',
    content: rest('deleted: ▸drop'),
    message: '"deleted" must be one of keep, remove, raise, not "drop"',
  },
  {
    what: 'shadow in words',
    file: 'customer.yaml',
    content: rest('shadow: ▸on'),
    message: '"shadow" must be true or false, not the text "on"',
  },
];

const subscribers: Refusal[] = [
  {
    what: 'a subscriber without events',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  warehouse: {events: ▸[]}\n',
    message: 'subscriber "warehouse" would be told of nothing',
    suggestion: `known: ${businessEventNames.join(', ')}`,
  },
  {
    what: 'an unknown business event',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  warehouse: {events: [invoice.posted, ▸invoice.payed]}\n',
    message: 'there is no business event "invoice.payed"',
    suggestion: 'did you mean "invoice.paid"?',
  },
  {
    what: 'an event that is listed twice',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  warehouse: {events: [invoice.paid, ▸invoice.paid]}\n',
    message: 'subscriber "warehouse" lists "invoice.paid" twice',
  },
  {
    what: 'an address, which is a setting',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  warehouse: {events: [invoice.paid], ▸url: "https://example.com"}\n',
    message: 'subscriber "warehouse" has an unknown key "url"',
    suggestion: 'known: events',
  },
  {
    what: 'a subscriber that cannot be a name of settings',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  ▸Data warehouse: {events: [invoice.paid]}\n',
    message: 'a subscriber cannot be called "Data warehouse"',
    suggestion: 'use lower case words and digits joined by "-", such as "customer-to-crm"',
  },
  {
    what: 'a subscriber that is called like a system',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  ▸crm: {events: [invoice.paid]}\n',
    message: 'subscriber "crm" is called like a system, see systems.yaml:3:3',
    suggestion: 'give it another name',
    beside: {
      'systems.yaml':
        'systems:\n  odoo: {connector: odoo, role: erp}\n  crm: {connector: hubspot, role: crm}\n',
    },
  },
  {
    what: 'a subscriber whose settings are called like those of another one',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  data-hub: {events: [invoice.paid]}\n  ▸data.hub: {events: [invoice.paid]}\n',
    message: 'the settings of subscriber "data.hub" would be called like those of "data-hub"',
    suggestion: 'give it another name',
  },
  {
    what: 'a subscriber that is called like the bridge',
    file: 'subscribers.yaml',
    content: 'subscribers:\n  ▸bridge: {events: [invoice.paid]}\n',
    message: '"bridge" is the name of the bridge itself',
    suggestion: 'give it another name',
  },
];

describeRefusals('an expression, with its place', places);
describeRefusals('an expression', language);
describeRefusals('timing', timing);
describeRefusals('an override', overrides);
describeRefusals('subscribers.yaml', subscribers);
describeRefusals('an expression of another language', words);
describeRefusals('an expression that means something else', slips);
