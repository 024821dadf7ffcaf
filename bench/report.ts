import type { Measured, Results } from './results.ts';
import { families, type Family } from './subjects.ts';

/** Fewer states than this say nothing about rates and bytes: tables have a smallest size. */
export const smallestForBytes = 30_000;

/** What stands around a section of bench/README.md that a command writes. */
export interface Markers {
  readonly opening: string;
  readonly closing: string;
}

const comparisonMarkers: Markers = {
  opening: '<!-- comparison: written by npm run bench -->',
  closing: '<!-- end of comparison -->',
};

/** The text with what stands between the markers replaced. Throws if the markers are not there. */
export function withSection(text: string, section: string, { opening, closing }: Markers = comparisonMarkers): string {
  const from = text.indexOf(opening);
  const to = text.indexOf(closing);
  if (from < 0 || to < from) throw new Error(`bench/README.md has lost its markers ${opening} and ${closing}`);
  return `${text.slice(0, from)}${opening}\n\n${section}\n${text.slice(to)}`;
}

/** What was measured, as Markdown. */
export function comparison(results: Results): string {
  const { subjects, runs, date, machine, tlcMissing } = results;
  return [
    `Measured on ${date}, medians of ${runs}, interleaved.`,
    ...Object.entries(machine).map(([what, which]) => `- ${what}: ${which}`),
    ...(tlcMissing === undefined ? [] : [`- TLC was not measured: ${tlcMissing}`]),
    '',
    '### From a cold start to the verdict',
    '',
    'Wall-clock time, everything on. SPIN: `spin -a`, `gcc` and `pan`, at the fastest of `-O0`, `-O1`, `-O2`, depth-first or breadth-first.',
    '',
    table(
      ['model', 'raw states', 'Heddle', 'visits', 'SPIN', 'visits', 'fastest with', 'TLC', 'SPIN / Heddle', 'TLC / Heddle'],
      subjects.map(({ name, states, heddle, spin, tlc }) => [
        name,
        count(states),
        seconds(heddle.cold.wall),
        count(heddle.cold.states),
        seconds(spin?.cold.wall),
        spin === undefined ? '–' : count(spin.cold.states),
        spin === undefined ? '–' : short(spin.cold.flags),
        seconds(tlc?.cold.wall),
        ratio(spin?.cold.wall, heddle.cold.wall),
        ratio(tlc?.cold.wall, heddle.cold.wall),
      ]),
    ),
    '',
    '### The search alone',
    '',
    'Million states a second of processor time on one core, on raw automata, without reduction; SPIN with the better of depth-first and breadth-first. Bytes a state: visited states with their table, without the stack.',
    '',
    table(
      [
        'model',
        'states',
        'transitions',
        'Heddle M/s',
        'SPIN M/s',
        'SPIN with',
        'Heddle / SPIN',
        'Heddle B',
        'SPIN B',
        'SPIN B / Heddle B',
        'TLC heap MB',
      ],
      subjects
        .filter(({ states }) => states >= smallestForBytes)
        .map(({ name, states, transitions, heddle, spin, tlc }) => [
          name,
          count(states),
          count(transitions),
          millions(heddle.raw.rate),
          millions(spin?.raw.rate),
          spin === undefined ? '–' : short(spin.raw.flags),
          ratio(heddle.raw.rate, spin?.raw.rate),
          heddle.raw.bytes.toFixed(0),
          spin === undefined ? '–' : spin.raw.bytes.toFixed(0),
          ratio(spin?.raw.bytes, heddle.raw.bytes),
          tlc === undefined ? '–' : String(tlc.heap),
        ]),
    ),
    '',
    '### How the cost grows with the number of threads',
    '',
    'By how much one more thread multiplies the states, and the time from a cold start.',
    '',
    table(['model', 'threads', 'states ×', 'Heddle ×', 'SPIN ×', 'TLC ×'], growth(subjects)),
    '',
    '![Time from a cold start, by states and by threads](chart.svg)',
    '',
    ...flags(subjects),
  ].join('\n');
}

/** Rows for neighbours that differ by one thread and nothing else. */
function growth(subjects: readonly Measured[]): readonly (readonly string[])[] {
  return subjects.flatMap((more) => {
    const fewer = subjects.find((other) => workload(other) === workload(more) && other.threads === more.threads - 1);
    if (fewer === undefined) return [];
    return [
      [
        families[more.family as Family].title.split(',')[0]!,
        `${fewer.threads} → ${more.threads}`,
        ratio(more.states, fewer.states),
        ratio(more.heddle.cold.wall, fewer.heddle.cold.wall),
        ratio(more.spin?.cold.wall, fewer.spin?.cold.wall),
        ratio(more.tlc?.cold.wall, fewer.tlc?.cold.wall),
      ],
    ];
  });
}

/** What stays the same when only the number of threads changes. */
function workload({ name, family }: Measured): string {
  return `${family} ${/x(\d+)$/.exec(name)?.[1] ?? ''}`;
}

function flags(subjects: readonly Measured[]): readonly string[] {
  if (subjects.every(({ spin }) => spin === undefined)) return [];
  return [
    '<details><summary>Flags</summary>',
    '',
    table(
      ['model', 'from a cold start', 'the search alone'],
      subjects.flatMap(({ name, spin }) => (spin === undefined ? [] : [[name, `\`${spin.cold.flags}\``, `\`${spin.raw.flags}\``]])),
    ),
    '',
    '</details>',
    '',
  ];
}

function short(flags: string): string {
  return `${flags.includes('-DBFS') ? 'BFS' : 'DFS'} ${/-O\d/.exec(flags)?.[0] ?? ''}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(heads), row(heads.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function millions(value: number | undefined): string {
  return value === undefined ? '–' : (value / 1e6).toFixed(2);
}

function ratio(part: number | undefined, whole: number | undefined): string {
  return part === undefined || whole === undefined ? '–' : (part / whole).toFixed(part / whole < 10 ? 2 : 1);
}
