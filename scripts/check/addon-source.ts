/** A rule of pylint-odoo that Ruff has no counterpart for, as a pattern over the text of a file. */
interface SourceRule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly message: string;
}

const text = String.raw`[frbu]?"(?:[^"\\]|\\.)*"`;
const translate = String.raw`\b(?:env\._|_|_lt)\(\s*`;

const rules: readonly SourceRule[] = [
  {
    name: 'translation-required',
    pattern: new RegExp(
      String.raw`\braise (?:UserError|ValidationError|AccessError|RedirectWarning)\(\s*${text}`,
      'g',
    ),
    message: 'people read this message: translate it with self.env._(…)',
  },
  {
    name: 'translation-contains-variable',
    pattern: new RegExp(String.raw`${translate}(?:f"|(?:${text}\s*)+(?:%|\.format\())`, 'g'),
    message: 'translate the constant text and pass the values as arguments: _("… %(name)s", name=name)',
  },
  {
    name: 'translation-positional-used',
    pattern: new RegExp(String.raw`${translate}"(?=(?:[^"\\%]|\\.|%%)*%[sd](?:[^"\\]|\\.)*%[sd])`, 'g'),
    message: 'several values need names, so that translators can change their order: %(name)s',
  },
  {
    name: 'prefer-env-translation',
    pattern: /^from odoo import .*\b_\b/gm,
    message: 'use self.env._, which knows the user’s language',
  },
  {
    name: 'invalid-commit',
    pattern: /\b(?:cr|_cr)\.commit\(\)(?!.*# pylint: disable=invalid-commit)/g,
    message:
      'a commit takes the caller’s transaction apart; where it is meant, say so: # pylint: disable=invalid-commit',
  },
  {
    name: 'context-overridden',
    pattern: /\.with_context\(\s*\{/g,
    message: 'a dictionary replaces the whole context: pass key=value',
  },
  {
    name: 'odoo-addons-relative-import',
    pattern: /^\s*(?:from|import) odoo\.addons\.services_bridge\b/gm,
    message: 'import files of this addon by a relative path',
  },
  {
    name: 'test-folder-imported',
    pattern: /^from \. import .*\btests\b/gm,
    message: 'Odoo imports the tests itself, when they are run',
  },
  {
    name: 'deprecated-odoo-model-method',
    pattern: /\bself\.(?:_cr|_uid|_context)\b/g,
    message: 'use self.env.cr, self.env.uid or self.env.context',
  },
];

const modelMethods = /^( +)def (create|write|_write|_write_multi|unlink|copy|read|default_get)\(/;
const testMethods = /^( +)def (setUp|setUpClass|tearDown|tearDownClass)\(/;
const labelled =
  /^ +(\w+) = fields\.(?!Many2one|One2many|Many2many|Selection|Reference)\w+\(\s*(?:string=)?"([^"]*)"/gm;

const lineOf = (source: string, offset: number): number => source.slice(0, offset).split('\n').length;

/** Findings in one Python file of the addon, as `<line>: <what>`. */
export function sourceFindings(path: string, source: string): string[] {
  const findings: string[] = [];
  for (const { name, pattern, message } of rules) {
    for (const match of source.matchAll(pattern))
      findings.push(`${lineOf(source, match.index)}: ${name}: ${message}`);
  }
  for (const match of source.matchAll(labelled)) {
    const [, field = '', label = ''] = match;
    if (label.toLowerCase() === field.replaceAll('_', ' ')) {
      findings.push(
        `${lineOf(source, match.index)}: attribute-string-redundant: "${label}" is what Odoo writes anyway`,
      );
    }
  }
  return [...findings, ...withoutSuper(source, path.includes('/tests/') ? testMethods : modelMethods)];
}

/** Overridden methods of Odoo that never call the original. */
function withoutSuper(source: string, overridden: RegExp): string[] {
  const lines = source.split('\n');
  return lines.flatMap((line, index) => {
    const [, indent = '', name = ''] = overridden.exec(line) ?? [];
    if (name === '') return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex(
      (other) => other.trim() !== '' && !other.startsWith(`${indent} `) && !other.startsWith(`${indent})`),
    );
    const body = rest.slice(0, end === -1 ? undefined : end).join('\n');
    return body.includes('super()')
      ? []
      : [`${index + 1}: method-required-super: ${name} never calls super()`];
  });
}
