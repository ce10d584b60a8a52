import { describe, expect, test } from 'vitest';
import { type MatchKind, matchKindOf, normalise } from '../../bridge/matching/normalise.ts';
import { wordsOf } from '../../bridge/matching/text.ts';

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
  name: [
    ['José  García', 'jose garcia', ' JOSÉ GARCÍA ', 'Jose\u0301 Garci\u0301a'],
    ['Ελλάς', 'ΕΛΛΑΣ'.toLowerCase()],
    ['Nguyễn', 'nguyen'],
    // Half width and full width, composed and not.
    ['バナ', 'ﾊﾞﾅ', 'ハ\u3099ナ'],
    ['삼성', '삼성'.normalize('NFD')],
    ['Юрий', 'ЮРИЙ', 'Юрии\u0306'],
  ],
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
    ['ハナ株式会社', 'バナ株式会社', 'パナ株式会社'],
    ['กา', 'กี', 'กู', 'ก'],
    ['राम', 'रोम', 'रीम'],
    ['Мой', 'Мои'],
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
    ['domain', 'gmx.com'],
    ['domain', 'hotmail.be'],
    ['domain', 'live.nl'],
    ['domain', 'yahoo.es'],
    ['domain', 'yahoo.com.br'],
    ['domain', 'https://www.facebook.com/bakkerij.jan'],
    ['domain', 'm.facebook.com'],
    ['domain', 'be.linkedin.com/company/acme'],
    ['domain', 'sites.google.com/view/acme'],
    ['domain', 'www.wix.com/acme'],
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

  test.each([
    ['ES', 'B12345674', 'ESB12345674'],
    ['ES', 'B-12345674', 'ESB12345674'],
    ['ES', 'ES B12345674', 'ESB12345674'],
    ['ES', 'X1234567L', 'ESX1234567L'],
    ['ES', '12345678Z', 'ES12345678Z'],
    ['AT', 'U12345678', 'ATU12345678'],
    ['AT', 'ATU 12345678', 'ATU12345678'],
    ['NL', '123456789B01', 'NL123456789B01'],
    ['GR', 'GR123456789', 'EL123456789'],
    ['GR', 'EL123456789', 'EL123456789'],
    ['GB', 'XI123456789', 'XI123456789'],
    ['GB', 'GD001', 'GBGD001'],
    ['CH', '123.456.789', 'CHE123456789'],
    ['CH', 'E-123.456.789 MWST', 'CHE123456789'],
    ['CH', 'CHE-123.456.789', 'CHE123456789'],
    ['FR', '83404833048', 'FR83404833048'],
    ['FR', 'FR83404833048', 'FR83404833048'],
    // French numbers may begin with two letters, also with these.
    ['FR', 'K7404833048', 'FRK7404833048'],
    ['FR', 'FR404833048', 'FRFR404833048'],
    ['FR', 'DE123456789', 'DE123456789'],
    ['MC', '12345678901', 'FR12345678901'],
    ['DE', 'ESB12345674', 'ESB12345674'],
    // What it is in a country whose numbers are not known here, nobody can tell.
    ['MX', 'ABC010203AB9', 'ABC010203AB9'],
  ])('a number of %s: %s', (country, number, complete) => {
    expect(normalise('vat', number, country)).toBe(complete);
    expect(normalise('vat', complete, country)).toBe(complete);
  });

  test.each([
    'acme.wixsite.com',
    'acme.blogspot.com',
    'acme.business.site',
    'max.com',
    'live-acme.nl',
    'gmx-partner.de',
  ])('the domain %s belongs to one', (host) => {
    expect(normalise('domain', host)).toBe(host);
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

test('marks are no words of their own', () => {
  expect(wordsOf('Acme ❤️ Studio')).toEqual(['acme', 'studio']);
  expect(wordsOf('สวัสดี ไทย')).toEqual(['สวัสดี', 'ไทย'].map((word) => word.normalize('NFKC')));
});

test('fields are compared by what they mean', () => {
  expect(matchKindOf('customer', 'name')).toBe('firm');
  expect(matchKindOf('worker', 'name')).toBe('name');
  expect(matchKindOf('project', 'manager_email')).toBe('email');
  expect(matchKindOf('project', 'code')).toBe('reference');
});
