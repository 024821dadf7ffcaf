/**
 * Symmetry among threads that a scenario starts alike: Ip and Dill, "Better verification through symmetry" (Formal Methods
 * in System Design 9, 1996), with canonical states as in Clarke, Enders, Filkorn and Jha (same volume), by trying all
 * renamings of a small group. States that differ only in which thread is which are explored once.
 *
 * Where we differ: which threads are alike is not declared, and nothing that is (`threadId`, `perThread`) is believed. Threads
 * with the same root are candidates; that they may change places is checked on the tables (`same-tables`, `same-properties`, initial
 * states) before the search, and for monitors and threads that are still learned while it runs (`MonitorImages`, `GrowingNodes`).
 * What does not fit switches the reduction off, with a reason.
 *
 * It preserves the verdict on every guarantee, the length of a shortest violation, depths and vacuity. Not the numbers of
 * states and transitions: those are of orbits.
 */
import { keyOf } from '../../model/plain-data.ts';
import type { Thread } from '../../model/protocol.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { System } from '../../kernel/system.ts';
import { Canonical } from './canonical.ts';
import { GrowingNodes } from './growing-nodes.ts';
import { Asymmetry, MonitorImages } from './monitor-images.ts';
import { groupOf, type Group, type Renaming } from './renaming.ts';
import { differentProperty } from './same-properties.ts';
import { renamingOf } from './same-tables.ts';

/** The most threads that change places with each other, and the most renamings: each is tried on every state. */
const mostThreads = 4;
const mostRenamings = 24;

/** What a search did about symmetry, for people and for the JSON result. */
export interface SymmetryUse {
  readonly on: boolean;
  /** The threads that were taken for each other, by name. */
  readonly threads: readonly (readonly string[])[];
  /** Why it was off, or why some threads that are alike were left out; null if nothing is to be said. */
  readonly reason: string | null;
}

/** The parts that a test may replace by broken ones. */
export interface SymmetryParts {
  readonly Canonical?: typeof Canonical;
  readonly MonitorImages?: typeof MonitorImages;
  readonly GrowingNodes?: typeof GrowingNodes;
}

/** A search's symmetry, ready to use. */
export interface Symmetry {
  readonly canonical: Canonical;
  readonly group: Group;
  readonly use: SymmetryUse;
}

/** The reason that needs no telling. */
export const noneAlike = 'no two threads start alike';

export function off(reason: string): SymmetryUse {
  return { on: false, threads: [], reason };
}

/** The symmetry of a kernel's system, whose monitors are watched from now on; or why there is none. */
export function symmetryOf(kernel: Kernel, parts: SymmetryParts = {}): Symmetry | SymmetryUse {
  const { system } = kernel;
  const alike = classesOf(system).filter((threads) => threads.length > 1);
  if (alike.length === 0) return off(noneAlike);
  const names = (threads: readonly number[]): readonly string[] => threads.map((thread) => system.scenario.threads[thread]!.name);
  const generators: Renaming[] = [];
  const taken: (readonly number[])[] = [];
  let reason: string | undefined;
  let renamings = 1;
  for (const threads of alike) {
    // With the first of them each other one may change places, or not; those that may generate all that there is.
    const [first, ...others] = threads as [number, ...number[]];
    const fitting = [first];
    for (const other of others) {
      if (fitting.length === mostThreads || renamings * (fitting.length + 1) > mostRenamings) {
        reason ??= `only ${fitting.length} of ${threads.length} threads that are alike are taken for each other`;
        break;
      }
      const renaming = verified(kernel, swapping(system, first, other));
      if (typeof renaming === 'string') reason ??= renaming;
      else {
        generators.push(renaming);
        fitting.push(other);
        renamings *= fitting.length;
      }
    }
    if (fitting.length > 1) taken.push(fitting);
  }
  if (taken.length === 0) return off(reason ?? 'no threads fit');
  try {
    const group = groupOf(system, system.closed ? generators : learnedTogether(kernel, generators));
    const nodes = system.closed ? undefined : new (parts.GrowingNodes ?? GrowingNodes)(kernel, group);
    const monitors = monitorImages(kernel, group, parts);
    if (nodes !== undefined)
      nodes.onMapped = (...mapped) => {
        for (const monitor of monitors) monitor?.mapped(...mapped);
      };
    const canonical = new (parts.Canonical ?? Canonical)(system, group, monitors, nodes?.byThread);
    return { canonical, group, use: { on: true, threads: taken.map(names), reason: reason ?? null } };
  } catch (error) {
    if (!(error instanceof Asymmetry)) throw error;
    forget(system);
    return off(error.reason);
  }
}

