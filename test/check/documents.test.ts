import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliveryTransitions } from '../../bridge/store/delivery-state.ts';
import { repository } from './planted.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const architecture = read('docs/architecture.md');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: repository }),
];

describe('what the documents say is so', () => {
  test.each(documents)('%s links to what is there', (document) => {
    const links = [...read(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
    const broken = links.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(repository, dirname(document), target)),
    );
    expect(broken).toEqual([]);
  });

  test.each(documents)('%s names commands that package.json has', (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/`npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('the state machine that is drawn is the one that is checked', () => {
    const drawn = [...architecture.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`);
    const checked = Object.entries(deliveryTransitions).flatMap(([from, states]) =>
      states.map((to) => `${from} ${to}`),
    );
    expect(drawn.sort()).toEqual(checked.sort());
  });

  test('every folder of the bridge has its promise', () => {
    const folders = readdirSync(join(repository, 'bridge'), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && readdirSync(join(repository, 'bridge', entry.name)).length > 0,
      )
      .map((entry) => `bridge/${entry.name}/`);
    const promised = [...architecture.matchAll(/^\| `(bridge\/\w+\/)`/gm)].map(([, folder]) => folder);
    expect(promised.sort()).toEqual(folders.sort());
  });

  test('every kind of error has its line', () => {
    const described = [...architecture.matchAll(/^\| `(\w+)` \| .*\|.*\|.*\|$/gm)].map(([, kind]) => kind);
    const kinds = [...read('bridge/systems/error.ts').matchAll(/^ {2}\| '(\w+)'/gm)].map(([, kind]) => kind);
    expect(described.sort()).toEqual(kinds.sort());
  });

  test('the list of decisions is complete', () => {
    const listed = [...read('docs/adr/README.md').matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(
      ([, file]) => file,
    );
    const written = readdirSync(join(repository, 'docs/adr')).filter((name) => /^\d{4}-/.test(name));
    expect(listed).toEqual(written.sort());
  });
});
