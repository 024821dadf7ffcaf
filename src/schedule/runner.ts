import type { LocalState } from '../automaton/local-state.ts';
import { Judge } from '../kernel/judge.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { Layout } from '../kernel/layout.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { RoundStarts } from './round-starts.ts';
import type { Choice } from './schedule.ts';

/** A guarantee that a run breaks, where it first does. */
export interface Breach {
  /** Number among the system's guarantees. */
  readonly guarantee: number;
  /** In the property's own words; empty where it has none. */
  readonly says: string;
  /** By what the last of its steps does, or by what the state after it is. */
  readonly at: 'step' | 'state';
  /** Steps up to there. */
  readonly steps: number;
}

/**
 * A run in the making: it knows which choices are enabled, takes one, and judges each state and step that it passes.
 * Runs on the tables: nothing but a choice is allocated for a step. A field that turns out too narrow is widened on the way.
 */
export class Runner {
  readonly system: System;
  /** The choices taken since `begin`. */
  readonly choices: Choice[] = [];
  /** By step taken: the thread's local state before it. */
  readonly nodes: number[] = [];
  /** By step taken: how many ways its operation could go. */
  readonly picks: number[] = [];
  /** What the run has broken so far, each guarantee once. */
  readonly breaches: Breach[] = [];
  /** How many choices are enabled now; 0 after a fault. */
  enabled = 0;
  /** Whether the runtime has thrown: nothing follows. */
  faulted = false;
  preemptions = 0;
  /** Changes from one thread to another, leaving the environment out. */
  switches = 0;
  initial = 0;
  #kernel!: Kernel;
  #judge!: Judge;
  #layout!: Layout;
  #initialStates!: readonly Int32Array[];
  /** By thread: ways its pending operation can go now, 0 if it is disabled. */
  readonly #ways: Int32Array;
  /** By thread: whether it can stop at its safe point now. */
  readonly #halts: Uint8Array;
  /** The thread that took the last step that was not the environment's, or −1. */
  #running = -1;
  readonly #roundStarts: RoundStarts;
  /** Guarantees in `breaches`. */
  readonly #broken = new Set<number>();

  constructor(system: System) {
    this.system = system;
    this.#roundStarts = new RoundStarts(system);
    this.#ways = new Int32Array(system.scenario.threads.length);
    this.#halts = new Uint8Array(system.scenario.threads.length);
    this.#build();
  }

  /** How many initial states there are. */
  get initialStates(): number {
    return this.#initialStates.length;
  }
  /** The current state, packed; it changes with the next step. */
  get state(): Int32Array {
    return this.#kernel.current;
  }
  /** How `state` is packed. */
  get layout(): Layout {
    return this.#layout;
  }

