import { Fired, stops, type Kernel } from '../../kernel/kernel.ts';
import { firstSafe, settle } from '../../kernel/safe-steps.ts';
import type { Findings } from '../findings.ts';
import type { Orbits } from '../symmetry/orbits.ts';
import type { CompactedStates } from './compacted-states.ts';

/** By thread and local state, 1 where a step may be taken alone (kernel/safe-steps.ts). */
export type Safe = readonly Uint8Array[];

/**
 * Expands states by the kernel, and adds what their steps lead to. Where safe steps wait behind a step they are taken with
 * it, one after the other: the states between are not stored.
 */
export class CompactedExpander {
  transitions = 0;
  readonly #findings: Findings;
  readonly #kernel: Kernel;
  readonly #states: CompactedStates;
  readonly #orbits: Orbits | undefined;
  readonly #safe: Safe | undefined;
  /** Successors that safe steps wait in: the state, and by which step it was reached. */
  #unsettled: { readonly state: Int32Array; readonly step: number }[] = [];

  constructor(findings: Findings, states: CompactedStates, orbits: Orbits | undefined, safe: Safe | undefined) {
    this.#findings = findings;
    this.#kernel = findings.kernel;
    this.#states = states;
    this.#orbits = orbits;
    this.#safe = safe;
  }

  /** Expands the state that waits longest. If it throws, the state still waits. */
  expand(): void {
    const findings = this.#findings;
    const kernel = this.#kernel;
    const states = this.#states;
    const number = states.expanded;
    kernel.load(states.head, states.offset);
    states.from(kernel.current);
    findings.invariants(number);
    const alone = this.#safe === undefined ? -1 : firstSafe(this.#safe, kernel);
    let enabled = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (alone >= 0 && thread !== alone) continue;
      const picks = kernel.choices(thread);
      for (let pick = 0; pick < picks; pick++) {
        const fired = kernel.fire(thread, pick);
        if (fired === Fired.disabled) break;
        if (fired === Fired.stepped) this.#reached(enabled);
        enabled++;
        if (fired === Fired.faulted || kernel.violations > 0) findings.step(number, fired, thread, pick);
      }
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) {
        this.#reached(enabled);
        enabled++;
        if (kernel.violations > 0) findings.step(number, Fired.stepped, thread, stops);
      }
    }
    if (enabled === 0 || findings.judge.concerned(findings.found)) findings.future(number, enabled);
    if (this.#unsettled.length > 0) enabled += this.#settle();
    this.transitions += enabled;
    states.shift();
  }

  /** The kernel's successor, which this step, one of those enabled, leads to. */
  #reached(step: number): void {
    const kernel = this.#kernel;
    if (this.#safe !== undefined && this.#isUnsettled()) {
      this.#unsettled.push({ state: kernel.next.slice(), step });
      return;
    }
    // Who takes states for each other changes the kernel's successor.
    this.#orbits?.canonical(kernel.next);
    this.#states.stage(kernel.current, kernel.next, step);
  }

  #isUnsettled(): boolean {
    const kernel = this.#kernel;
    for (let thread = 0; thread < kernel.threads; thread++)
      if (this.#safe![thread]![kernel.after(kernel.system.nodeField(thread))] === 1) return true;
    return false;
  }

  /** Takes the safe steps that wait in some successors of a state. Returns how many. */
  #settle(): number {
    const kernel = this.#kernel;
    let taken = 0;
    for (const { state, step } of this.#unsettled.splice(0)) {
      kernel.load(state, 0);
      taken += settle(this.#safe!, kernel).length;
      this.#orbits?.canonical(kernel.current);
      this.#states.from(kernel.current);
      this.#states.stage(kernel.current, kernel.current, step);
    }
    return taken;
  }
}
