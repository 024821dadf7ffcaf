/** What is measured: each model in Heddle, Promela and TLA+, with the same steps and so the same number of raw states. */

export interface Subject {
  /** Name of the Heddle protocol below bench/models. */
  readonly name: string;
  readonly family: Family;
  readonly threads: number;
  /** Distinct states without minimisation and reduction: what each of the three must count. */
  readonly states: number;
  /** What `-D` defines in the Promela model. */
  readonly defines: Readonly<Record<string, number>>;
  /** The constants of the TLA+ model. */
  readonly constants: Readonly<Record<string, number>>;
}

export type Family = 'peterson' | 'philosophers' | 'compute-max-procs' | 'run-queue' | 'treiber';

export const families: Readonly<Record<Family, { readonly title: string; readonly tla: string }>> = {
  peterson: { title: "Peterson's filter lock", tla: 'Peterson' },
  philosophers: { title: 'Dining philosophers', tla: 'Philosophers' },
  'compute-max-procs': { title: 'computeMaxProcsLock, callers × calls', tla: 'ComputeMaxProcs' },
  'run-queue': { title: 'Work-stealing run queue, thieves × tasks', tla: 'RunQueue' },
  treiber: { title: 'Treiber stack with push count, threads × rounds', tla: 'Treiber' },
};

const peterson = (threads: number, states: number): Subject => ({
  name: `peterson-${threads}`,
  family: 'peterson',
  threads,
  states,
  defines: { N: threads },
  constants: { N: threads },
});

/** Each philosopher and the fork after him are in one of three conditions. */
const philosophers = (seats: number): Subject => ({
  name: `philosophers-${seats}`,
  family: 'philosophers',
  threads: seats,
  states: 3 ** seats,
  defines: { N: seats },
  constants: { N: seats },
});

/** With the update goroutine, sysmon and the outside. */
const computeMaxProcs = (callers: number, calls: number, states: number): Subject => ({
  name: `compute-max-procs-${callers}x${calls}`,
  family: 'compute-max-procs',
  threads: callers + 3,
  states,
  defines: { CALLERS: callers, CALLS: calls },
  constants: { Callers: callers, Calls: calls },
});

const runQueue = (thieves: number, tasks: number, states: number): Subject => ({
  name: `run-queue-${thieves}x${tasks}`,
  family: 'run-queue',
  threads: thieves + 1,
  states,
  defines: { THIEVES: thieves, TASKS: tasks },
  constants: { Thieves: thieves, Tasks: tasks },
});

const treiber = (threads: number, rounds: number, states: number): Subject => ({
  name: `treiber-${threads}x${rounds}`,
  family: 'treiber',
  threads,
  states,
  defines: { THREADS: threads, ROUNDS: rounds },
  constants: { Threads: threads, Rounds: rounds },
});

export const subjects: readonly Subject[] = [
  peterson(2, 32),
  peterson(3, 843),
  peterson(4, 39_784),
  ...[8, 9, 10, 11, 12, 13].map(philosophers),
  computeMaxProcs(1, 1, 7_601),
  computeMaxProcs(2, 1, 71_153),
  computeMaxProcs(2, 2, 303_143),
  computeMaxProcs(3, 1, 645_366),
  computeMaxProcs(4, 1, 4_921_237),
  runQueue(1, 4, 1_115),
  runQueue(2, 4, 18_454),
  runQueue(2, 6, 102_805),
  runQueue(3, 4, 343_717),
  treiber(2, 2, 1_975),
  treiber(2, 3, 9_683),
  treiber(3, 1, 9_472),
  treiber(3, 2, 860_417),
];
