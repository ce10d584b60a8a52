import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { root } from '../root.ts';
import { licenceTexts } from './licences.ts';
import { bundleName, distribution } from './paths.ts';
import { nodeGuard, requiredNode } from './required-node.ts';

/**
 * Makes one file of the bridge and what it uses, with the licences of all of that beside it. Only better-sqlite3 stays outside,
 * because it is no JavaScript.
 *
 * One file takes 20 MB less memory than some 700 modules, and half the time to start: Node keeps the text of each, and what
 * it compiled of it. It is not made smaller, so that people can read the lines that an error names.
 */
export async function bundleBridge(): Promise<void> {
  const begun = new Date();
  const result = await build({
    entryPoints: [join(root, 'bridge', 'cli.ts')],
    outfile: join(distribution, bundleName),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${requiredNode}`,
    // The same wherever it is made: tsconfig.json is for the checks.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [loadInTurn],
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);\n${nodeGuard}`,
    },
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  mkdirSync(distribution, { recursive: true });
  put('THIRD-PARTY-LICENSES.txt', licenceTexts(Object.keys(result.metafile.inputs)), begun);
  const [bundle] = result.outputFiles as [OutputFile];
  put(bundleName, escaped(bundle.text), begun);
}

/**
 * Has what stays outside loaded where it is used first. Imports come before all other code, wherever they stand: an older Node
 * would end at a name that it does not know in a part of its own, before it could be said which Node is needed.
 */
const loadInTurn: Plugin = {
  name: 'load-in-turn',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
      if (!isBuiltin(path) && path !== 'better-sqlite3') return undefined;
      return kind === 'import-statement' ? { path, namespace: 'outside' } : { path, external: true };
    });
    onLoad({ filter: /./, namespace: 'outside' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** Puts a file in its place at once: somebody may be about to start it. It is as old as what it was made of. */
function put(name: string, text: string, at: Date): void {
  const temporary = join(distribution, `.${name}.${process.pid}`);
  writeFileSync(temporary, text);
  utimesSync(temporary, at, at);
  renameSync(temporary, join(distribution, name));
}

/**
 * A single letter of another alphabet would make Node keep two bytes for each character of the file.
 *
 * @throws Error where that would change what the code means
 */
function escaped(text: string): string {
  const [behindBackslash] = /.{0,80}\\[^\0-\x7f].{0,80}/.exec(text) ?? [];
  if (behindBackslash !== undefined)
    throw new Error(`A backslash stands before a letter outside of ASCII, leave it out: ${behindBackslash}`);
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
