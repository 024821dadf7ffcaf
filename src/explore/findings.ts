import { Judge, type Note } from '../kernel/judge.ts';
import { Fired, type Kernel } from '../kernel/kernel.ts';
import type { Choice } from '../schedule/schedule.ts';

/** A violation as it was found: the state before, and the choice that broke the guarantee, or none if the state itself does. */
export interface Found {
  readonly state: number;
  readonly choice: Choice | undefined;
  readonly says: string;
  /** Steps of the run that shows it. */
  readonly length: number;
}

/** What a breadth-first search has found wrong, and which lock edges it has seen taken, each with where it first did. */
export class Findings {
  readonly kernel: Kernel;
  readonly judge: Judge;
  /** By guarantee. */
  readonly found = new Map<number, Found>();
  /** The first step that took each of the kernel's lock edges. */
  readonly lockEdges = new Map<number, { readonly state: number; readonly choice: Choice }>();
  /** Steps to the states that are being expanded. */
  depth = 0;
  /** The state that is being expanded, and the choice that is being tried in it. */
  #expanding = 0;
  #trying: Choice | undefined;
  readonly #note: Note = (guarantee, says) => {
    // A state is judged when it is expanded, so a step of another state of its level may have been noted before it.
    const length = this.depth + (this.#trying === undefined ? 0 : 1);
    const known = this.found.get(guarantee);
    if (known === undefined || known.length > length)
      this.found.set(guarantee, { state: this.#expanding, choice: this.#trying, says, length });
  };

  /** @param before what was found with a kernel of the same system; states have the same numbers now */
  constructor(kernel: Kernel, before?: Findings) {
    this.kernel = kernel;
    this.judge = new Judge(kernel);
    if (before === undefined) return;
    kernel.ranks.remember(before.kernel.ranks);
    for (const [guarantee, found] of before.found) this.found.set(guarantee, found);
    for (const [edge, witness] of before.lockEdges) this.lockEdges.set(edge, witness);
  }

  /** Judges the values of the kernel's current state, which has this number. */
  invariants(state: number): void {
    this.#expanding = state;
    this.#trying = undefined;
    this.judge.invariants(this.#note);
  }

  /** Judges the step that the kernel has just taken in the state; `fired` is what it answered. */
  step(state: number, fired: number, thread: number, pick: number): void {
    this.#expanding = state;
    this.#trying = { thread, pick };
    if (this.kernel.ranks.edgeCount > this.lockEdges.size) this.#witness(this.#trying);
    if (fired === Fired.faulted || this.kernel.violations > 0) this.judge.step(fired, this.#note);
  }

  /** Judges how the state can go on, once every thread was fired in it. */
  future(state: number, enabled: number): void {
    this.#expanding = state;
    this.#trying = undefined;
    this.judge.future(enabled, this.#note);
  }

  /** The states have got other numbers. */
  renumber(number: (state: number) => number): void {
    for (const [guarantee, found] of this.found) this.found.set(guarantee, { ...found, state: number(found.state) });
    for (const [edge, witness] of this.lockEdges) this.lockEdges.set(edge, { ...witness, state: number(witness.state) });
  }

  /** Keeps which step was the first to take the lock edges that are new. */
  #witness(choice: Choice): void {
    this.kernel.ranks.edges.forEach((taken, edge) => {
      if (taken === 1 && !this.lockEdges.has(edge)) this.lockEdges.set(edge, { state: this.#expanding, choice });
    });
  }
}
