import { fileURLToPath } from 'node:url';
import { checkRules } from '../../bridge/connectors.ts';
import type { Flow, FlowCondition, FlowStep } from '../../bridge/rules/flow.ts';

import type { Conditions } from '../../bridge/rules/part.ts';

const introduction = `# The flows

<!-- Made by "npm run docs" from sync-rules/ and scripts/docs/flows.ts. Change it there. -->

A flow is a business process over several systems: what has to be true, what is brought where, what is done, and what
somebody has to do by when. Where it does not go on, the bridge says so to whoever it belongs to, and goes on by itself as
soon as what it needs is there. Flows are data like all rules: \`sync-rules/<name of the flow>.yaml\`, to be changed as the
firm works. [rules.md](rules.md#flows) explains every key.

| in the drawings | a step |
|---|---|
| six corners | **requires** something; where it does not hold, it is stuck at once |
| round | **waits** for what a person does, until its deadline |
| double edges | **brings** the object to another system, by the rules |
| slanted | **does** something in the system that the object is in |

## When something is stuck

\`\`\`sh
bridge flows                              # how many run, are stuck, were done
bridge exceptions --owner finance         # what needs a person: whose, since when, why, and what to do
bridge flow harvest:timesheet:4711        # everything that one object came through, step by step
\`\`\`

One cause is one exception, however much hangs on it: a hundred entries on a project that is paused are one exception of
that project. It is closed by itself when nothing hangs on it any more. Nobody has to tell the bridge that something was put
right: it sees it.

| owner | sees to |
|---|---|
`;

interface Chapter {
  readonly title: string;
  readonly text: string;
  /** In the order in which they are shown. */
  readonly flows: readonly string[];
}

/** Every shipped flow stands in one of these. */
const chapters: readonly Chapter[] = [
  {
    title: 'From a won deal to a project',
    text: `Sales works in the CRM. When a deal is won, the bridge makes of it what the erp needs: the customer, where it is not
there yet, the opportunity, and a draft quotation. People who know the contract complete and confirm the quotation in Odoo;
that is the approval. Odoo makes the project and its tasks, and the bridge takes both to the PSA and the project's name back
to the deal.

The service that a quotation is made of is found by the product's internal reference; the table
\`service-of-billing-method\` in \`opportunity.yaml\` says which one stands for which billing method. The quotation is one line
of the deal's amount; in a currency in which Odoo does not offer to this customer it is refused, and the flow is stuck.`,
    flows: ['lead-to-project'],
  },
  {
    title: 'Who works on it',
    text: `Whoever is named on a project's order lines in Odoo is put on the project in the PSA. Bookings that people make in the
PSA itself stay as they are, and are looked at.

Harvest keeps who is on a project, without days: \`within-employment\` then has nothing to compare and is left out. A PSA
that plans by days is asked for them. Odoo's own planning is part of its Enterprise edition and is not looked at.`,
    flows: ['staffing', 'booking'],
  },
  {
    title: 'From approved time to an invoice',
    text: `Only approved, billable time goes to Odoo, and only when nothing speaks against it. Odoo puts it on the right order
line by itself. What a contract lets be billed is put on a draft invoice in the hours that finance wants, by Odoo's own
rules, so the same time is never billed twice. A contract gets at most one draft in each of these windows; time that comes in
after it stands on the next one:

| billing method | what makes it billable in Odoo | also looked at |
|---|---|---|
| time and materials | approved time | cap in hours and in money, price of every line |
| retainer | the order, in advance | hours that are used: four fifths, and all of them |
| milestone | a milestone that is reached | its day |
| fixed fee | the order | |

The erp itself refuses what its books forbid: time in a period that is closed, time on a project on hold, time that would
exceed a cap together with other time. The step \`in-the-erp\` then is stuck, with Odoo's reason. Nothing in Odoo tells that a
period is open again, so have the entry approved once more after that.

Harvest has no milestones: they are kept in Odoo, and nothing of them goes to Harvest.`,
    flows: [
      'time-to-bill',
      'contract-to-invoice',
      'retainer-runs-low',
      'retainer-used-up',
      'milestone-to-bill',
    ],
  },
  {
    title: 'From an approved expense to the books',
    text: `An expense has the category of the same name in Odoo (an expense product). The bridge hands it in there; finance
approves and posts it.

Harvest has no approval of expenses by finance and no tax on them: Odoo works tax out. It does not say who paid; what Odoo
proposes stays (the employee).`,
    flows: ['expense-to-finance'],
  },
  {
    title: 'From an invoice to the money',
    text: `Company and deal in the CRM show the latest invoice, what was billed, what is open, and whether it is overdue; partial
payments, credit notes and reversals change that as they are booked. Private persons and sales that only Odoo has are not in
the CRM, so nothing is looked for there; that an invoice is overdue is told of whatever the CRM shows.

The PSA has every posted invoice that comes from an order, and its customer. In Harvest it is an invoice of Harvest's own,
with the number of the books; it is marked as sent, and nobody is mailed:

| in the books | in Harvest |
|---|---|
| posted | open, with one line over the total with tax; late from the day after its due day |
| paid, in part or in full | payments, so that what is due is what is open; their day is the one on which the bridge saw it |
| a payment is taken back | the bridge takes back payments that it recorded; those that people recorded stay |
| a credit note over a part | less is due, as by a payment: Harvest has no credit notes |
| reversed by a credit note | closed (written off), and its notes say why |
| blocked, because the customer disputes it | its notes say so |
| set back to a draft, cancelled, deleted | deleted; it comes again when it is posted again |

People leave these invoices alone: what they change in Harvest stays until the invoice changes in the books. One that they
made there under the same number is taken for the same where client, currency and total agree, else finance is told. Harvest
takes each number once: where companies of a group number alike, an override by \`legal_entity\` gives those of one a prefix,
as \`scripts/demo/rules/invoice.yaml\` does. The one line of an invoice names no project and holds no time, so Harvest's own
reports go on counting time as not invoiced. The account needs Harvest's module for invoices; \`bridge check\` says where it
is off.`,
    flows: ['invoice-to-cash', 'invoice-in-the-crm', 'invoice-in-the-psa', 'invoice-dispute'],
  },
  {
    title: 'When something changes',
    text: `An amendment is made in Odoo, at the order: the budget in the PSA follows. A project that is put on hold or archived in
Odoo is closed for time in the PSA, and opened again when it goes on. An approval that is withdrawn takes the time out of
Odoo again, and so does marking time as not billable; once it is invoiced, that needs a credit note, and goes on by itself after
it, also when the entry is deleted meanwhile. Time that is approved again while it is still in Odoo counts once against the
contract's cap.

Harvest plans a project's budget in hours or in money, and knows no forecast.`,
    flows: ['contract-amendment', 'project-pause', 'time-withdrawn'],
  },
  {
    title: 'People come and go',
    text: `The erp knows who works for the firm. A name or address that changes there changes in the PSA.`,
    flows: ['worker-joins', 'worker-leaves'],
  },
];

