/**
 * A run of one scenario, followed in another: what is left of it when a thread or a call has gone.
 *
 * A step is known by its thread, the calls around it and what it does, as in counterexample files. Where the thread has
 * something else to do in the other scenario, steps that it can only do later are left out; what nothing in the run
 * matches is done in its place. Loops and the thread's own outermost call are no part of a step's identity: what they
 * carry is what a description changes.
 */
import type { LocalState } from '../automaton/local-state.ts';
import { labelOf } from '../counterexample/describe-step.ts';
import { stops } from '../kernel/kernel.ts';
import { identityOf, keyOf } from '../model/plain-data.ts';
import type { Thread } from '../model/protocol.ts';
import type { Runner } from './runner.ts';
import type { Choice } from './schedule.ts';

/** A step of the old run. */
interface Followed extends Choice {
  readonly decided: boolean;
  readonly signature: string;
  /** Which round of its outermost loop it is in. */
  readonly round: string;
}

/** A run as it is followed: its steps, and the threads that take them. */
export interface Followable {
  readonly initial: number;
  readonly threads: readonly Thread[];
  readonly steps: readonly Followed[];
}

/** What a runner has done since it began. */
export function followable(runner: Runner): Followable {
  const { learners, scenario } = runner.system;
  const steps = runner.choices.map(({ thread, pick }, step): Followed => {
    const state = learners[thread]!.states[runner.nodes[step]!]!;
    return { thread, pick, decided: runner.picks[step]! > 1, signature: signatureOf(state), round: roundOf(state) };
  });
  return { initial: runner.initial, threads: scenario.threads, steps };
}

/** What a thread does next and inside which calls. */
export function signatureOf({ frames, pending }: LocalState): string {
  const calls = frames
    .slice(1)
    .filter(({ mode }) => mode === 'call')
    .map(({ routine, parameters }) => `${identityOf(routine)}${keyOf(parameters)}`);
  return `${calls.join('/')} ${labelOf(pending)}`;
}

function roundOf({ frames }: LocalState): string {
  const outermost = frames.find(({ mode }) => mode === 'loop');
  return outermost === undefined ? '' : keyOf(outermost.parameters);
}

/** Which of the old threads each new one goes on for, by number; undefined where it is for none. */
export type Roles = readonly (number | undefined)[];

/**
 * The likely ways in which threads have become others: those that run the same are the same, the first or the last of them
 * if some are gone; the others take the roles that are left, in order, if they start in the same routine.
 */
export function rolesOf(before: readonly Thread[], after: readonly Thread[]): readonly Roles[] {
  const forward = matched(before, after);
  const backward = matched(before.toReversed(), after.toReversed())
    .map((role) => (role === undefined ? undefined : before.length - 1 - role))
    .reverse();
  const named = after.map(({ name }) => {
    const role = before.findIndex((thread) => thread.name === name);
    return role < 0 ? undefined : role;
  });
  const distinct = new Map([forward, backward, named].map((roles) => [roles.join(), roles]));
  return [...distinct.values()];
}

function matched(before: readonly Thread[], after: readonly Thread[]): Roles {
  // Longest common subsequence: [i][j] is that of before from i and after from j.
  const longest = Array.from({ length: before.length + 1 }, () => new Int32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i]![j] = same(before[i]!, after[j]!) ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const roles: (number | undefined)[] = after.map(() => undefined);
  for (let i = 0, j = 0; i < before.length && j < after.length;)
    if (same(before[i]!, after[j]!)) roles[j++] = i++;
    else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i++;
    else j++;
  for (let j = 0; j < after.length; j++) {
    if (roles[j] !== undefined) continue;
    const free = before.findIndex(({ root }, i) => !roles.includes(i) && root.routine === after[j]!.root.routine);
    if (free >= 0) roles[j] = free;
  }
  return roles;
}

function same({ root: a }: Thread, { root: b }: Thread): boolean {
  return a.kind === b.kind && a.routine === b.routine && keyOf(a.parameters) === keyOf(b.parameters);
}

/** What may be left out of a run, if one thing is: nothing, or one round of a thread that has several. */
export function omissionsOf({ steps }: Followable): readonly ReadonlySet<Followed>[] {
  const rounds = new Map<number, Map<string, Set<Followed>>>();
  for (const step of steps) {
    if (step.round === '') continue;
    const own = rounds.get(step.thread) ?? new Map<string, Set<Followed>>();
    rounds.set(step.thread, own);
    const round = own.get(step.round) ?? new Set();
    own.set(step.round, round.add(step));
  }
  return [new Set(), ...[...rounds.values()].flatMap((own) => (own.size < 2 ? [] : [...own.values()]))];
}

/** Follows a run, without what is omitted, in the runner's own scenario, as far as `ends` lets it. */
export function follow(
  runner: Runner,
  { initial, steps }: Followable,
  roles: Roles,
  omitted: ReadonlySet<Followed>,
  ends: () => boolean,
): void {
  const own = roles.map((role) => steps.filter((step) => step.thread === role && !omitted.has(step)));
  const signatures = own.map((list) => list.map(({ signature }) => signature));
  /** By thread: how many of its steps have been done or left out. */
  const done = own.map(() => 0);
  runner.begin(Math.min(initial, runner.initialStates - 1));
  for (const step of steps) {
    if (runner.enabled === 0 || ends()) return;
    const thread = roles.indexOf(step.thread);
    if (thread < 0 || omitted.has(step)) continue;
    const at = done[thread]!++;
    if (step.pick === stops) {
      if (runner.isEnabled({ thread, pick: stops })) runner.take({ thread, pick: stops });
      continue;
    }
    const ways = runner.waysOf(thread);
    if (ways === 0) continue;
    const signature = signatureOf(runner.localState(thread));
    if (signature !== step.signature && signatures[thread]!.includes(signature, at + 1)) continue;
    runner.take({ thread, pick: ways > 1 && step.decided ? Math.min(step.pick, ways - 1) : 0 });
  }
}
