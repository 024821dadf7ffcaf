/** What every check waits for before it begins (decision 0005). */
import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

/** Compiled modules that are loaded with one, and the packages that they import. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';$/gm))
    if (from!.startsWith('.')) loadedWith(join(dirname(file), from!), seen);
    else seen.add(from!);
  return seen;
}

const check = fileURLToPath(new URL('./check.js', import.meta.url));

test('a check begins without what only some checks need', (t) => {
  const loaded = loadedWith(join(dirname(check), 'run-check.js'), new Set(loadedWith(check)));
  t.true(loaded.has('commander') && loaded.has('picocolors'), 'the modules were read');
  for (const slow of [
    'fast-check',
    'zod',
    'esbuild',
    'acorn',
    'acorn-walk',
    'string-width',
    'write-file-atomic',
    'ts-pattern',
    'picomatch',
  ])
    t.false(loaded.has(slow), `${slow} is loaded by every check: import it where it is needed`);
});

test('esbuild is sent for before the engine is read', (t) => {
  const folders = new Set([...loadedWith(check)].filter(isAbsolute).map((file) => basename(dirname(file))));
  t.true(folders.has('project'), 'the modules were read');
  for (const engine of ['automaton', 'kernel', 'loop', 'check', 'symmetry'])
    t.false(folders.has(engine), `something of ${engine} is read before esbuild is sent for: import it later (src/bundle.mjs)`);
});
