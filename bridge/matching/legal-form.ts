/** What a firm is in law, by the one way it is spelled here: all ways that people spell it, folded. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  // Germany, Austria, Switzerland
  ag: ['ag', 'aktiengesellschaft'],
  gmbh: ['gmbh', 'mbh', 'gesmbh', 'ges mbh', 'gesellschaft mit beschrankter haftung'],
  'gmbh & co kg': ['gmbh & co kg', 'gmbh co kg', 'gmbh & cie kg', 'gmbh & co'],
  'ag & co kg': ['ag & co kg', 'ag co kg'],
  '& co kg': ['& co kg', 'co kg', '& cie kg'],
  kg: ['kg', 'kommanditgesellschaft'],
  kgaa: ['kgaa'],
  ug: [
    'ug',
    'ug haftungsbeschrankt',
    'unternehmergesellschaft',
    'unternehmergesellschaft haftungsbeschrankt',
  ],
  ohg: ['ohg', 'offene handelsgesellschaft'],
  gbr: ['gbr'],
  ek: ['ek', 'eingetragener kaufmann'],
  ev: ['ev', 'eingetragener verein'],
  se: ['se', 'societas europaea'],
  // English-speaking countries
  ltd: ['ltd', 'limited', 'co ltd', 'company limited'],
  plc: ['plc', 'public limited company'],
  llp: ['llp', 'limited liability partnership'],
  llc: ['llc', 'limited liability company'],
  inc: ['inc', 'incorporated'],
  corp: ['corp', 'corporation'],
  co: ['co', 'company', '& co', '& company'],
  'pty ltd': ['pty ltd', 'proprietary limited', 'pty limited'],
  'pte ltd': ['pte ltd', 'pte limited'],
  'pvt ltd': ['pvt ltd', 'private limited', 'pvt limited'],
  // Benelux
  bv: ['bv', 'besloten vennootschap'],
  bvba: ['bvba', 'sprl'],
  nv: ['nv', 'naamloze vennootschap'],
  vof: ['vof', 'vennootschap onder firma'],
  // Romance languages
  sa: ['sa', 'societe anonyme', 'sociedad anonima'],
  sas: ['sas', 'societe par actions simplifiee'],
  sasu: ['sasu'],
  sarl: ['sarl', 'societe a responsabilite limitee'],
  eurl: ['eurl'],
  srl: ['srl', 'societa a responsabilita limitata', 'sociedad de responsabilidad limitada'],
  spa: ['spa', 'societa per azioni'],
  sl: ['sl', 'sociedad limitada'],
  slu: ['slu'],
  lda: ['lda', 'ltda', 'limitada'],
  // The North
  ab: ['ab', 'aktiebolag'],
  as: ['as', 'aksjeselskap'],
  asa: ['asa', 'allmennaksjeselskap'],
  aps: ['aps', 'anpartsselskab'],
  oy: ['oy', 'osakeyhtio'],
  oyj: ['oyj'],
  // The East
  sro: ['sro', 'spol sro'],
  'sp zoo': ['sp zoo', 'spzoo', 'spolka z ograniczona odpowiedzialnoscia'],
  kft: ['kft', 'korlatolt felelossegu tarsasag'],
  zrt: ['zrt'],
  doo: ['doo'],
  ooo: ['ooo'],
  kk: ['kk', 'kabushiki kaisha'],
};

const bySpelling = new Map(
  Object.entries(spellings).flatMap(([form, all]) => all.map((spelling) => [spelling, form] as const)),
);
const mostWords = Math.max(...[...bySpelling.keys()].map((spelling) => spelling.split(' ').length));
/** Forms that people also write in front of the name; others are too often the beginning of one. */
const leading: ReadonlySet<string> = new Set(['sarl', 'srl', 'sprl', 'ooo']);

export interface FirmName {
  /** The words without the legal form; never empty where the name has a word. */
  readonly core: readonly string[];
  /** `gmbh`, or empty. */
  readonly form: string;
}

/** Parts the words of a firm's name from its legal form, however that is spelled. */
export function splitLegalForm(words: readonly string[]): FirmName {
  for (let count = Math.min(mostWords, words.length - 1); count > 0; count--) {
    const form = bySpelling.get(words.slice(-count).join(' '));
    if (form !== undefined) return { core: words.slice(0, -count), form };
  }
  const [first, ...others] = words;
  const form = first !== undefined && leading.has(first) ? bySpelling.get(first) : undefined;
  return form === undefined || others.length === 0 ? { core: words, form: '' } : { core: others, form };
}
