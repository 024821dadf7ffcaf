import type { System } from '../kernel/system.ts';
import { RoundStarts } from '../schedule/round-starts.ts';

/** PCT's bound: any bug of at most this depth that can be reached within these steps was missed with at most this probability. */
export interface MissedBug {
  /** d: how many orderings of steps the bug needs. */
  readonly depth: number;
  /** n: threads, and beyond them rounds of daemons, at most. */
  readonly threads: number;
  /** k: steps among which priorities changed; a bug that needs more is not spoken of. */
  readonly steps: number;
  readonly atMost: number;
}

/** The bound of Burckhardt et al. 2010 for independent schedules: (1 − 1/(n k^(d−1)))^schedules. */
export function missedBug(threads: number, steps: number, depth: number, schedules: number): MissedBug {
  return { depth, threads, steps, atMost: Math.exp(schedules * Math.log1p(-foundAtLeast(threads, steps, depth))) };
}

/** How likely a schedule of PCT is, at least, to show a bug of this depth. */
export function foundAtLeast(threads: number, steps: number, depth: number): number {
  return 1 / (threads * steps ** (depth - 1));
}

/**
 * How many threads PCT's theorem must count in the first `steps` steps. A round of a daemon is one, because it draws a
 * priority of its own: at most one for as many steps as the shortest round of all daemons takes.
 */
export function pctThreads(system: System, steps: number): number {
  const { threads } = system.scenario;
  const roundStarts = new RoundStarts(system);
  let shortest = Infinity;
  let later = 0;
  system.learners.forEach(({ states, initial }, thread) => {
    if (!threads[thread]!.daemon) return;
    const starts = states.flatMap((_, node) => (roundStarts.includes(thread, node) ? [node] : []));
    if (starts.length === 0 && system.closed) return;
    // A daemon that prepares itself first draws once more when its first round begins.
    if (!starts.includes(initial)) later++;
    shortest = Math.min(shortest, system.closed ? shortestRound(states, new Set(starts)) : 1);
  });
  return threads.length + later + Math.floor(steps / shortest);
}

/** The fewest steps from the start of a round to the start of one. */
function shortestRound(states: readonly { readonly successors: Int32Array }[], starts: ReadonlySet<number>): number {
  let reached = new Set(starts);
  for (let steps = 1; steps <= states.length; steps++) {
    const next = new Set<number>();
    for (const node of reached) for (const successor of states[node]!.successors) next.add(successor);
    for (const node of next) if (starts.has(node)) return steps;
    reached = next;
  }
  return Infinity;
}
