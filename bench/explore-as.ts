/**
 * One natural model explored in one way, by one thread, in this process: prints its figures as JSON. `minimisation.ts`
 * starts it afresh for every measurement.
 *
 * node dist/bench/explore-as.js 3x1 simplified raw
 */
import { verdictsOf, searchOf, type NaturalSize, type NaturalVariant, type Way } from './natural-models.ts';

/** Figures of one search. */
export interface ExploredAs {
  readonly states: number;
  readonly transitions: number;
  /** Whether every state was seen; if not, memory ran out, or all that was expected to break had broken. */
  readonly complete: boolean;
  /** Local states of each thread's automaton. */
  readonly local: readonly number[];
  /** Seconds until all states were seen, and from then until stuck threads were judged too. */
  readonly search: number;
  readonly stuck: number;
  readonly verdicts: Readonly<Record<string, string>>;
}

// `minimisation.ts` gives names of these lists.
const [size, variant, way] = process.argv.slice(2) as [NaturalSize, NaturalVariant, Way];
const began = performance.now();
const exhaustive = await searchOf(size, variant, way, 'when broken');
let searched: number | undefined;
while (!exhaustive.advance(100_000)) if (exhaustive.search.complete) searched ??= performance.now();
const ended = performance.now();
const { states, transitions } = exhaustive.search.result();
const explored: ExploredAs = {
  states,
  transitions,
  complete: exhaustive.search.complete,
  local: exhaustive.system.learners.map((learner) => learner.states.length),
  search: ((searched ?? ended) - began) / 1000,
  stuck: (ended - (searched ?? ended)) / 1000,
  verdicts: verdictsOf(exhaustive),
};
console.log(JSON.stringify(explored));
