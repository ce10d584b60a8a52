import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Check } from './check.ts';

/** Words that begin a statement, with what follows them in SQL but hardly ever in a sentence. */
const statement =
  /\b(select\s[\s\S]*\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|trigger|view)\s|pragma\s+\w+|begin\s+(immediate|exclusive)\b)/i;

/** Lines of the literals that hold SQL, counted from 1. */
function sqlLines(source: string): number[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      // A template's own text, with a name in place of each expression.
      const text = ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map((span) => `x${span.literal.text}`).join('')
        : node.text;
      if (statement.test(text)) lines.push(file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

/** SQL is written in bridge/store only, so that a store on another database can take its place. */
export const sqlCheck: Check = {
  name: 'sql in store only',
  async run(root) {
    const findings: string[] = [];
    for (const path of globSync('bridge/**/*.ts', { cwd: root }).sort()) {
      if (path.startsWith('bridge/store/')) continue;
      for (const line of sqlLines(readFileSync(join(root, path), 'utf8'))) {
        findings.push(`${path}:${line}: SQL outside bridge/store: add a function to the store and call it.`);
      }
    }
    return findings.join('\n');
  },
};
