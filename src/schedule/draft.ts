import type { LocalState } from '../automaton/local-state.ts';
import { stops } from '../kernel/kernel.ts';
import { identityOf } from '../model/plain-data.ts';
import type { Runner } from './runner.ts';

/** One step of a run as edits move it about; edits name moves by identity. */
export interface Move {
  readonly thread: number;
  readonly pick: number;
  /** How many ways its operation could go: above 1, `pick` decided something. */
  readonly ways: number;
  /** Where in the model the thread stood, whatever its values were. */
  readonly place: string;
}

/** A schedule that may not be feasible: what a run could become. */
export interface Draft {
  readonly initial: number;
  readonly moves: readonly Move[];
}

/** What a runner has done since it began. */
export function draftOf(runner: Runner): Draft {
  const { learners } = runner.system;
  const moves = runner.choices.map(({ thread, pick }, step): Move => {
    return { thread, pick, ways: runner.picks[step]!, place: placeOf(learners[thread]!.states[runner.nodes[step]!]!) };
  });
  return { initial: runner.initial, moves };
}

function placeOf({ frames, pending }: LocalState): string {
  const calls = frames.map(({ routine, site }) => `${identityOf(routine)}@${identityOf(site)}`);
  const here = pending.kind === 'operation' ? `${pending.phase} ${identityOf(pending.operation.site)}` : pending.kind;
  return `${calls.join('/')} ${here}`;
}

/**
 * Runs what is feasible of a draft: moves that are not enabled are left out, and decisions go to the thread's next
 * operations that have to be decided. Stops where `ends` says so.
 */
export function runDraft(runner: Runner, { initial, moves }: Draft, ends: () => boolean): void {
  const decisions = new Map<number, number[]>();
  for (const { thread, pick, ways } of moves) if (ways > 1) decisions.set(thread, [...(decisions.get(thread) ?? []), pick]);
  runner.begin(initial);
  for (const { thread, pick } of moves) {
    if (runner.enabled === 0 || ends()) return;
    if (pick === stops) {
      if (runner.isEnabled({ thread, pick })) runner.take({ thread, pick });
      continue;
    }
    const ways = runner.waysOf(thread);
    if (ways === 0) continue;
    const decided = ways > 1 ? (decisions.get(thread)?.shift() ?? 0) : 0;
    runner.take({ thread, pick: Math.min(decided, ways - 1) });
  }
}
