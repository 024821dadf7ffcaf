/**
 * The bundle that `npm run build` made of all modules (src/bundle.mjs, docs/decisions/0005-bundle.md): two scripts, so that one
 * thread has one copy of each module, compiled from the code caches that lie beside them, if this Node can use those. What a check
 * needs before esbuild is sent for is in the first; the second is read while esbuild works.
 */
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

/**
 * What a script exports.
 *
 * @typedef {object} Exports
 * @property {Record<string, () => unknown>} modules some of its modules by their paths below dist/src, and packages by name, evaluated when they are asked for
 * @property {() => Record<string, unknown>} [authoring] of the engine: what models are written with, of the package's entry
 * @property {() => Record<string, unknown>} [everything] of the engine: all of that entry
 */

const folder = join(__dirname, '../bundle');
const url = pathToFileURL(join(folder, 'start.cjs')).href;

/** One script of the bundle, read when it is first asked for. */
class Bundled {
  #cacheFile;
  /** @type {Script | undefined} */
  #script;
  /** @type {Exports | undefined} */
  #exports;

  /** @param {string} name */
  constructor(name) {
    this.filename = join(folder, `${name}.cjs`);
    this.#cacheFile = join(folder, `${name}.cache`);
  }

  get exports() {
    if (this.#exports !== undefined) return this.#exports;
    const module = {};
    // It is ASCII: so it takes half the memory, and need not be decoded.
    this.#script = new Script(readFileSync(this.filename, 'latin1'), {
      filename: this.filename,
      // One that another version of Node made is passed by.
      ...(existsSync(this.#cacheFile) && { cachedData: readFileSync(this.#cacheFile) }),
    });
    // It is a function of what a CommonJS module is given, and of what its modules take for their `import.meta`.
    this.#script.runInThisContext()(module, requireOwn, { url, load: (name) => import(name), now });
    return (this.#exports = module.exports);
  }

  /** Keeps what has been compiled of it so far. */
  writeCache() {
    if (this.#script !== undefined) writeFileSync(this.#cacheFile, this.#script.createCachedData());
  }
}

const scripts = { start: new Bundled('start'), engine: new Bundled('engine') };

/** A module by its path below dist/src, or a package: one that another script asks for, or that a thread begins with. */
function load(file) {
  const module = scripts.start.exports.modules[file] ?? scripts.engine.exports.modules[file];
  if (module === undefined) throw new Error(`the bundle has no ${file}: src/bundle.mjs left it out`);
  return module();
}

/** Node's modules that most commands never use, and that take some time to load. */
const seldom = new Set(['node:fs/promises', 'node:worker_threads', 'node:v8']);
/** Each module of the bundle asks for a `require` of its own; this one finds the same, and Node's module for that takes time to load. */
const requiring = { createRequire: () => require };
const prefix = 'bundle:';

/**
 * What a module of the bundle requires: fast-check as models get it, because its values would not shrink in another copy of it.
 *
 * @param {string} name
 * @returns {unknown}
 */
function requireOwn(name) {
  if (name.startsWith(prefix)) return load(name.slice(prefix.length));
  if (name === 'node:module') return requiring;
  if (seldom.has(name)) return new Proxy({}, { get: (_, member) => require(name)[member] });
  return require(name === 'fast-check' ? '../project/own-fast-check.js' : name);
}

/** Milliseconds since some time: what `performance.now` tells, which would have Node load all that measures performance. */
function now() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

module.exports = {
  load,
  engine: () => scripts.engine.exports,
  writeCaches: () => Object.values(scripts).forEach((script) => script.writeCache()),
};
