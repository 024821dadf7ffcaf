import type { Kernel } from './kernel.ts';
import { Opcode } from './opcode.ts';

/**
 * Who waits for whom in a state: a thread for the holder of its mutex, the thread that stops the world for every other
 * gated one that is not at a safe point, a stopped thread for the one that stopped it. Each waits for *all* it waits for,
 * so any cycle is a deadlock, whatever the other threads do. Semaphores are not here: anybody may release one.
 */
export class WaitFor {
  readonly #kernel: Kernel;
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** A sentence about a cycle among waiting threads in the current state, or undefined. */
  cycle(): string | undefined {
    const { threads } = this.#kernel;
    const finished = new Set<number>();
    for (let thread = 0; thread < threads; thread++) {
      const found = this.#search(thread, [], finished);
      if (found !== undefined) return this.#tell(found);
    }
    return undefined;
  }

  #search(thread: number, path: readonly number[], finished: Set<number>): readonly number[] | undefined {
    const at = path.indexOf(thread);
    if (at >= 0) return path.slice(at);
    if (finished.has(thread)) return undefined;
    for (const other of this.waitsFor(thread)) {
      const found = this.#search(other, [...path, thread], finished);
      if (found !== undefined) return found;
    }
    finished.add(thread);
    return undefined;
  }

  /** The threads that must move before this one can. */
  waitsFor(thread: number): readonly number[] {
    const kernel = this.#kernel;
    const gateField = kernel.gateFieldOf(thread);
    if (gateField >= 0 && kernel.isStopped(thread)) return [(kernel.get(gateField) - 1) % kernel.threads];
    const program = kernel.programs[thread]!;
    const node = kernel.nodeOf(thread);
    switch (program.opcode[node]) {
      case Opcode.lock:
      case Opcode.acquireRequested: {
        const holder = kernel.get(program.a[node]!) - 1;
        // A thread that locks what it holds does not wait: that is a fault.
        return holder < 0 || holder === thread ? [] : [holder];
      }
      case Opcode.completeStop: {
        const field = program.a[node]!;
        const others: number[] = [];
        for (let other = 0; other < kernel.threads; other++)
          if (
            other !== thread &&
            kernel.gateFieldOf(other) === field &&
            !kernel.isStopped(other) &&
            !kernel.isDone(other) &&
            kernel.pinsOf(other) > 0
          )
            others.push(other);
        return others;
      }
      default:
        return [];
    }
  }

  /** The threads that this one waits for, directly or through others. */
  waitsForAll(thread: number): ReadonlySet<number> {
    const reached = new Set<number>();
    const follow = (from: number): void => {
      for (const other of this.waitsFor(from))
        if (!reached.has(other)) {
          reached.add(other);
          follow(other);
        }
    };
    follow(thread);
    return reached;
  }

  /** Whether the thread waits for a mutex that another holds. */
  waitsForMutex(thread: number): boolean {
    const opcode = this.#kernel.programs[thread]!.opcode[this.#kernel.nodeOf(thread)];
    return (opcode === Opcode.lock || opcode === Opcode.acquireRequested) && this.waitsFor(thread).length > 0;
  }

  #tell(cycle: readonly number[]): string {
    const parts = cycle.map(
      (thread, index) => `${this.#name(thread)} ${this.#reason(thread)} ${this.#name(cycle[(index + 1) % cycle.length]!)}`,
    );
    return `deadlock: ${parts.join(', ')}`;
  }

  #reason(thread: number): string {
    const kernel = this.#kernel;
    if (kernel.gateFieldOf(thread) >= 0 && kernel.isStopped(thread)) return 'is stopped by';
    const program = kernel.programs[thread]!;
    const node = kernel.nodeOf(thread);
    if (program.opcode[node] === Opcode.completeStop) return `stops ${kernel.system.layout.fields[program.a[node]!]!.name} and waits for`;
    return `waits for ${kernel.system.layout.fields[program.a[node]!]!.name}, held by`;
  }

  #name(thread: number): string {
    return this.#kernel.system.scenario.threads[thread]!.name;
  }

  /** What is wrong with a state without enabled transitions, or undefined (docs/semantics.md, "Daemons, the environment, the end"). */
  terminal(): string | undefined {
    const kernel = this.#kernel;
    const stuck: string[] = [];
    kernel.system.scenario.threads.forEach((_, thread) => {
      if (!this.mayRestAt(thread, kernel.nodeOf(thread))) stuck.push(this.tellWaiting(thread));
    });
    return stuck.length === 0 ? undefined : `deadlock: nothing can happen any more, and ${stuck.join(', ')}`;
  }

  /**
   * Whether a thread may stay in a local state for ever: it is done there; or it is a daemon or waits where it is marked
   * `mayWaitForever`, and neither for a mutex nor for the world to stop.
   */
  mayRestAt(thread: number, node: number): boolean {
    const program = this.#kernel.programs[thread]!;
    const opcode = program.opcode[node]!;
    if (opcode === Opcode.done) return true;
    if (opcode === Opcode.lock || opcode === Opcode.acquireRequested || opcode === Opcode.completeStop) return false;
    const { pending } = program.learner.states[node]!;
    return this.#kernel.system.scenario.threads[thread]!.daemon || (pending.kind === 'operation' && pending.operation.mayWaitForever);
  }

  /** What an unfinished thread that can't go on is doing, as the end of a sentence: `G1 waits at lock`. */
  tellWaiting(thread: number): string {
    const kernel = this.#kernel;
    if (kernel.gateFieldOf(thread) >= 0 && kernel.isStopped(thread)) return `${this.#name(thread)} is stopped`;
    const { pending } = kernel.programs[thread]!.learner.states[kernel.nodeOf(thread)]!;
    return `${this.#name(thread)} waits at ${pending.kind === 'operation' ? pending.operation.kind : pending.kind}`;
  }
}
