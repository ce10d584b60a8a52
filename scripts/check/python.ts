import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Diagnostic, PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { parse } from 'smol-toml';
import type { Check } from './check.ts';

interface RuffOptions {
  lint?: { ignore?: string[]; 'per-file-ignores'?: Record<string, string[]> };
}

export interface PythonLint {
  /** What Ruff says about a file, one finding per line of text. `path` decides which exceptions hold. */
  lint(path: string, source: string): string[];
  /**
   * The same program in Ruff's form.
   * @throws when the source is no valid Python.
   */
  format(path: string, source: string): string;
}

/** Ruff with the options of .ruff.toml. It runs in this process: nothing to install, no Python needed. */
export function createPythonLint(configuration: string): PythonLint {
  const options = parse(configuration) as RuffOptions;
  const exceptions = options.lint?.['per-file-ignores'] ?? {};
  const workspaces = new Map<string, Workspace>();

  /** Ruff sees no file names here, so each kind of file that has exceptions of its own has its own options. */
  function workspaceFor(path: string): Workspace {
    const kind = basename(path) in exceptions ? basename(path) : '';
    const known = workspaces.get(kind);
    if (known !== undefined) return known;
    const ignore = [...(options.lint?.ignore ?? []), ...(exceptions[kind] ?? [])];
    const workspace = new Workspace(
      { ...options, lint: { ...options.lint, ignore } },
      PositionEncoding.Utf32,
    );
    workspaces.set(kind, workspace);
    return workspace;
  }

  return {
    lint(path, source) {
      const workspace = workspaceFor(path);
      const diagnostics = workspace.check(source) as Diagnostic[];
      const findings = diagnostics.map(
        ({ start_location: { row, column }, code, message }) =>
          `${path}:${row}:${column}: ${code} ${message}`,
      );
      // What cannot be parsed cannot be formatted either.
      if (diagnostics.some(({ code }) => code === 'invalid-syntax')) return findings;
      const line = firstDifference(source, workspace.format(source));
      if (line !== undefined) findings.push(`${path}:${line}: not formatted as "ruff format" would`);
      return findings;
    },
    format: (path, source) => workspaceFor(path).format(source),
  };
}

/** Number of the first line that differs, from 1; `undefined` when none does. */
function firstDifference(before: string, after: string): number | undefined {
  if (before === after) return undefined;
  const [left, right] = [before.split('\n'), after.split('\n')];
  return left.findIndex((line, index) => line !== right[index]) + 1 || left.length;
}

/** Ruff with the repository's own options. */
const pythonLintOf = (root: string): PythonLint =>
  createPythonLint(readFileSync(join(root, '.ruff.toml'), 'utf8'));

const pythonFiles = (root: string): string[] => globSync('odoo_addon/**/*.py', { cwd: root }).sort();

export const pythonCheck: Check = {
  name: 'python (ruff)',
  async run(root) {
    const { lint } = pythonLintOf(root);
    const findings: string[] = [];
    for (const path of pythonFiles(root)) {
      findings.push(...lint(path, readFileSync(join(root, path), 'utf8')));
    }
    return findings.join('\n');
  },
};

/** Brings the addon's Python into Ruff's form; gives the paths of the files that it changed. */
export function formatPython(root: string): string[] {
  const { format } = pythonLintOf(root);
  const changed: string[] = [];
  for (const path of pythonFiles(root)) {
    const source = readFileSync(join(root, path), 'utf8');
    const formatted = format(path, source);
    if (formatted === source) continue;
    writeFileSync(join(root, path), formatted);
    changed.push(path);
  }
  return changed;
}
