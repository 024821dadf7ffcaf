/**
 * The bundle that `npm run build` made of all modules (src/bundle.mjs, docs/decisions/0005-bundle.md): one script, so that one
 * thread has one copy of each module, compiled from the code cache that lies beside it, if this Node can use that.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** What the bundle exports. */
export interface Bundle {
  /** What a thread may begin with: the command, and the workers by the names of their modules. */
  readonly parts: { readonly program: () => Promise<{ main(): Promise<void> }> } & Readonly<Record<string, () => Promise<unknown>>>;
  /** What models are written with, of the package's entry. */
  readonly authoring: () => Readonly<Record<string, unknown>>;
  /** All of that entry. */
  readonly everything: () => Readonly<Record<string, unknown>>;
}

const url = new URL('../bundle/heddle.cjs', import.meta.url);
/** Where the code cache lies. */
export const cacheFile = fileURLToPath(new URL('../bundle/heddle.cache', import.meta.url));

const resolve = (name: string): string => import.meta.resolve(name);

let compiled: Script | undefined;
let bundle: Bundle | undefined;

/** The bundle's script. What has been run of it so far is in its next code cache. */
export function script(): Script {
  const filename = fileURLToPath(url);
  // It is ASCII: so it takes half the memory, and need not be decoded.
  return (compiled ??= new Script(readFileSync(filename, 'latin1'), {
    filename,
    // One that another version of Node made is passed by.
    ...(existsSync(cacheFile) && { cachedData: readFileSync(cacheFile) }),
  }));
}

/** The bundle of this thread. */
export function bundled(): Bundle {
  if (bundle !== undefined) return bundle;
  const require = createRequire(url);
  // Models get the same: fast-check's values would not shrink in another copy of it.
  const requireOwn = (name: string): unknown => require(name === 'fast-check' ? fileURLToPath(resolve(name)) : name);
  const module: { exports?: Bundle } = {};
  // It is a function of what a CommonJS module is given, and of what modules of the bundle take for their `import.meta`.
  const run = script().runInThisContext() as (module: object, require: object, meta: object) => void;
  run(module, requireOwn, { url: url.href, resolve, load: (name: string) => import(name) as Promise<unknown> });
  bundle = module.exports!;
  return bundle;
}
