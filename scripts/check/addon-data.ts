import { SaxesParser } from 'saxes';

/** A record's id in a data file, and where it stands. */
export interface RecordId {
  readonly id: string;
  readonly line: number;
}

export interface DataFile {
  readonly ids: readonly RecordId[];
  /** `<line>: <what is wrong>`. */
  readonly findings: readonly string[];
}

const withIds: ReadonlySet<string> = new Set(['record', 'template', 'menuitem', 'report', 'act_window']);
const outOfUse: ReadonlyMap<string, string> = new Map([
  ['openerp', '<odoo>'],
  ['tree', '<list>'],
  ['report', '<record model="ir.actions.report">'],
  ['act_window', '<record model="ir.actions.act_window">'],
]);

/** Reads an XML file of an addon: whether it is well formed, what is out of use in Odoo 19, and which ids it gives. */
export function readXml(source: string, addon: string): DataFile {
  const ids: RecordId[] = [];
  const findings: string[] = [];
  const path: string[] = [];
  let fields = new Set<string>();
  const parser = new SaxesParser();

  parser.on('error', (error) => findings.push(`${parser.line}: not well formed: ${error.message}`));
  parser.on('opentag', ({ name, attributes }) => {
    const { line } = parser;
    const replacement = outOfUse.get(name);
    if (replacement !== undefined) findings.push(`${line}: <${name}> is out of use, write ${replacement}`);
    if (name === 'record') fields = new Set();
    const { id, name: fieldName } = attributes;
    if (withIds.has(name) && id !== undefined) {
      if (id.startsWith(`${addon}.`)) findings.push(`${line}: leave "${addon}." out of the id "${id}"`);
      ids.push({ id, line });
    }
    if (name === 'field' && path.at(-1) === 'record' && fieldName !== undefined) {
      if (fields.has(fieldName)) findings.push(`${line}: the record has the field "${fieldName}" twice`);
      fields.add(fieldName);
    }
    path.push(name);
  });
  parser.on('closetag', () => path.pop());
  parser.write(source).close();
  return { ids, findings };
}

const accessColumns = 'id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink';

/** Reads `ir.model.access.csv`; the addon has no other data in this form. */
export function readAccess(source: string): DataFile {
  const [heading = '', ...rows] = source.trimEnd().split(/\r?\n/);
  const findings: string[] = [];
  const ids: RecordId[] = [];
  if (heading.replaceAll('"', '') !== accessColumns) findings.push(`1: the columns must be ${accessColumns}`);
  rows.forEach((row, index) => {
    const line = index + 2;
    const [id = '', , model = '', group = '', ...rights] = row.split(',');
    ids.push({ id, line });
    if (model === '') findings.push(`${line}: "${id}" names no model`);
    if (group === '') findings.push(`${line}: "${id}" names no group, and so gives the rights to everybody`);
    if (rights.length !== 4 || rights.some((right) => right !== '0' && right !== '1')) {
      findings.push(`${line}: "${id}" must end with four rights, each 0 or 1`);
    }
  });
  return { ids, findings };
}
