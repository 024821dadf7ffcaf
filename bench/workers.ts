/**
 * One search by one thread and by two, in turn, and what two threads are worth on this machine at this time: how much sooner
 * two do a sum that shares nothing. Writes its section of bench/README.md, unless it is told how many runs.
 *
 * npm run bench:workers [-- RUNS]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import type { System } from '../src/kernel/system.ts';
import { modelSystem } from './model-system.ts';
import { withSection } from './report.ts';
import { median } from './timed.ts';

const names = ['compute-max-procs-natural-3x1', 'compute-max-procs-4x1', 'philosophers-13'] as const;
const runs = Number(process.argv[2] ?? 5);
const [loadBefore = 0] = loadavg();

/** Seconds until all states are found. The system is made beforehand; sending for another thread counts. */
async function search(system: System, workers: number): Promise<{ readonly seconds: number; readonly states: number }> {
  const began = performance.now();
  const breadthFirst = new BreadthFirst(system, { workers });
  // As in the command: the event loop runs between slices.
  while (!breadthFirst.advance(20_000)) await new Promise(setImmediate);
  if (!breadthFirst.complete) throw new Error('the search did not see all states');
  return { seconds: (performance.now() - began) / 1000, states: breadthFirst.progress.states };
}

const sum = `let x = 0; for (let i = 0; i < 4e8; i++) x = (x * 31 + i) | 0; require('node:worker_threads').parentPort.postMessage(x);`;

function adding(): Promise<unknown> {
  return new Promise((resolve, reject) => new Worker(sum, { eval: true }).once('message', resolve).once('error', reject));
}

/** How much sooner two threads do two sums than one does them. */
async function worthOfTwo(): Promise<number> {
  const began = performance.now();
  await adding();
  await adding();
  const between = performance.now();
  await Promise.all([adding(), adding()]);
  return (between - began) / (performance.now() - between);
}

const machine: number[] = [];
const measured = await Promise.all(names.map(async (name) => ({ name, system: await modelSystem(name), one: [0], two: [0], states: 0 })));
for (let run = 0; run < runs; run++) {
  machine.push(await worthOfTwo());
  for (const subject of measured) {
    console.error(`run ${run + 1} of ${runs}: ${subject.name}`);
    const one = await search(subject.system(), 1);
    const two = await search(subject.system(), 2);
    if (one.states !== two.states) throw new Error(`${subject.name}: one thread finds ${one.states} states, two ${two.states}`);
    subject.one[run] = one.seconds;
    subject.two[run] = two.seconds;
    subject.states = one.states;
  }
}

const { format } = new Intl.NumberFormat('en-US');
const section = [
  `Measured on ${new Date().toISOString().slice(0, 10)}, medians of ${runs}, interleaved, Node ${process.version.slice(1)}, ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores with a load of ${loadBefore.toFixed(0)} before and ${(loadavg()[0] ?? 0).toFixed(0)} after.`,
  '',
  '| model | states | one thread | two threads | one / two |',
  '| --- | ---: | ---: | ---: | ---: |',
  ...measured.map(
    ({ name, states, one, two }) =>
      `| ${name} | ${format(states)} | ${median(one).toFixed(2)} s | ${median(two).toFixed(2)} s | ${median(one.map((seconds, run) => seconds / two[run]!)).toFixed(2)} |`,
  ),
  `| two sums that share nothing | | | | ${median(machine).toFixed(2)} |`,
  '',
].join('\n');
console.log(section);
if (process.argv[2] === undefined) {
  const readme = fileURLToPath(new URL('../../bench/README.md', import.meta.url));
  const markers = { opening: '<!-- workers: written by npm run bench:workers -->', closing: '<!-- end of workers -->' };
  writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), section, markers));
}
process.exit(0);
