/** What random exploration is measured on: small bugs, each also as an async program under fast-check's own scheduler, and bugs of the zoo. */
import type * as fc from 'fast-check';
import computeMaxProcs from '../models/compute-max-procs/index.ts';
import { guarantees } from '../properties/compute-max-procs.ts';
import { bool, ensure, int, load, lock, mutex, routine, scenario, store, thread, unlock, withBuiltIn } from '../src/index.ts';
import { System } from '../src/kernel/system.ts';
import { noThrowOf, tinyBugs } from '../src/explore/strategies/tiny-bugs.ts';

/** One program of the peer: starts its threads; each step is a task of the scheduler's. Answers whether the bug showed. */
export type Peer = (scheduler: fc.Scheduler) => Promise<boolean>;

export interface RandomSubject {
  readonly name: string;
  readonly system: () => System;
  /** The guarantee that the bug breaks, by number. */
  readonly bug: (system: System) => number;
  /** The depth that PCT is given. */
  readonly depth: number;
  readonly peer?: Peer;
}

const custom = bool('custom');
const gomaxprocs = int('gomaxprocs', { from: 1, to: 3, initial: 1 });
const schedLock = mutex('sched.lock');

/** compute-max-procs in the small: sysmon decides under the lock, and acts under it later, without looking again. */
const sysmon = routine('sysmon', function* () {
  yield* lock(schedLock);
  const isCustom = yield* load(custom);
  yield* unlock(schedLock);
  if (isCustom) return;
  yield* lock(schedLock);
  yield* store(gomaxprocs, 3);
  const now = yield* load(custom);
  yield* ensure(!now, 'an automatic update after a custom value');
  yield* unlock(schedLock);
});
const setter = routine('GOMAXPROCS', function* () {
  yield* lock(schedLock);
  yield* store(custom, true);
  yield* store(gomaxprocs, 2);
  yield* unlock(schedLock);
});
const reader = routine('reader', function* () {
  yield* lock(schedLock);
  yield* load(gomaxprocs);
  yield* unlock(schedLock);
});

function automaticUpdate(): System {
  const threads = [thread('sysmon', sysmon()), thread('G1', setter()), thread('G2', reader()), thread('G3', reader())];
  return new System([custom, gomaxprocs, schedLock], undefined, scenario({ threads }), withBuiltIn([], false), { automata: 'minimised' });
}

function fromZoo(variant: string, guarantee: string): RandomSubject {
  const { routines } = computeMaxProcs.variants.find(({ name }) => name === variant)!;
  const { scenario: scenarioOf } = computeMaxProcs.scopes.find(({ name }) => name === 'gate')!;
  const all = withBuiltIn(guarantees, true);
  return {
    name: `compute-max-procs/${variant}: ${guarantee}`,
    system: () => new System(computeMaxProcs.handles, computeMaxProcs.ranks, scenarioOf(routines), all, { automata: 'minimised' }),
    bug: () => all.findIndex(({ name }) => name === guarantee),
    depth: 3,
  };
}

function tiny(name: string, peer: Peer): RandomSubject {
  const { system, depth } = tinyBugs.find((bug) => bug.name === name)!;
  return { name, system, bug: noThrowOf, depth, peer };
}

/** One step of a thread: the scheduler says when it is taken. */
type Step = (label: string) => Promise<unknown>;

/** A program of threads that share plain variables; a thread says whether it has seen the bug. */
function program(threads: () => readonly ((step: Step) => Promise<boolean | undefined>)[]): Peer {
  return async (scheduler) => {
    const step: Step = (label) => scheduler.schedule(Promise.resolve(), label);
    let shown = false;
    // A thread that has seen the bug stands still, and those that wait for it never end.
    for (const body of threads())
      void body(step).then((seen) => {
        if (seen === true) shown = true;
      });
    await scheduler.waitIdle();
    return shown;
  };
}

const lostUpdatePeer = program(() => {
  let noise = false;
  let counter = 0;
  let done = 0;
  const increment = async (step: Step): Promise<boolean | undefined> => {
    await step('load counter');
    const seen = counter;
    await step('store counter');
    counter = seen + 1;
    await step('load done');
    const finished = done;
    await step('store done');
    done = finished + 1;
    if (finished !== 1) return undefined;
    await step('load counter');
    return counter !== 2;
  };
  const bystander = async (step: Step): Promise<undefined> => {
    for (let k = 0; k < 3; k++) {
      await step('store noise');
      noise = !noise;
    }
  };
  return [increment, increment, bystander];
});

const betweenPeer = program(() => {
  let noise = false;
  let phase = 0;
  const advance = async (step: Step): Promise<undefined> => {
    await step('store phase');
    phase = 1;
    await step('store phase');
    phase = 2;
  };
  const watch = async (step: Step): Promise<boolean> => {
    await step('load phase');
    const first = phase;
    await step('load phase');
    return first === 1 && phase === 2;
  };
  const bystander = async (step: Step): Promise<undefined> => {
    for (let k = 0; k < 3; k++) {
      await step('store noise');
      noise = !noise;
    }
  };
  return [advance, watch, bystander];
});

/** A mutex whose waiters are woken together and try again, as any of them may be the one that gets it. */
class AsyncMutex {
  #held = false;
  #waiters: (() => void)[] = [];
  async lock(step: Step): Promise<void> {
    for (;;) {
      while (this.#held) await new Promise<void>((resolve) => this.#waiters.push(resolve));
      await step('lock');
      if (this.#held) continue;
      this.#held = true;
      return;
    }
  }
  async unlock(step: Step): Promise<void> {
    await step('unlock');
    this.#held = false;
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

const automaticUpdatePeer = program(() => {
  let isCustom = false;
  let procs = 1;
  const sched = new AsyncMutex();
  const sysmonBody = async (step: Step): Promise<boolean | undefined> => {
    await sched.lock(step);
    await step('load custom');
    const decided = isCustom;
    await sched.unlock(step);
    if (decided) return undefined;
    await sched.lock(step);
    await step('store gomaxprocs');
    procs = 3;
    await step('load custom');
    if (isCustom) return true;
    await sched.unlock(step);
    return undefined;
  };
  const setterBody = async (step: Step): Promise<undefined> => {
    await sched.lock(step);
    await step('store custom');
    isCustom = true;
    await step('store gomaxprocs');
    procs = 2;
    await sched.unlock(step);
  };
  const readerBody = async (step: Step): Promise<undefined> => {
    await sched.lock(step);
    await step('load gomaxprocs');
    void procs;
    await sched.unlock(step);
  };
  return [sysmonBody, setterBody, readerBody, readerBody];
});

export const randomSubjects: readonly RandomSubject[] = [
  tiny('lost update beside a bystander', lostUpdatePeer),
  tiny('two reads around a write beside a bystander', betweenPeer),
  { name: 'automatic update after a custom value', system: automaticUpdate, bug: noThrowOf, depth: 2, peer: automaticUpdatePeer },
  fromZoo('before-e481a08e', 'g2-no-update-syscalls'),
  fromZoo('go1.25-e481a08e', 'g3-flag-follows-value'),
  fromZoo('before-e481a08e', 'g2-after-a-change'),
  fromZoo('before-e481a08e', 'g5-updates-can-resume'),
];

/** The speed of long schedules is measured on this: a version without violations. */
export function repairedGate(): System {
  return fromZoo('repaired', 'g2-after-a-change').system();
}
