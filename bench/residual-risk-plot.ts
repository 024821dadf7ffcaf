/**
 * Draws docs/residual-risk.svg: the true chance that one more schedule shows a new state, and what is said of it, on a
 * model where it is known by exhaustion. Deterministic: the same picture on every machine.
 *
 * npm run plot
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chanceOf } from '../src/risk/chance.ts';
import { drawn, pathsOf, threeByThree, type KnownRun } from '../src/risk/known-truth.ts';

const file = fileURLToPath(new URL('../../docs/residual-risk.svg', import.meta.url));
const schedules = [10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960];
const seeds = 200;

const system = threeByThree();
const paths = pathsOf(system, () => 1);
const lines: readonly { readonly name: string; readonly colour: string; readonly dash: string; readonly of: (run: KnownRun) => number }[] =
  [
    { name: 'the truth', colour: '#111', dash: '', of: ({ truth }) => truth },
    { name: 'leave one schedule out', colour: '#06c', dash: '', of: (run) => chanceOf(run).estimate },
    { name: 'at most, with 95% confidence', colour: '#06c', dash: '5 4', of: (run) => chanceOf(run).atMost },
    { name: 'Good–Turing over visits: wrong', colour: '#c30', dash: '', of: ({ overVisits }) => overVisits },
  ];
const points = schedules.map((count) => {
  const runs = Array.from({ length: seeds }, (_, seed) => drawn(system, paths, seed, count));
  return lines.map(({ of }) => runs.reduce((sum, run) => sum + of(run), 0) / seeds);
});

const [width, height, left, right, top, bottom] = [640, 380, 52, 16, 34, 44];
const [least, greatest] = [Math.log(schedules[0]!), Math.log(schedules.at(-1)!)];
const x = (count: number): string => (left + ((Math.log(count) - least) / (greatest - least)) * (width - left - right)).toFixed(1);
const y = (chance: number): string => (top + (1 - chance) * (height - top - bottom)).toFixed(1);

const grid = [0, 0.25, 0.5, 0.75, 1].map(
  (chance) =>
    `<path d="M${left} ${y(chance)}H${width - right}" stroke="#ddd"/><text x="${left - 8}" y="${Number(y(chance)) + 4}" text-anchor="end">${chance}</text>`,
);
const ticks = [10, 20, 40, 80, 160, 320, 640].map(
  (count) => `<text x="${x(count)}" y="${height - bottom + 18}" text-anchor="middle">${count}</text>`,
);
const curves = lines.map(({ colour, dash }, line) => {
  const d = schedules.map((count, index) => `${index === 0 ? 'M' : 'L'}${x(count)} ${y(points[index]![line]!)}`).join('');
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;
});
const legend = lines.map(({ name, colour, dash }, line) => {
  const [at, row] = [390, top + 18 + 18 * line];
  return `<path d="M${at} ${row - 4}h24" stroke="${colour}" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/><text x="${at + 30}" y="${row}">${name}</text>`;
});
writeFileSync(
  file,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#111">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="20">chance that one more schedule shows a new state (means of ${seeds} seeds; 3 threads of 3 steps)</text>`,
    ...grid,
    ...ticks,
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">schedules that were run (logarithmic)</text>`,
    ...curves,
    ...legend,
    '</svg>',
    '',
  ].join('\n'),
);
for (const [index, count] of schedules.entries()) console.log(count, points[index]!.map((value) => value.toFixed(3)).join(' '));
