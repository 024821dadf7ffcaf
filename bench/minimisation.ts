/**
 * What minimisation and reduction leave out of models that are written naturally, and that they change no verdict.
 * With --big also the largest model raw, as far as 4 GiB go, and without reduction (minutes); writes its section of
 * bench/README.md.
 *
 * npm run bench:minimisation [-- --big]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExploredAs } from './explore-as.ts';
import { nameOf, naturalSizes, naturalVariants, ways, type NaturalSize, type NaturalVariant, type Way } from './natural-models.ts';
import { withSection } from './report.ts';
import { median, timed } from './timed.ts';

const big = process.argv.includes('--big');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
const largest: NaturalSize = '3x2';

/** One model, explored each way; ways that were left out are undefined. */
interface Row {
  readonly size: NaturalSize;
  readonly by: Readonly<Record<Way, ExploredAs | undefined>>;
  /** Seconds that `heddle check` takes with everything on, from its start to the verdict. */
  readonly cold: number;
}

function exploredAs(size: NaturalSize, variant: NaturalVariant, way: Way): ExploredAs {
  console.error(`${nameOf(size)}/${variant}, ${way}`);
  // explore-as.ts prints one ExploredAs.
  return JSON.parse(timed(`node '${repository}/dist/bench/explore-as.js' ${size} ${variant} ${way}`, folder).output) as ExploredAs;
}

function coldStart(size: NaturalSize): number {
  console.error(`${nameOf(size)}, from a cold start`);
  const { wall, output } = timed(`cd '${repository}' && node dist/src/command/main.cjs ${coldCommand(size)}`, folder);
  if (!/^All \d+ results are as expected\.$/m.test(output)) throw new Error(`heddle did not find that the model holds:\n${output}`);
  return wall;
}

function coldCommand(size: NaturalSize): string {
  return `check ${nameOf(size)}/${naturalVariants[0]} --root bench`;
}

/**
 * Throws if one way of exploring came to another verdict than the next, or to one that the text below does not tell. A search
 * that ran out of memory has none, but may not have found anything broken.
 */
function compare(size: NaturalSize, variant: NaturalVariant, found: readonly ExploredAs[]): void {
  const unexpected = found.find(({ verdicts }) => {
    const all = Object.values(verdicts);
    return variant === naturalVariants[0]
      ? all.some((verdict) => verdict !== 'holds' && verdict !== 'incomplete')
      : all.filter((verdict) => verdict.startsWith('violated')).length !== 1;
  });
  const judged = found.filter(({ verdicts }) => !Object.values(verdicts).includes('incomplete'));
  const told = new Set([...judged, ...(unexpected === undefined ? [] : [unexpected])].map(({ verdicts }) => JSON.stringify(verdicts)));
  if (unexpected !== undefined || told.size > 1) throw new Error(`${nameOf(size)}/${variant}:\n${[...told].join('\n')}`);
}

function measure(size: NaturalSize): Row {
  const [holding, ...weakened] = naturalVariants;
  for (const variant of weakened)
    compare(
      size,
      variant,
      ways.map((way) => exploredAs(size, variant, way)),
    );
  const once = (way: Way): ExploredAs | undefined =>
    big || way === 'reduced' || size !== largest ? exploredAs(size, holding, way) : undefined;
  const by = { raw: once('raw'), minimised: once('minimised'), reduced: once('reduced') };
  compare(
    size,
    holding,
    Object.values(by).filter((explored) => explored !== undefined),
  );
  return { size, by, cold: median(Array.from({ length: 3 }, () => coldStart(size))) };
}

function count({ states, complete }: ExploredAs): string {
  return `${complete ? '' : '> '}${states.toLocaleString('en-US')}`;
}

function ratio(raw: ExploredAs | undefined, rest: ExploredAs | undefined): string {
  if (raw === undefined || rest === undefined) return '–';
  return `${raw.complete ? '' : '> '}${(raw.states / rest.states).toFixed(1)} ×`;
}

function cells({ size, by, cold }: Row): readonly string[] {
  return [
    size.replace('x', ' × '),
    ...ways.flatMap((way) => {
      const explored = by[way];
      return explored === undefined ? ['–', '–'] : [count(explored), `${explored.search.toFixed(1)} s`];
    }),
    ratio(by.raw, by.minimised),
    ratio(by.raw, by.reduced),
    `${cold.toFixed(1)} s`,
  ];
}

function row(all: readonly string[]): string {
  return `| ${all.join(' | ')} |`;
}

function section(rows: readonly Row[], loadBefore: number): string {
  const heads = [
    'callers × calls',
    'raw states',
    'in',
    'minimised',
    'in',
    'reduced too',
    'in',
    'raw / minimised',
    'raw / reduced',
    'cold start',
  ];
  const { by } = rows.at(-1)!;
  const local = (way: Way): string => by[way]?.local.join(', ') ?? '–';
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores with a load of ${loadBefore.toFixed(0)} before and ${loadavg()[0]!.toFixed(0)} after.`,
    '',
    row(heads),
    row(heads.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((one) => row(cells(one))),
    '',
    `The first three pairs are states and the seconds in which one thread finds them all; a number with \`>\` is that of the states stored when 4 GiB were full. The cold start is \`npx heddle ${coldCommand(largest)}\` and its like, with everything on, until it has judged all guarantees, stuck threads among them: the median of three. The callers are not alike (each asks for other values), so there is no symmetry.`,
    '',
    `In ${largest.replace('x', ' × ')} the threads have ${local('raw')} local states raw and ${local('minimised')} minimised. Judging stuck threads there takes another ${by.reduced?.stuck.toFixed(1) ?? '–'} s.`,
    '',
    `All ways came to the same verdicts: the simplified protocol holds all guarantees, and each variant breaks its own by a shortest run of the same length.${unfinished(rows)}`,
    '',
  ].join('\n');
}

/** What the sentence on verdicts leaves out. */
function unfinished(rows: readonly Row[]): string {
  const all = rows.flatMap(({ size, by }) =>
    ways.flatMap((way) => (by[way]?.complete === false ? [`${size.replace('x', ' × ')} ${way}`] : [])),
  );
  return all.length === 0
    ? ''
    : ` But for ${all.join(' and ')} of the simplified protocol: none of the states stored breaks anything, and that is all.`;
}

try {
  const [load = 0] = loadavg();
  const text = section(naturalSizes.map(measure), load);
  console.log(text);
  if (big) {
    const readme = `${repository}bench/README.md`;
    const markers = {
      opening: '<!-- minimisation: written by npm run bench:minimisation -- --big -->',
      closing: '<!-- end of minimisation -->',
    };
    writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), text, markers));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