const shippedRules = fileURLToPath(new URL('../../sync-rules', import.meta.url));

/** The text of docs/flows.md. */
export function flowsDocument(): string {
  const { flows } = checkRules(shippedRules);
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const listed = chapters.flatMap((chapter) => chapter.flows);
  const forgotten = flows.filter(({ id }) => !listed.includes(id)).map(({ id }) => id);
  if (forgotten.length > 0) throw new Error(`docs/flows.md has no place for ${forgotten.join(', ')}`);
  const parts = chapters.map(({ title, text, flows: ids }) =>
    [`## ${title}`, text, ...ids.map((id) => flowText(found(byId, id)))].join('\n\n'),
  );
  return `${introduction}${ownersTable(flows)}\n\n${parts.join('\n\n')}\n`;
}

function found(flows: ReadonlyMap<string, Flow>, id: string): Flow {
  const flow = flows.get(id);
  if (flow === undefined) throw new Error(`sync-rules/ has no flow "${id}" any more`);
  return flow;
}

/** Whose what is: one line for each owner, `time-to-bill (project-open, below-the-cap)`. */
function ownersTable(flows: readonly Flow[]): string {
  const owners = [...new Set(flows.flatMap(({ steps }) => steps.map(({ owner }) => owner)))].sort();
  return owners
    .map((owner) => {
      const own = flows.flatMap(({ id, steps }) => {
        const ids = steps.filter((step) => step.owner === owner).map((step) => step.id);
        return ids.length === 0 ? [] : [`${id} (${ids.join(', ')})`];
      });
      return `| ${owner} | ${own.join(' · ')} |`;
    })
    .join('\n');
}

