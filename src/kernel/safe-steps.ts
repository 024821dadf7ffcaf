/**
 * Which steps may be taken alone: ample sets of one step (Peled 1993, Clarke, Grumberg, Minea & Peled 1999), known from the
 * automata alone. A step of a thread is *safe* at a local state if, wherever the thread stands there,
 *
 * - it is enabled, it is the thread's only one, and nobody can disable it or offer the thread another (C0): no guard, no
 *   choice; a gated thread holds something, so that it can't be stopped before it takes the step;
 * - whatever others do before it commutes with it (C1): each variable that it touches is touched by others, one of the two
 *   writing, only while they hold a mutex that the thread holds too; a release is only waited for, never tried; no fault
 *   ends the run with it, before the others have done what they could have done without it;
 * - nothing that is judged sees it (C2): no event, ghost, watched variable, or variable of an invariant or step property.
 *
 * Safe steps of a thread never make a circle (C3): each circle of its automaton keeps one that is not.
 * Then, in a state in which some thread stands at a safe step, the others need not be tried. All that is judged by events,
 * values, steps that change values, faults, lock order, deadlocks and stuck threads stays; delays and data races do not (see
 * `preserves`).
 */
import type { LocalState } from '../automaton/local-state.ts';
import type { Operation } from '../model/operation.ts';
import type { Handle } from '../model/handle.ts';
import { compoundTable, valuesOfRow, type CompoundTable } from '../automaton/compound-table.ts';
import { rowsOf } from '../automaton/result.ts';
import type { Guarantee, StepProperty } from '../property/property.ts';
import { possessionsOf, type Possessions } from './possessions.ts';
import { Fired, type Kernel } from './kernel.ts';
import type { Program } from './program.ts';
import type { System } from './system.ts';

/**
 * Whether a reduced search tells of the guarantee what a full one does. A delay or a race is a property of one state, which
 * a reduced search may pass by; a step property may be broken by a step that changes nothing, which counts only where it
 * never is; a liveness property depends on who takes which step. Where one of these is judged, nothing is reduced.
 */
export function preserves({ property }: Guarantee): boolean {
  switch (property.kind) {
    case 'invariant':
    case 'monitor':
    case 'notStuck':
    case 'lockDiscipline':
    case 'lockOrder':
    case 'noThrow':
      return true;
    case 'stepProperty':
      return isStutterInvariant(property);
    default:
      return false;
  }
}

/** Of tables larger than this, not every value is asked about. */
const mostRows = 2 ** 14;
const known = new WeakMap<StepProperty, boolean>();

/** Whether the property holds of every step that changes nothing it looks at, whatever the values. */
export function isStutterInvariant(property: StepProperty): boolean {
  let holds = known.get(property);
  if (holds === undefined) {
    const { handles } = property;
    const rows = rowsOf(handles, 'the step property', property.site);
    const of = (row: number): boolean => {
      const values = valuesOfRow(handles, row);
      try {
        return property.holds(values, values);
      } catch {
        // Some values no run has.
        return false;
      }
    };
    holds = rows <= mostRows && Array.from({ length: rows }, (_, row) => row).every(of);
    known.set(property, holds);
  }
  return holds;
}

/** How a thread touches a variable at one of its local states. */
interface Access {
  readonly thread: number;
  readonly writes: boolean;
  /** The mutexes held there; undefined if that is not known: then none is taken for sure. */
  readonly mutexes: readonly number[] | undefined;
}

/** The number of the first thread that stands at a safe step in the kernel's current state, or −1. */
export function firstSafe(safe: readonly Uint8Array[], kernel: Kernel): number {
  for (let thread = 0; thread < kernel.threads; thread++) if (safe[thread]![kernel.nodeOf(thread)] === 1) return thread;
  return -1;
}

/**
 * Takes the safe steps that wait in the kernel's current state, thread after thread; the state changes with them. One that breaks
 * something or ends in a fault is left to wait, and its thread's others with it: it must be seen where it is taken. Returns whose
 * they were. (`takeSafeSteps` of src/loop/safe-steps.ts does the same.)
 */
