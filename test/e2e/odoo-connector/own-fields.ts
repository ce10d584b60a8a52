import { expect, test } from 'vitest';
import type { SystemExtension } from '../../../bridge/systems/system.ts';
import { resolveExternalId } from '../../../scripts/odoo/rpc.ts';
import { ownFields } from '../../conformance/own-fields.ts';
import type { Firm } from './firm.ts';
import { signal, type Workbench } from './workbench.ts';

const nameOf = (field: string): string => field.replace('x_', 'x_studio_');

/** Fields of the firm's own on its customers, one of every kind, as they are called in its Odoo. */
export const ownInOdoo = ownFields('customer', nameOf);

const own = (
  kind: SystemExtension['kind'],
  name: string,
  more: Partial<SystemExtension> = {},
): SystemExtension => ({
  entity: 'customer',
  field: 'x_tried',
  kind,
  meaning: 'For a test.',
  name,
  written: false,
  ...more,
});

const typeByKind = {
  text: 'char',
  code: 'selection',
  flag: 'boolean',
  decimal: 'float',
  day: 'date',
} as const;

/** Makes the fields the way an administrator does, and lets the bridge hear of them and write them. */
export async function addOwnFields({ admin }: Firm): Promise<void> {
  const model = await resolveExternalId(admin, 'base.model_res_partner');
  const field = (name: string, ttype: string, more: Record<string, unknown> = {}) => ({
    model_id: model,
    state: 'manual',
    name,
    field_description: name,
    ttype,
    ...more,
  });
  const fields = ownInOdoo.map(({ name, kind, values = [] }) =>
    field(name, typeByKind[kind], {
      selection_ids: values.map((value, sequence) => [0, 0, { value, name: `${value}!`, sequence }]),
    }),
  );
  const others = [field('x_studio_headcount', 'integer'), field('x_studio_unheard', 'char')];
  const ids = (await admin.call('ir.model.fields', 'create', [[...fields, ...others]])) as number[];
  const [unheard, ...open] = ids.toReversed();
  expect(unheard).toBeGreaterThan(0);
  for (const list of ['services.bridge.watch', 'services.bridge.writable']) {
    const rows = await admin.call(list, 'search', [[['model', '=', 'res.partner']]]);
    await admin.write(list, rows as number[], { field_ids: open.map((id) => [4, id]) });
  }
}

/** What is peculiar to the firm's own fields in Odoo; the rest is in the suite for all connectors. */
export function testOwnFields(bench: Workbench): void {
  const customer = () => String(bench.firm.customer);

  test('announces and reads a field that the firm added, in as many calls as without', async () => {
    const { admin, proxy } = bench.firm;
    const odoo = bench.connect({ extensions: ownInOdoo });
    const plain = await countCalls(() => bench.odoo.read('customer', [customer()], signal));
    await admin.write('res.partner', [bench.firm.customer], {
      x_studio_segment: 'silver',
      x_studio_score: 0.1,
    });
    const calls = await countCalls(async () => {
      expect(await odoo.read('customer', [customer()], signal)).toMatchObject([
        {
          state: {
            x_segment: 'silver',
            x_score: '0.1',
            x_motto: null,
            x_on_hold: false,
            x_reviewed_on: null,
          },
        },
      ]);
    });
    expect(calls).toBe(plain);
    // Any transaction that is still open in the database server holds back the rows of later ones.
    const announcing = { timeout: 100_000, interval: 250 };
    await expect.poll(announced, announcing).toContain('x_studio_segment');
    await admin.write('res.partner', [bench.firm.customer], { x_studio_segment: false, x_studio_score: 0 });
    await odoo.close();

    async function announced(): Promise<string[]> {
      const fields: string[] = [];
      for await (const page of odoo.poll('outbox', undefined, signal))
        for (const hint of page.hints ?? []) if (hint.objectId === customer()) fields.push(...hint.fields);
      return fields;
    }

    async function countCalls(work: () => Promise<unknown>): Promise<number> {
      await bench.odoo.read('customer', ['1'], signal);
      await odoo.read('customer', ['1'], signal);
      proxy.forget();
      await work();
      return proxy.requests.length;
    }
  });

  test('puts a decimal into a whole number only where it is one', async () => {
    const odoo = bench.connect({ extensions: [own('decimal', 'x_studio_headcount', { written: true })] });
    const write = (value: string) => {
      const reference = `${bench.transport}:headcount`;
      const fields = { name: `Headcount ${bench.transport}`, x_tried: value };
      return odoo.write('customer', [{ reference, uncertain: false, fields }], signal);
    };
    const [done] = await write('12.0');
    if (!done?.ok) throw new Error(done?.message);
    expect(await odoo.read('customer', [done.id], signal)).toMatchObject([{ state: { x_tried: '12' } }]);
    expect(await write('12')).toMatchObject([{ ok: true, result: 'unchanged' }]);
    expect(await write('12.5')).toMatchObject([
      { ok: false, error: 'invalid', message: expect.stringContaining('x_studio_headcount') },
    ]);
    await odoo.close();
  });

  test('reads the name of a linked record', async () => {
    const odoo = bench.connect({ extensions: [own('text', 'country_id')] });
    expect(await odoo.read('customer', [customer()], signal)).toMatchObject([
      { state: { x_tried: 'Belgium' } },
    ]);
    await odoo.close();
  });

  test.each([
    ['is not there', own('text', 'x_never_made')],
    ['is of type selection, which is no text', own('text', 'x_studio_segment')],
    ['is not watched', own('text', 'x_studio_unheard')],
    ['also has the values silver', own('code', 'x_studio_segment', { values: ['gold'] })],
    [
      'lacks the values platinum',
      own('code', 'x_studio_segment', { values: ['gold', 'platinum'], written: true }),
    ],
    ['can be read, but not written', own('text', 'industry_id', { written: true })],
    ['under another name', own('text', 'street2', { written: true })],
  ])('the check says that a field %s', async (message, extension) => {
    const odoo = bench.connect({ extensions: [extension] });
    const findings = (await odoo.check(signal)).filter(({ level }) => level !== 'ok');
    expect(findings).toMatchObject([
      { message: expect.stringContaining(message), remedy: expect.any(String) },
    ]);
    expect(findings[0]?.message).toContain(extension.name);
    await odoo.close();
  });

  test('counts a field that is gone as a matter of the whole system, not of the record', async () => {
    const odoo = bench.connect({ extensions: [own('text', 'x_never_made')] });
    await expect(odoo.read('customer', [customer()], signal)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('"x_never_made"'),
    });
    expect(await odoo.setup(signal)).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('x_never_made') }),
    );
    await odoo.close();
  });
}
