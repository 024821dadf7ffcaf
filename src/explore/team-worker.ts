/** A member of a team (team.ts): expands pieces of a level, and leaves to the others what only the kernel can judge. */
import { workerData } from 'node:worker_threads';
import { Loop, type SharedLoop } from '../kernel/loop.ts';
import * as at from './team-signal.ts';

/** What a member is given. */
export interface Membership {
  readonly shared: SharedLoop;
  readonly signal: SharedArrayBuffer;
  /** Its number among the members. */
  readonly member: number;
  /** How many threads there are, the caller's included. */
  readonly threads: number;
  /** Words a state, and where the loop's tables are. */
  readonly words: number;
  readonly tables: number;
  /** Where it is told which states are taken for each other; 0 if none are. */
  readonly orbits: number;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- team.ts starts it with this.
const { shared, signal: buffer, member, threads, words, tables, orbits } = workerData as Membership;
const signal = new Int32Array(buffer);
const loop = new Loop({ fire: () => -1, settle: () => -1, invariant: () => 0, future: () => 0, takeAlike: () => -1 }, 0, shared);
const { exports } = loop;
const fits =
  exports.configure(tables) === 1 &&
  exports.attach(words, 0, threads) === 1 &&
  exports.attachRun(0) === 1 &&
  (orbits === 0 || exports.takeAlike(orbits) === 1);
const own = at.reports + member * at.report.words;
const sums = new Float64Array(buffer, (own + at.report.transitions) * 4, 1);
if (fits) {
  Atomics.add(signal, at.ready, 1);
  attend();
}

/** Takes part in every round until the team is dismissed. */
function attend(): void {
  for (let seen = 0; ;) {
    // Whoever took part in a round before its signal came is woken by it once more: for nothing, because it is no other round.
    while (Atomics.load(signal, at.round) === seen) Atomics.wait(signal, at.round, seen);
    seen = Atomics.load(signal, at.round);
    if (Atomics.load(signal, at.dismissed) === 1) return;
    exports.seek(signal[at.cycles]!, signal[at.races]!);
    try {
      if (signal[at.task] === at.tasks.split) exports.splitListed();
      else exports.work();
    } catch (error) {
      // Whoever waits for the end of the round must not wait for ever.
      Atomics.store(signal, at.ready, -1);
      Atomics.add(signal, at.done, 1);
      Atomics.notify(signal, at.done);
      throw error;
    }
    if (signal[at.task] === at.tasks.work) report();
    Atomics.add(signal, at.done, 1);
    Atomics.notify(signal, at.done);
  }
}

/** What came of expanding. */
function report(): void {
  signal[own + at.report.ranges] = exports.takeRanges();
  signal[own + at.report.rangesAt] = exports.rangesAddress();
  signal[own + at.report.left] = exports.takeLeft();
  signal[own + at.report.leftAt] = exports.leftAddress();
  signal[own + at.report.states] = exports.addedStates();
  sums[0] = exports.takenTransitions();
  signal[own + at.report.next] = exports.nextNumber();
  signal[own + at.report.end] = exports.endNumber();
}
