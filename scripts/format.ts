/** `npm run format`: brings TypeScript, JSON and the addon's Python into the form that `npm run check` asks for. */
import { formatPython } from './check/python.ts';
import { toolCheck } from './check/tool.ts';
import { root } from './root.ts';

const left = await toolCheck('biome', '@biomejs/biome', 'biome', 'check', '--write', '.').run(root);
for (const path of formatPython(root)) console.log(`Formatted ${path}`);
if (left !== '') {
  console.log(left);
  process.exitCode = 1;
}