  /** Starts anew in an initial state. */
  begin(initial: number): void {
    if (this.system.layout !== this.#layout) this.#build();
    this.initial = initial;
    this.choices.length = 0;
    this.nodes.length = 0;
    this.picks.length = 0;
    this.breaches.length = 0;
    this.#broken.clear();
    this.faulted = false;
    this.preemptions = 0;
    this.switches = 0;
    this.#running = -1;
    this.#kernel.load(this.#initialStates[initial]!, 0);
    this.#look();
  }

  /** The enabled choice of this number, 0 … enabled − 1. */
  choice(number: number): Choice {
    let left = number;
    for (let thread = 0; thread < this.#ways.length; thread++) {
      if (left < this.#ways[thread]!) return { thread, pick: left };
      left -= this.#ways[thread]!;
      if (left < this.#halts[thread]!) return { thread, pick: stops };
      left -= this.#halts[thread]!;
    }
    throw new RangeError(`no choice ${number} among ${this.enabled}`);
  }

  /** How many ways the thread's pending operation can go now; 0 if it is disabled, or there is no such thread. */
  waysOf(thread: number): number {
    return this.#ways[thread] ?? 0;
  }

  /** Where a thread stands. */
  localState(thread: number): LocalState {
    return this.system.learners[thread]!.states[this.#kernel.nodeOf(thread)]!;
  }

  isEnabled({ thread, pick }: Choice): boolean {
    return pick === stops ? this.#halts[thread] === 1 : pick >= 0 && pick < this.waysOf(thread);
  }

  /** Whether the last thread that ran could go on: leaving it now would be a preemption. */
  get preemptible(): boolean {
    const thread = this.#running;
    return thread >= 0 && this.#ways[thread]! > 0 && !this.#roundStarts.includes(thread, this.#kernel.nodeOf(thread));
  }

  /** Takes a choice, which must be enabled, and judges the step and the state that it leads to. */
  take(choice: Choice): void {
    const { thread, pick } = choice;
    const node = this.#kernel.nodeOf(thread);
    const ways = this.#ways[thread]!;
    const fired = this.#fire(choice);
    if (fired === Fired.disabled) throw new RangeError(`step ${this.choices.length + 1} is not enabled`);
    if (!this.system.scenario.threads[thread]!.environment) {
      if (this.#running >= 0 && this.#running !== thread) {
        this.switches++;
        if (this.preemptible) this.preemptions++;
      }
      this.#running = thread;
    }
    this.choices.push(choice);
    this.nodes.push(node);
    this.picks.push(pick === stops ? 1 : ways);
    this.#judge.step(fired, this.#noteStep);
    if (fired === Fired.faulted) {
      this.faulted = true;
      this.#ways.fill(0);
      this.#halts.fill(0);
      this.enabled = 0;
      return;
    }
    this.#kernel.load(this.#kernel.next, 0);
    this.#look();
  }

  /** Finds what is enabled in the current state, and judges it. */
  #look(): void {
    for (;;)
      try {
        let enabled = 0;
        const kernel = this.#kernel;
        for (let thread = 0; thread < kernel.threads; thread++) {
          const ways = kernel.fire(thread, 0) === Fired.disabled ? 0 : kernel.choices(thread);
          const halts = kernel.closing && kernel.halt(thread) === Fired.stepped ? 1 : 0;
          this.#ways[thread] = ways;
          this.#halts[thread] = halts;
          enabled += ways + halts;
        }
        this.enabled = enabled;
        break;
      } catch (error) {
        this.#widen(error);
      }
    this.#judge.invariants(this.#noteState);
    this.#judge.future(this.enabled, this.#noteState);
  }

  #fire({ thread, pick }: Choice): number {
    for (;;)
      try {
        if (this.system.layout !== this.#layout) this.#rebuild();
        return pick === stops ? this.#kernel.halt(thread) : this.#kernel.fire(thread, pick);
      } catch (error) {
        this.#widen(error);
      }
  }

  #widen(error: unknown): void {
    if (!(error instanceof Overflow)) throw error;
    this.system.widen(error);
    this.#rebuild();
  }

  /** Packs anew, with the system's present layout, and goes to where the run is. */
  #rebuild(): void {
    this.#build();
    this.#kernel.load(this.#initialStates[this.initial]!, 0);
    for (const { thread, pick } of this.choices) {
      if (pick === stops) this.#kernel.halt(thread);
      else this.#kernel.fire(thread, pick);
      this.#kernel.load(this.#kernel.next, 0);
    }
  }

  #build(): void {
    this.#layout = this.system.layout;
    this.#kernel = new Kernel(this.system);
    this.#judge = new Judge(this.#kernel);
    this.#initialStates = this.system.initialStates();
  }

  #noteStep = (guarantee: number, says: string): void => this.#note(guarantee, says, 'step');
  #noteState = (guarantee: number, says: string): void => this.#note(guarantee, says, 'state');

  #note(guarantee: number, says: string, at: Breach['at']): void {
    if (this.#broken.has(guarantee)) return;
    this.#broken.add(guarantee);
    this.breaches.push({ guarantee, says, at, steps: this.choices.length });
  }
}