function flowText(flow: Flow): string {
  const again = flow.again === undefined ? '' : ` It begins again when ${listed(flow.again, 'or')} changes.`;
  const since =
    flow.since === undefined
      ? ''
      : `, where \`${flow.since}\` is not before the day on which the bridge began`;
  const repeats =
    flow.repeats === true ? ' It begins again where that still holds once it has done something.' : '';
  const known = flow.knownIn === undefined ? '' : ` that the ${flow.knownIn} knows`;
  return [
    `### ${flow.title}`,
    `\`sync-rules/${flow.id}.yaml\`: for every ${flow.entity} of the ${flow.from}${known} with ${conditionText(flow.condition)}${since}.${again}${repeats}`,
    drawing(flow),
    stepsTable(flow),
  ].join('\n\n');
}

const shapes: Readonly<Record<FlowStep['kind'], readonly [string, string]>> = {
  require: ['{{', '}}'],
  await: ['(', ')'],
  deliver: ['[[', ']]'],
  call: ['[/', '/]'],
};

/** A flowchart in the language of Mermaid. */
function drawing({ entity, from, steps }: Flow): string {
  const nodes = steps.map((step, index) => {
    const [open, close] = shapes[step.kind];
    const within = step.within === undefined ? '' : `, ${durationText(step.within)}`;
    return `  s${index}${open}"${step.id}<br/>${step.owner}${within}"${close}`;
  });
  const ids = ['begin', ...steps.map((_, index) => `s${index}`), 'finish'];
  const way = `  ${ids.join(' --> ')}`;
  return [
    '```mermaid',
    `flowchart ${steps.length > 5 ? 'TD' : 'LR'}`,
    `  begin(["${entity} of the ${from}"])`,
    ...nodes,
    '  finish((done))',
    way,
    '```',
  ].join('\n');
}

function stepsTable(flow: Flow): string {
  const rows = flow.steps.map((step) =>
    [
      `\`${step.id}\``,
      whatText(step, flow) + (step.only === undefined ? '' : `; only where ${conditionText(step.only)}`),
      deadlineText(step),
      step.owner + (step.person === undefined ? '' : `, by \`${step.person.object}.${step.person.field}\``),
      `${step.says} **${step.remedy}**`,
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return [
    '| step | what | by when | whose | when it is stuck |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function whatText(step: FlowStep, flow: Flow): string {
  const on = objectText(step.on, flow);
  switch (step.kind) {
    case 'require':
      return `requires of ${quantified(step.quantity, on)}: ${conditionText(step.condition)}`;
    case 'await':
      return `waits until ${quantified(step.quantity, on)} has ${conditionText(step.condition)}`;
    case 'deliver':
      return `brings ${on} to the ${step.to}`;
    case 'call': {
      const window =
        step.timing.kind === 'window'
          ? ` (only from \`${step.timing.cron}\` UTC, for ${step.timing.minutes} minutes)`
          : '';
      return `does \`${step.action}\` with ${on}${window}`;
    }
  }
}

const quantified = (quantity: 'all' | 'any' | 'none', on: string): string =>
  quantity === 'all' ? on : quantity === 'any' ? `one of ${on}` : `none of ${on}`;

function objectText(name: string, { entity, from, objects }: Flow): string {
  const object = objects.find((candidate) => candidate.name === name);
  return object === undefined
    ? `the ${entity} in the ${from}`
    : `the ${object.entity === name ? name : `${name} (${object.entity})`} in the ${object.in}`;
}

function conditionText({ when, where }: FlowCondition): string {
  const parts = Object.entries(when).map(([field, wanted]) => `\`${field}\` ${wantedText(wanted)}`);
  return [
    ...parts,
    ...(where === undefined ? [] : [`\`${where.text.replaceAll(/\s+/g, ' ').trim()}\``]),
  ].join(', ');
}

function wantedText(wanted: Conditions[string]): string {
  const texts = (Array.isArray(wanted) ? wanted : [wanted]).map((value) =>
    value === null ? 'empty' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
  );
  return listed(texts, 'or');
}

const listed = (texts: readonly string[], word: string): string =>
  texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;

function deadlineText({ kind, within, after }: FlowStep): string {
  if (within === undefined) return kind === 'require' ? 'at once' : 'no deadline';
  const from = after === undefined ? '' : ` after \`${after.object}.${after.field}\``;
  return `${durationText(within)}${from}`;
}

/** `90 minutes`, `12 hours`, `3 days`. */
function durationText(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  const [count, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