/** Ends the watching of monitors and threads. */
export function forget(system: System): void {
  for (const monitor of system.monitors) if (monitor !== undefined) monitor.watcher = undefined;
  forgetThreads(system);
}

/** Ends the watching of threads. */
export function forgetThreads(system: System): void {
  for (const learner of system.learners) learner.onLearned = undefined;
}

/** The renamings, when what is known of the threads is known of all that they rename. */
function learnedTogether(kernel: Kernel, generators: readonly Renaming[]): readonly Renaming[] {
  const { learners } = kernel.system;
  const size = (): number => learners.reduce((sum, { states }) => sum + states.length, 0);
  let known = -1;
  let together = generators;
  while (known < size()) {
    known = size();
    together = together.map(({ threads }) => {
      const renaming = renamingOf(kernel, threads);
      if (typeof renaming === 'string') throw new Asymmetry(renaming);
      return renaming;
    });
  }
  return together;
}

/** Threads that a scenario starts alike, by number. */
function classesOf(system: System): readonly (readonly number[])[] {
  const classes = new Map<string, number[]>();
  system.scenario.threads.forEach((thread, number) => {
    const key = keyOfThread(thread);
    classes.set(key, [...(classes.get(key) ?? []), number]);
  });
  return [...classes.values()];
}

function keyOfThread({ root, gate, daemon, environment }: Thread): string {
  return keyOf([root.kind, root.routine, root.parameters, gate, daemon, environment]);
}

function swapping(system: System, first: number, other: number): Int32Array {
  return Int32Array.from(system.scenario.threads, (_, thread) => (thread === first ? other : thread === other ? first : thread));
}

/** The renaming, if automata, invariants, step properties and initial states are what it makes of them; otherwise why not. */
function verified(kernel: Kernel, threads: Int32Array): Renaming | string {
  const renaming = renamingOf(kernel, threads);
  if (typeof renaming === 'string') return renaming;
  const different = differentProperty(kernel.system, renaming);
  if (different !== undefined) return different;
  const places = startsOf(kernel.system, renaming);
  return places.includes(-1) ? 'the initial values tell the threads apart' : renaming;
}

/** For each initial state the number of the one that a renaming makes of it, monitors aside; −1: it is none. */
function startsOf(system: System, { values, fields }: Renaming): readonly number[] {
  const { layout } = system;
  const keys = system.initialStates().map((state) => system.values.map((_, value) => layout.read(state, system.valueField(value))));
  const numbers = new Map(keys.map((codes, number) => [codes.join(), number]));
  return keys.map((codes) => {
    const image = codes.slice();
    // A variable's number is its field's.
    codes.forEach((code, value) => (image[fields[value]!] = values[value]?.[code] ?? code));
    return numbers.get(image.join()) ?? -1;
  });
}

function monitorImages(
  kernel: Kernel,
  group: Group,
  { MonitorImages: Images = MonitorImages }: SymmetryParts,
): readonly (MonitorImages | undefined)[] {
  const { system } = kernel;
  const initial = system.initialStates();
  const monitors = system.monitors.map((monitor, guarantee) => monitor && new Images(kernel, guarantee, group));
  monitors.forEach((monitor, guarantee) => {
    const codeOf = (number: number): number => system.layout.read(initial[number]!, system.monitorField(guarantee));
    monitor?.begin(
      group.elements.flatMap((renaming, element) =>
        startsOf(system, renaming).map((image, number) => ({ element, state: codeOf(number), image: codeOf(image) })),
      ),
    );
  });
  return monitors;
}
