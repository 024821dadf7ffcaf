/**
 * The bundle that `npm run build` made of all modules (src/bundle.mjs, docs/decisions/0005-bundle.md): one script, so that one
 * thread has one copy of each module, compiled from the code cache that lies beside it, if this Node can use that.
 */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

/**
 * What the bundle exports.
 *
 * @typedef {object} Bundle
 * @property {Record<string, () => Promise<unknown>>} parts what a thread may begin with: the command, and the workers by the names of
 *   their modules
 * @property {() => Record<string, unknown>} authoring what models are written with, of the package's entry
 * @property {() => Record<string, unknown>} everything all of that entry
 */

const filename = join(__dirname, '../bundle/heddle.cjs');
/** Where the code cache lies. */
const cacheFile = join(__dirname, '../bundle/heddle.cache');

/** @type {Script | undefined} */
let compiled;
/** @type {Bundle | undefined} */
let bundle;

/** The bundle's script. What has been run of it so far is in its next code cache. */
function script() {
  // It is ASCII: so it takes half the memory, and need not be decoded.
  return (compiled ??= new Script(readFileSync(filename, 'latin1'), {
    filename,
    // One that another version of Node made is passed by.
    ...(existsSync(cacheFile) && { cachedData: readFileSync(cacheFile) }),
  }));
}

/** Node's modules that most commands never use, and that take some time to load. */
const seldom = new Set(['node:fs/promises', 'node:worker_threads', 'node:v8']);
/** Each module of the bundle asks for a `require` of its own; this one finds the same, and Node's module for that takes time to load. */
const requiring = { createRequire: () => require };

/**
 * What a module of the bundle requires: fast-check as models get it, because its values would not shrink in another copy of it.
 *
 * @param {string} name
 * @returns {unknown}
 */
function requireOwn(name) {
  if (name === 'node:module') return requiring;
  if (seldom.has(name)) return new Proxy({}, { get: (_, member) => require(name)[member] });
  return require(name === 'fast-check' ? '../project/own-fast-check.js' : name);
}

/** Milliseconds since some time: what `performance.now` tells, which would have Node load all that measures performance. */
function now() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** The bundle of this thread. */
function bundled() {
  if (bundle !== undefined) return bundle;
  const module = {};
  // It is a function of what a CommonJS module is given, and of what modules of the bundle take for their `import.meta`.
  const run = script().runInThisContext();
  run(module, requireOwn, { url: pathToFileURL(filename).href, load: (name) => import(name), now });
  bundle = module.exports;
  return bundle;
}

module.exports = { bundled, cacheFile, script };
