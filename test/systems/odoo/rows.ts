import { onTestFinished } from 'vitest';
import { createOdoo, type OdooOptions } from '../../../bridge/systems/odoo/connector.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

export const { signal } = new AbortController();

/** What one call gets: the path's last two parts, and its named arguments. */
export interface Call {
  readonly model: string;
  readonly method: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Odoo refuses, with this status. */
export class Refusal {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** A connector to an Odoo that answers each call by its `model/method`; `[]` where nothing is given. */
export async function connectTo(
  answers: Readonly<Record<string, unknown | ((call: Call) => unknown)>>,
  options: Partial<OdooOptions> = {},
) {
  const calls: Call[] = [];
  const odoo = await startFakeOdoo(({ path, body }, response) => {
    const [model = '', method = ''] = path.split('/').slice(-2);
    const call = { model, method, body: JSON.parse(body) };
    calls.push(call);
    const answer = answers[`${model}/${method}`];
    if (answer instanceof Refusal) json(response, answer.status, { name: 'refused', message: 'Refused.' });
    else json(response, 200, typeof answer === 'function' ? answer(call) : (answer ?? []));
  });
  const connector = createOdoo({
    system: 'odoo',
    url: odoo.url,
    database: 'firm',
    login: 'bridge',
    apiKey: 'key',
    transport: 'json2',
    now: () => Date.parse('2026-06-15T12:00:00Z'),
    ...options,
  });
  onTestFinished(() => connector.close());
  return { connector, calls };
}

/** Units of measure, companies and currencies as a new Odoo has them. */
export const measuresInOdoo = {
  'uom.uom/search_read': [
    { id: 1, factor: 1, parent_path: '1/' },
    { id: 4, factor: 1, parent_path: '4/' },
    { id: 5, factor: 8, parent_path: '4/5/' },
    { id: 6, factor: 0.0166667, parent_path: '4/6/' },
  ],
  'res.company/search_read': [{ id: 1, project_time_mode_id: [4, 'Hours'] }],
  'res.currency/search_read': [
    { id: 1, decimal_places: 2 },
    { id: 2, decimal_places: 3 },
    { id: 3, decimal_places: 0 },
  ],
} as const;
