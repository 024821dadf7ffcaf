import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as TraceMapping from '@jridgewell/trace-mapping';

/** A place in the author's source as the engine saw it: still in compiled coordinates until `locate`d. */
export interface Site {
  /** Absolute path of the file that ran. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** A place a person can open: a path relative to the working directory, and a 1-based line. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** By file, then place in it. */
const interned = new Map<string, Map<number, Site>>();
/** Where that is not asked. */
export const nowhere: Site = Object.freeze({ file: 'nowhere', line: 0, column: 0 });
let rerunning = false;

/** Runs a part of a body whose operations are made again only to be thrown away: then they need no place and no content. */
export function rerun(run: () => void): void {
  rerunning = true;
  try {
    run();
  } finally {
    rerunning = false;
  }
}

/** Whether what is being made is thrown away. */
export function isRerunning(): boolean {
  return rerunning;
}

/**
 * The place that called `callee`: an operation's call site in the author's body.
 * One `Site` object stands for one place, so sites compare by identity.
 */
export function captureSite(callee: (...parameters: never[]) => unknown): Site {
  if (rerunning) return nowhere;
  const limit = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, frames) => frames;
    Error.captureStackTrace(holder, callee);
    return siteOf((holder.stack as NodeJS.CallSite[])[0]);
  } finally {
    Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limit;
  }
}

/** Paths by the URLs that stack frames name: converting one costs more than the rest of capturing a site. */
const paths = new Map<string, string>();

function pathOf(name: string): string {
  if (!name.startsWith('file:')) return name;
  const path = paths.get(name) ?? fileURLToPath(name);
  paths.set(name, path);
  return path;
}

function siteOf(frame: NodeJS.CallSite | undefined): Site {
  return internSite(pathOf(frame?.getFileName() ?? 'unknown'), frame?.getLineNumber() ?? 0, frame?.getColumnNumber() ?? 0);
}

/** More than a line has, and few enough for a line and a column to be one number that is exact. */
const mostColumns = 2 ** 26;

function internSite(file: string, line: number, column: number): Site {
  let sites = interned.get(file);
  if (sites === undefined) interned.set(file, (sites = new Map()));
  const place = line * mostColumns + column;
  let site = sites.get(place);
  if (site === undefined) sites.set(place, (site = Object.freeze({ file, line, column })));
  return site;
}

/** A frame in a file. Node's own modules are in none (`node:internal/modules/…`), nor is what `eval` was given (`<anonymous>:1:1`). */
const framePattern = /^at (?!.*<anonymous>:)(?:.*? \(|(?:async )?)((?:file:\/\/)?\/.*):(\d+):(\d+)\)?$/;

/** The place where an error was thrown, read from its stack; undefined if the stack names no file. */
export function siteOfError(error: Error): Site | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const match = framePattern.exec(line.trim());
    if (match?.[1] === undefined) continue;
    return internSite(match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1], Number(match[2]), Number(match[3]));
  }
  return undefined;
}

// Loaded when the first place is shown.
const require = createRequire(import.meta.url);
const tracing = () => require('@jridgewell/trace-mapping') as typeof TraceMapping;

const maps = new Map<string, TraceMapping.TraceMap | undefined>();

/** The source map beside a compiled file, if it has one. */
function mapOf(file: string): TraceMapping.TraceMap | undefined {
  if (maps.has(file)) return maps.get(file);
  let map: TraceMapping.TraceMap | undefined;
  try {
    map = new (tracing().TraceMap)(readFileSync(`${file}.map`, 'utf8'));
  } catch {
    map = undefined;
  }
  maps.set(file, map);
  return map;
}

/** Follows the source map of a compiled file back to the TypeScript that the author wrote. */
export function locate(site: Site): Place {
  const map = mapOf(site.file);
  const original = map && tracing().originalPositionFor(map, { line: site.line, column: Math.max(0, site.column - 1) });
  if (original?.source == null) return { ...site, file: shown(site.file) };
  return { file: shown(resolve(dirname(site.file), original.source)), line: original.line, column: original.column + 1 };
}

function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || path === '' ? file : path;
}

/** `models/x/y.ts:12`, as an editor opens it. */
export function showPlace(site: Site): string {
  const place = locate(site);
  return `${place.file}:${place.line}`;
}
