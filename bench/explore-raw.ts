/**
 * The exhaustive search alone, on raw automata, in this process: prints its figures as JSON. As SPIN's verifier has been
 * compiled before its search is timed, this one is too: its tables are made, and searches that are not counted have the
 * WebAssembly compiled and optimised, which the engine does bit by bit while code runs. All that is part of the cold start.
 * Then searches are timed for another second, at least one; their median is told.
 *
 * node dist/bench/explore-raw.js philosophers-12
 */
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import { modelSystem } from './model-system.ts';
import { median } from './timed.ts';

/** Figures of one search. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** Seconds of processor time of all threads of the process, while it searched. */
  readonly cpu: number;
  readonly wall: number;
  /** Of the visited states and their table, as allocated. */
  readonly bytes: number;
}

const name = process.argv[2] ?? '';
const system = await modelSystem(name);

/** Seconds of processor time of all threads of the process, and of the clock, that a search takes whose tables are made. */
function timed(): { readonly search: BreadthFirst; readonly cpu: number; readonly wall: number } {
  const search = new BreadthFirst(system());
  const usage = process.cpuUsage();
  const began = performance.now();
  while (!search.advance(100_000));
  const wall = (performance.now() - began) / 1000;
  const { user, system: kernel } = process.cpuUsage(usage);
  return { search, cpu: (user + kernel) / 1e6, wall };
}

const compiled = performance.now() + 1000;
do timed();
while (performance.now() < compiled);
// What the engine still compiles, on threads of its own, is no part of the search.
await new Promise((resolve) => setTimeout(resolve, 500));

const end = performance.now() + 1000;
const times: { readonly cpu: number; readonly wall: number }[] = [];
let last: BreadthFirst;
do {
  const { search, ...time } = timed();
  times.push(time);
  last = search;
} while (performance.now() < end);

const { states, transitions, verdicts } = last.result();
// What needs the whole graph is judged afterwards, and by no other checker here: it is part of the cold start only.
if (!last.complete || verdicts.some(({ kind }) => kind === 'violated')) throw new Error(`${name} does not hold`);
const explored: Explored = {
  states,
  transitions,
  cpu: median(times.map(({ cpu }) => cpu)),
  wall: median(times.map(({ wall }) => wall)),
  bytes: last.states.bytes,
};
console.log(JSON.stringify(explored));