export function settle(safe: readonly Uint8Array[], kernel: Kernel): number[] {
  const threads: number[] = [];
  for (let thread = 0; thread < kernel.threads;) {
    if (safe[thread]![kernel.nodeOf(thread)] === 1 && kernel.fire(thread, 0) === Fired.stepped && kernel.violations === 0) {
      threads.push(thread);
      kernel.load(kernel.next, 0);
    } else thread++;
  }
  return threads;
}

/** By thread and local state: 1 where the thread's step is safe. Everything else is 0. The automata must be closed. */
export class SafeSteps {
  readonly safe: readonly Uint8Array[];
  readonly #system: System;
  readonly #possessions: readonly ((node: number) => Possessions | undefined)[];
  /** By variable. */
  readonly #accesses: Access[][];
  /** By mutex: the threads that try for it. */
  readonly #tries: Set<number>[];
  /** Variables that some guarantee looks at. */
  readonly #visible: ReadonlySet<number>;

  constructor(system: System, programs: readonly Program[]) {
    this.#system = system;
    this.#possessions = programs.map((_, thread) => possessionsOf(system, thread));
    this.#accesses = system.values.map(() => []);
    this.#tries = system.mutexes.map(() => new Set());
    system.learners.forEach(({ states }, thread) => states.forEach((state) => this.#note(thread, state)));
    this.#visible = new Set(
      [...system.invariants, ...system.stepProperties].flatMap(({ property }) =>
        property.handles.map((handle) => system.numberOf(handle, 'a property')),
      ),
    );
    this.safe = programs.map((program, thread) => this.#acyclic(thread, this.#candidates(program, thread)));
  }

  #note(thread: number, { id, pending }: LocalState): void {
    if (pending.kind !== 'operation') return;
    const { operation } = pending;
    if (operation.kind === 'tryLock') this.#tries[this.#number(operation.mutex)]!.add(thread);
    const mutexes = this.#possessions[thread]!(id)?.mutexes;
    for (const { value, writes } of touched(operation, this.#number)) this.#access(value, { thread, writes, mutexes });
    // What is written beside a step reads variables too.
    for (const ghost of operation.ghosts)
      for (const read of ghost.reads) this.#access(this.#number(read), { thread, writes: false, mutexes });
  }

  /** Local states at which a thread holds the same have one list of mutexes, and there are few of those. */
  #access(value: number, access: Access): void {
    const all = this.#accesses[value]!;
    const isKnown = all.some(
      ({ thread, writes, mutexes }) => thread === access.thread && writes === access.writes && mutexes === access.mutexes,
    );
    if (!isKnown) all.push(access);
  }

  readonly #number = (handle: Handle): number => this.#system.numberOf(handle, 'an operation');

  #candidates(program: Program, thread: number): Uint8Array {
    const { states } = this.#system.learners[thread]!;
    return Uint8Array.from(states, ({ id, pending, successors }) =>
      pending.kind === 'operation' &&
      !this.isSeen(program, id) &&
      this.isSafe(thread, pending.operation, pending.phase, this.#possessions[thread]!(id)) &&
      !successors.some((to) => this.endsRun(thread, to))
        ? 1
        : 0,
    );
  }

  /** Whether the runtime may throw as the thread arrives at a local state. (Where the model is at fault, nothing is told but that.) */
  protected endsRun(thread: number, to: number): boolean {
    const arrived = this.#system.learners[thread]!.states[to];
    if (arrived === undefined || arrived.pending.kind === 'fault') return true;
    if (arrived.pending.kind !== 'done') return false;
    const has = this.#possessions[thread]!(to);
    return has === undefined || has.mutexes.length > 0 || has.pins > 0 || has.gates.length > 0;
  }

  /** Whether events, ghosts or monitors hang on the step. */
  protected isSeen(program: Program, node: number): boolean {
    return program.marked[node] === 1;
  }

  /** Whether the step is safe but for circles. What is `protected` is a hook for tests that break it on purpose. */
  protected isSafe(thread: number, operation: Operation, phase: string, has: Possessions | undefined): boolean {
    if (has === undefined) return false;
    // A gated thread at a safe point may be stopped instead.
    if (this.canBeStopped(thread, has)) return false;
    switch (operation.kind) {
      case 'load':
      case 'store':
      case 'swap':
      case 'fetchAdd':
      case 'compareAndSwap':
        if (operation.kind !== 'load' && operation.kind !== 'store' && canFail(compoundTable(operation))) return false;
        return touched(operation, this.#number).every(
          ({ value, writes }) => !(writes && this.isVisible(value)) && this.commutes(thread, value, writes, has.mutexes),
        );
      case 'unlock':
        return has.mutexes.includes(this.#number(operation.mutex)) && this.isOnlyWaitedFor(thread, this.#number(operation.mutex));
      case 'lock':
        // Asking only raises m.locks, which is raised already.
        return phase === 'request';
      case 'acquirem':
        return true;
      case 'releasem':
        return has.pins > 0;
      default:
        return false;
    }
  }

  /** Whether some guarantee looks at the variable's value. */
  protected isVisible(value: number): boolean {
    return this.#visible.has(value);
  }

  protected canBeStopped(thread: number, has: Possessions): boolean {
    return this.#system.scenario.threads[thread]!.gate !== undefined && has.pins === 0;
  }

  /** Whether others touch the variable, one of the two writing, only while they hold one of the mutexes. */
  protected commutes(thread: number, value: number, writes: boolean, mutexes: readonly number[]): boolean {
    return this.#accesses[value]!.every(
      (other) => other.thread === thread || !(writes || other.writes) || (other.mutexes?.some((mutex) => mutexes.includes(mutex)) ?? false),
    );
  }

  /** Whether no other thread tries for the mutex: one that tries goes on without it. */
  protected isOnlyWaitedFor(thread: number, mutex: number): boolean {
    return [...this.#tries[mutex]!].every((other) => other === thread);
  }

  /** Takes back enough of the candidates that no circle is left. */
  #acyclic(thread: number, candidates: Uint8Array): Uint8Array {
    const { states } = this.#system.learners[thread]!;
    const safe = candidates.slice();
    // Depth first: an edge back to a state that is being visited closes a circle of safe steps; its end is taken back.
    const visiting = 1;
    const left = 2;
    const marks = new Uint8Array(states.length);
    for (let root = 0; root < states.length; root++) {
      if (safe[root] === 0 || marks[root] !== 0) continue;
      const path: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
      marks[root] = visiting;
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const { successors } = states[top.node]!;
        if (safe[top.node] === 0 || top.next === successors.length) {
          marks[top.node] = left;
          path.pop();
          continue;
        }
        const to = successors[top.next++]!;
        if (to < 0 || safe[to] === 0) continue;
        if (marks[to] === visiting) safe[top.node] = 0;
        else if (marks[to] === 0) {
          marks[to] = visiting;
          path.push({ node: to, next: 0 });
        }
      }
    }
    return safe;
  }
}

const failing = new WeakMap<CompoundTable, boolean>();

/** Whether some row of it blocks, throws, or leaves a domain. */
function canFail(table: CompoundTable): boolean {
  let can = failing.get(table);
  if (can === undefined) failing.set(table, (can = table.outcome.some((outcome) => outcome < 0)));
  return can;
}

function touched(
  operation: Operation,
  number: (handle: Handle) => number,
): readonly { readonly value: number; readonly writes: boolean }[] {
  const handles = 'handle' in operation ? [operation.handle] : 'handles' in operation ? operation.handles : [];
  const writes = operation.kind !== 'load' && operation.kind !== 'waitUntil';
  return handles.map((handle) => ({ value: number(handle), writes }));
}
