/** What every check waits for before it begins (decision 0005). */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

/** Packages that compiled modules import when they are loaded, the module itself and all below it. */
function packagesBelow(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';$/gm))
    if (from!.startsWith('.')) packagesBelow(join(dirname(file), from!), seen);
    else seen.add(from!);
  return seen;
}

test('a check begins without what only some checks need', (t) => {
  const loaded = packagesBelow(fileURLToPath(new URL('./check.js', import.meta.url)));
  t.true(loaded.has('picomatch'), 'the modules were read');
  for (const slow of ['fast-check', 'zod', 'esbuild', 'acorn', 'acorn-walk', 'string-width', 'write-file-atomic', 'ts-pattern'])
    t.false(loaded.has(slow), `${slow} is loaded by every check: import it where it is needed`);
});
