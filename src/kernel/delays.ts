import type { Inside } from '../property/property.ts';
import type { Note } from './judge.ts';
import type { Kernel } from './kernel.ts';

/** Judges `neverDelayedBy`: whether a thread inside some routines waits, along the wait-for chain, for one inside others. */
export class Delays {
  /** Whether any guarantee is of this kind. */
  readonly any: boolean;
  readonly #kernel: Kernel;
  readonly #guarantees: readonly number[];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#guarantees = kernel.system.guarantees.flatMap(({ property }, guarantee) =>
      property.kind === 'neverDelayedBy' && kernel.system.monitors[guarantee] !== undefined ? [guarantee] : [],
    );
    this.any = this.#guarantees.length > 0;
  }

  /** Judges the kernel's current state. */
  note(note: Note): void {
    for (const guarantee of this.#guarantees) {
      const says = this.#delay(guarantee);
      if (says !== undefined) note(guarantee, says);
    }
  }

  /** Whether in this state of its monitor the guarantee has anything to say. */
  concerns(guarantee: number, monitorState: number): boolean {
    // A tracker is never violated, so its state is an `Inside`.
    const { delayed, delaying } = this.#kernel.system.monitors[guarantee]!.states[monitorState] as Inside;
    return delayed.length > 0 && delaying.length > 0;
  }

  #delay(guarantee: number): string | undefined {
    const kernel = this.#kernel;
    const { system, waitFor } = kernel;
    // A tracker is never violated, so its state is an `Inside`.
    const { delayed, delaying } = system.monitors[guarantee]!.states[kernel.get(system.monitorField(guarantee))] as Inside;
    if (delayed.length === 0 || delaying.length === 0) return undefined;
    const nameOf = (thread: number): string => system.scenario.threads[thread]!.name;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (!delayed.includes(nameOf(thread)) || !waitFor.waitsForMutex(thread)) continue;
      for (const other of waitFor.waitsForAll(thread))
        if (delaying.includes(nameOf(other))) return `${nameOf(thread)} waits for a mutex until ${nameOf(other)} goes on`;
    }
    return undefined;
  }
}
