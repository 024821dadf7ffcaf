import type { Pending } from '../automaton/local-state.ts';
import type { Note } from './judge.ts';
import type { Kernel } from './kernel.ts';

/** How an operation would access a plain variable. */
export interface Access {
  /** The variable's number. */
  readonly value: number;
  readonly writes: boolean;
  /** `load` and `store` are; read-modify-writes, guards and compound steps are atomic. */
  readonly plain: boolean;
}

const noAccesses: readonly Access[] = [];

/**
 * Judges data races on plain variables: two threads that could both access one in the next step, at least one of them
 * writing and at least one without an atomic operation. An access needs no lock to be enabled, so two are co-enabled
 * exactly where both threads stand at them and neither has stopped.
 */
export class Races {
  /** Whether there is a plain variable and a guarantee about it. */
  readonly any: boolean;
  readonly #kernel: Kernel;
  readonly guarantee: number;
  readonly #accesses: readonly (readonly Access[] | undefined)[][];

  constructor(kernel: Kernel, guarantee: number) {
    this.#kernel = kernel;
    this.guarantee = guarantee;
    this.any = guarantee >= 0 && kernel.system.values.some((value) => value.kind === 'variable' && value.isPlain);
    this.#accesses = kernel.system.learners.map(() => []);
  }

  /** Judges the kernel's current state. */
  note(note: Note): void {
    if (!this.any) return;
    const { threads, system } = this.#kernel;
    for (let first = 0; first < threads; first++)
      for (const one of this.#accessesOf(first))
        for (let second = first + 1; second < threads; second++)
          for (const other of this.#accessesOf(second))
            if (one.value === other.value && (one.writes || other.writes) && (one.plain || other.plain)) {
              const name = (thread: number): string => system.scenario.threads[thread]!.name;
              const verb = ({ writes }: Access): string => (writes ? 'write' : 'read');
              note(
                this.guarantee,
                `data race on ${system.values[one.value]!.name}: ${name(first)} is about to ${verb(one)} it and ${name(second)} to ${verb(other)} it`,
              );
              return;
            }
  }

  /** How the thread's operation at a local state accesses plain variables; nothing where none is judged. */
  accessesAt(thread: number, node: number): readonly Access[] {
    if (!this.any) return noAccesses;
    const known = this.#accesses[thread]!;
    return (known[node] ??= this.#learn(this.#kernel.system.learners[thread]!.states[node]!.pending));
  }

  #accessesOf(thread: number): readonly Access[] {
    return this.#kernel.isStopped(thread) ? [] : this.accessesAt(thread, this.#kernel.nodeOf(thread));
  }

  #learn(pending: Pending): readonly Access[] {
    if (pending.kind !== 'operation') return [];
    const { operation } = pending;
    const handles = 'handle' in operation ? [operation.handle] : 'handles' in operation ? operation.handles : [];
    return handles
      .filter(({ isPlain }) => isPlain)
      .map((handle) => ({
        value: this.#kernel.system.numberOf(handle, 'an access'),
        writes: operation.kind !== 'load' && operation.kind !== 'waitUntil',
        plain: operation.kind === 'load' || operation.kind === 'store',
      }));
  }
}
