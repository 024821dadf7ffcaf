import { Fired, stops } from '../kernel/kernel.ts';
import type { Visited } from '../kernel/visited.ts';
import type { Expander, Range } from './expander.ts';
import type { Findings } from './findings.ts';
import { betweenLooks } from './monitor-memory.ts';
import type { Orbits } from './symmetry/orbits.ts';

/** Expands states by the kernel alone: for more states than the inner loop's memory holds, and to compare the loop with. */
export class PlainExpander implements Expander {
  readonly states: Visited;
  transitions = 0;
  current = 0;
  readonly #findings: Findings;
  #taken = 0;
  readonly #orbits: Orbits | undefined;
  readonly #isCrowded: () => boolean;

  /**
   * @param orbits what takes states for each other, if anything does: then only the least of each orbit is added
   * @param isCrowded whether there is no more room for what else it learns (monitor-memory.ts)
   */
  constructor(findings: Findings, visited: Visited, orbits: Orbits | undefined, isCrowded: () => boolean) {
    this.#isCrowded = isCrowded;
    this.#findings = findings;
    this.#orbits = orbits;
    this.states = visited;
  }

  flush(): void {
    this.states.flush();
  }

  /** Nobody helps it. */
  dismiss(): void {}

  takeRanges(): readonly Range[] {
    const from = this.#taken;
    const to = (this.#taken = this.states.size);
    return from === to ? [] : [{ from, to }];
  }

  expand(from: number, to: number): number {
    for (let state = from; state < to; state++) {
      if (state % betweenLooks === 0 && this.#isCrowded()) this.states.full = true;
      if (this.states.full) return state;
      this.current = state;
      this.#expand(state);
    }
    return to;
  }

  #expand(state: number): void {
    const findings = this.#findings;
    const { kernel } = findings;
    const visited = this.states;
    const orbits = this.#orbits;
    kernel.load(visited.states, state * visited.words);
    findings.invariants(state);
    let enabled = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      const picks = kernel.choices(thread);
      for (let pick = 0; pick < picks; pick++) {
        const fired = kernel.fire(thread, pick);
        if (fired === Fired.disabled) break;
        enabled++;
        if (fired === Fired.stepped) {
          orbits?.canonical(kernel.next);
          visited.stage(kernel.next, state);
        }
        if (fired === Fired.faulted || kernel.violations > 0 || kernel.ranks.edgeCount > findings.lockEdges.size)
          findings.step(state, fired, thread, pick);
      }
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) {
        enabled++;
        orbits?.canonical(kernel.next);
        visited.stage(kernel.next, state);
        if (kernel.violations > 0) findings.step(state, Fired.stepped, thread, stops);
      }
    }
    this.transitions += enabled;
    if (enabled === 0 || findings.judge.concerned(findings.found)) findings.future(state, enabled);
  }
}
