import { describe, expect, test } from 'vitest';
import { type MatchKind, matchKindOf, normalise } from '../../bridge/matching/normalise.ts';

/** Every row is one thing, spelled in several ways. */
const same: Readonly<Partial<Record<MatchKind, readonly (readonly string[])[]>>> = {
  vat: [
    ['BE0477472701', 'BE 0477.472.701', 'be0477472701', 'BE 477.472.701'],
    ['CHE123456789', 'CHE-123.456.789 MWST', 'CHE-123.456.789 TVA'],
    ['EL123456789', 'GR 123456789'],
  ],
  domain: [
    [
      'acme.example',
      'https://www.Acme.example/contact?x=1',
      'ACME.EXAMPLE.',
      'acme.example:443',
      'www2.acme.example',
    ],
    ['müller.example', 'xn--mller-kva.example', 'http://MÜLLER.example'],
  ],
  email: [
    ['ann@acme.example', ' Ann@ACME.example', 'Ann Smith <ann@acme.example>', 'mailto:ann@acme.example'],
  ],
  phone: [['3225551234', '+32 2 555 12 34', '0032 (0)2 555.12.34', '+32/2/555 12 34 ext. 5']],
  firm: [
    ['Acme GmbH', 'ACME G.m.b.H.', 'acme gmbh', 'Acme Gesellschaft mit beschränkter Haftung', 'Acme m.b.H.'],
    ['Müller & Söhne AG', 'Muller und Sohne A.G.', 'MÜLLER + SÖHNE Aktiengesellschaft'.replace('+', '&')],
    ['Smith & Sons Ltd', 'Smith and Sons Limited', 'SMITH & SONS, LTD.'],
    ['Initech Inc', 'Initech, Inc.', 'Initech Incorporated'],
    ['Brouwer B.V.', 'Brouwer BV', 'brouwer b v'],
    ['Dupont SARL', 'SARL Dupont', 'Dupont S.A.R.L.'],
    ['Łódź Sp. z o.o.', 'Lodz sp z o.o.', 'LODZ Spółka z ograniczoną odpowiedzialnością'],
    ['Weber GmbH & Co. KG', 'Weber GmbH und Co KG', 'WEBER GmbH & Co.KG'],
    ['O’Neil Partners LLP', "O'Neil Partners L.L.P.", 'ONeil Partners llp'],
    ['Ørsted A/S', 'Orsted A/S'],
  ],
  name: [['José  García', 'jose garcia', ' JOSÉ GARCÍA ']],
  reference: [['SO-0042', 'so-0042', ' SO -0042']],
};

/** Every row is several things that must never be taken for one. */
const different: Readonly<Partial<Record<MatchKind, readonly (readonly string[])[]>>> = {
  vat: [['BE0477472701', 'BE0477472702', 'DE477472701', '0477472701']],
  domain: [['acme.example', 'acme.test', 'shop.acme.example']],
  email: [['ann@acme.example', 'ann@acme.test', 'anna@acme.example', 'ann+x@acme.example']],
  firm: [
    ['Acme AG', 'Acme GmbH', 'Acme', 'Acme Ltd'],
    ['C+', 'C#', 'C'],
    ['AB Systems', 'A.B.C. Systems'],
  ],
  name: [
    ['C++', 'C#'],
    ['Website', 'Website 2'],
  ],
  reference: [['SO-0042', 'SO-042', 'SO0042']],
};

const rows = (table: typeof same) =>
  Object.entries(table).flatMap(([kind, all]) =>
    all.map((spellings) => ({ kind: kind as MatchKind, spellings })),
  );

describe('normalise', () => {
  test.each(rows(same))('takes $spellings for the same $kind', ({ kind, spellings }) => {
    const values = spellings.map((spelling) => normalise(kind, spelling));
    expect(values[0]).toBeTruthy();
    expect(new Set(values).size, JSON.stringify(values)).toBe(1);
  });

  test.each(rows(different))('tells the $kind $spellings apart', ({ kind, spellings }) => {
    const values = spellings.map((spelling) => normalise(kind, spelling));
    expect(new Set(values).size, JSON.stringify(values)).toBe(spellings.length);
  });

  test.each([
    ['vat', '–'],
    ['vat', 'n/a'],
    ['domain', 'gmail.com'],
    ['domain', 'info@hotmail.com'],
    ['domain', 'localhost'],
    ['email', 'none'],
    ['email', '@acme.example'],
    ['phone', '112'],
    ['firm', '???'],
    ['name', '  '],
  ] as const)('finds no %s in "%s"', (kind, value) => {
    expect(normalise(kind, value)).toBeUndefined();
  });

  test('completes a VAT number by the country that is known', () => {
    expect(normalise('vat', '0477.472.701', 'BE')).toBe('BE0477472701');
    expect(normalise('vat', '123456789', 'GR')).toBe('EL123456789');
    expect(normalise('vat', 'BE0477472701', 'DE')).toBe('BE0477472701');
  });

  test('what is normalised stays as it is', () => {
    for (const { kind, spellings } of [...rows(same), ...rows(different)]) {
      for (const spelling of spellings) {
        const once = normalise(kind, spelling) as string;
        expect(normalise(kind, once)).toBe(once);
      }
    }
  });
});

test('fields are compared by what they mean', () => {
  expect(matchKindOf('customer', 'name')).toBe('firm');
  expect(matchKindOf('worker', 'name')).toBe('name');
  expect(matchKindOf('project', 'manager_email')).toBe('email');
  expect(matchKindOf('project', 'code')).toBe('reference');
});
