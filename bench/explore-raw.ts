/**
 * The exhaustive search alone, on raw automata, in this process: prints its figures as JSON. As SPIN's verifier has been
 * compiled before its search is timed, this one is too: its tables are made, and searches that are not counted have the
 * WebAssembly compiled and optimised, which the engine does bit by bit while code runs. All that is part of the cold start.
 *
 * node dist/bench/explore-raw.js philosophers-12
 */
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import { modelSystem } from './model-system.ts';

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
const prepared = (): BreadthFirst => new BreadthFirst(system());
const compiled = performance.now() + 1000;
do {
  const first = prepared();
  while (!first.advance(100_000));
} while (performance.now() < compiled);

const search = prepared();
// What the engine still compiles of the preparation, on threads of its own, is no part of the search.
await new Promise((resolve) => setTimeout(resolve, 500));
const usage = process.cpuUsage();
const began = performance.now();
while (!search.advance(100_000));
const wall = (performance.now() - began) / 1000;
const { user, system: kernel } = process.cpuUsage(usage);
const { states, transitions, verdicts } = search.result();
// What needs the whole graph is judged afterwards, and by no other checker here: it is part of the cold start only.
if (!search.complete || verdicts.some(({ kind }) => kind === 'violated')) throw new Error(`${name} does not hold`);
const explored: Explored = { states, transitions, cpu: (user + kernel) / 1e6, wall, bytes: search.states.bytes };
console.log(JSON.stringify(explored));
