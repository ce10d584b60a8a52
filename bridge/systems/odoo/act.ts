import type { State } from '../../entities/field.ts';
import { SystemError } from '../error.ts';
import { failed } from '../failed.ts';
import type { ActionCapability, ActionRequest, WriteResult } from '../system.ts';
import type { OdooClient } from './client.ts';
import { makeDraftInvoices, makeQuotations, type QuotationItem, submitExpenses } from './facade-actions.ts';
import { plainText } from './fault.ts';
import { integerOf } from './value.ts';

/** What the facade takes in one call, as for writes. */
const batch = 100;

/** What can be done in Odoo besides writing. Odoo does it by its own rules: what is billed is for it to know. */
export const actionsInOdoo = {
  'make-quotation': {
    meaning: 'Makes a draft quotation of one line for an opportunity and its customer.',
    on: 'opportunity',
    makes: 'quote',
    takes: {
      name: { kind: 'text', meaning: 'What is offered, as the line says it.', required: true },
      product: { kind: 'text', meaning: 'Internal reference of the product that is sold.', required: true },
      amount: { kind: 'decimal', meaning: 'Total without tax, a decimal.', required: true },
      hours: {
        kind: 'decimal',
        meaning: 'Hours, where the product is sold by time; else the amount divided by its price.',
      },
      note: { kind: 'text', meaning: 'Text below the line.' },
      currency: {
        kind: 'text',
        meaning: 'Currency of the amount; refused where Odoo offers in another one.',
      },
    },
    batch,
  },
  'make-draft-invoice': {
    meaning:
      'Makes a draft invoice of what is to be billed on a contract. Where there is nothing, nothing is made.',
    on: 'contract',
    makes: 'invoice',
    takes: { until: { kind: 'day', meaning: 'Last day of the time to be billed; all time without it.' } },
    batch,
  },
  'submit-expense': {
    meaning: 'Hands an expense in for approval. One that was handed in before stays as it is.',
    on: 'expense',
    takes: {},
    batch,
  },
} as const satisfies Readonly<Record<string, ActionCapability>>;

type ActionName = keyof typeof actionsInOdoo;

/** A request whose object has an id of Odoo's. */
interface Known extends ActionRequest {
  readonly recordId: number;
}

/** Does an action with each object; one result per request, in order. The addon knows references that it has seen. */
export async function actInOdoo(
  client: OdooClient,
  action: string,
  requests: readonly ActionRequest[],
  signal: AbortSignal,
): Promise<WriteResult[]> {
  if (!Object.hasOwn(actionsInOdoo, action)) {
    const names = Object.keys(actionsInOdoo).join(', ');
    throw new SystemError('invalid', `Odoo has no action "${action}", only ${names}`, {
      system: client.system,
    });
  }
  const { on } = actionsInOdoo[action as ActionName];
  const results = new Map<ActionRequest, WriteResult>();
  const known: Known[] = [];
  for (const request of requests) {
    const recordId = integerOf(request.id);
    if (recordId === undefined)
      results.set(request, failed('missing', `"${request.id}" is not the id of ${article(on)} in Odoo`));
    else known.push({ ...request, recordId });
  }
  const answers = new Map<string, WriteResult>();
  for (let begin = 0; begin < known.length; begin += batch) {
    const part = known.slice(begin, begin + batch);
    const done = await doers[action as ActionName](client, part, signal);
    for (const [index, { reference }] of part.entries())
      answers.set(reference, done[index] ?? failed('ambiguous', 'Odoo gave no answer for this item'));
  }
  return requests.map(
    (request) =>
      results.get(request) ??
      answers.get(request.reference) ??
      failed('ambiguous', 'Odoo gave no answer for this item'),
  );
}

type Doer = (client: OdooClient, requests: readonly Known[], signal: AbortSignal) => Promise<WriteResult[]>;

const doers: Readonly<Record<ActionName, Doer>> = {
  'make-quotation': async (client, requests, signal) =>
    (await makeQuotations(client, requests.map(quotationItem), signal)).map((answer) =>
      answer.result === 'error'
        ? failed(answer.error, plainText(answer.message))
        : { ok: true, id: String(answer.id), result: answer.result },
    ),
  'make-draft-invoice': async (client, requests, signal) => {
    const items = requests.map(({ reference, recordId, fields }) => ({
      reference,
      order_id: recordId,
      ...optional('until', fields.until),
    }));
    return (await makeDraftInvoices(client, items, signal)).map((answer) => {
      switch (answer.result) {
        case 'error':
          return failed(answer.error, plainText(answer.message));
        case 'nothing':
          // Done, but nothing was made that could have an id.
          return { ok: true, id: '', result: 'unchanged' };
        default:
          return { ok: true, id: String(answer.id), result: answer.result };
      }
    });
  },
  'submit-expense': async (client, requests, signal) => {
    const ids = [...new Set(requests.map(({ recordId }) => recordId))];
    const answers = new Map(
      (await submitExpenses(client, ids, signal)).map((answer) => [answer.id, answer] as const),
    );
    return requests.map(({ recordId }) => {
      const answer = answers.get(recordId);
      if (answer === undefined) return failed('ambiguous', 'Odoo gave no answer for this expense');
      if (answer.result === 'error') return failed(answer.error, plainText(answer.message));
      return {
        ok: true,
        id: String(recordId),
        result: answer.result === 'submitted' ? 'updated' : 'unchanged',
      };
    });
  },
};

const quotationItem = ({ reference, recordId, fields }: Known): QuotationItem => ({
  reference,
  opportunity_id: recordId,
  name: textIn(fields, 'name'),
  product: textIn(fields, 'product'),
  amount: textIn(fields, 'amount'),
  ...optional('hours', fields.hours),
  ...optional('note', fields.note),
  ...optional('currency', fields.currency),
});

/** The addon says in plain words what is missing. */
const textIn = (fields: State, name: string): string => String(fields[name] ?? '');

function optional<Name extends string>(
  name: Name,
  value: State[string] | undefined,
): { [key in Name]?: string } {
  if (typeof value !== 'string' || value === '') return {};
  return { [name]: value } as { [key in Name]?: string };
}

const article = (entity: string): string => `${/^[aeio]/.test(entity) ? 'an' : 'a'} ${entity}`;
