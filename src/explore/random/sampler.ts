import { Delays } from '../../kernel/delays.ts';
import { Judge, type Note } from '../../kernel/judge.ts';
import { Fired, Kernel, stops } from '../../kernel/kernel.ts';
import type { Layout } from '../../kernel/layout.ts';
import { Races } from '../../kernel/races.ts';
import { Overflow, type System } from '../../kernel/system.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import type { MakeStrategy, Moves, Strategy, StrategySettings } from '../strategies/strategy.ts';
import { Fingerprint } from './fingerprint.ts';
import { RandomStream } from './random-stream.ts';

/** How a schedule ended: nothing can happen any more, the runtime threw, or its steps are used up. */
export type SampleEnd = 'terminal' | 'fault' | 'open';

/** Sees each state that a schedule passes, as its fingerprint; the same state may come more than once. */
export type See = (low: number, high: number) => void;

/**
 * Runs random schedules fast: per step it fires the thread that the strategy picks, and another only if that one turns
 * out to be disabled. What it does not look at in each state it need not look at there (docs/random.md, "What a random
 * run judges"), and whatever it suspects is left to `Runner` to judge, step by step, so it cannot report what is not so.
 */
export class Sampler {
  readonly system: System;
  /** How many choices the last schedule took. */
  steps = 0;
  /** Ways tried in the last schedule, disabled ones included. */
  tries = 0;
  end: SampleEnd = 'open';
  initial = 0;
  /** Guarantees, by number, that the last schedule may have broken. */
  readonly suspects = new Set<number>();
  /** The fingerprint of how the last schedule ended (see Fingerprint); stale if its end is `open`. */
  readonly outcome = { low: 0, high: 0 };
  readonly #make: MakeStrategy;
  readonly #settings: StrategySettings;
  readonly #seed: number;
  readonly #random = new RandomStream(0, 0);
  readonly #threads: Int32Array;
  readonly #picks: Int32Array;
  readonly #ways: Int32Array;
  readonly #halts: Int32Array;
  readonly #moves: Moves;
  /** Wait-for cycles last, so the last state shows them; behind several gates a stop may hide one for a while. */
  readonly #everyState: boolean;
  /** By thread: the ways of its pending operation, whether it is enabled or not. */
  readonly #nominal: Int32Array;
  #kernel!: Kernel;
  #layout!: Layout;
  #judge!: Judge;
  #strategy!: Strategy;
  #fingerprint!: Fingerprint;
  #initialStates!: readonly Int32Array[];
  /** By word: the bits that some invariant reads. */
  #invariantBits!: Int32Array;
  /** Judged in every state; undefined where no guarantee is of the kind. */
  #delays: Delays | undefined;
  #races: Races | undefined;
  readonly #suspect: Note = (guarantee) => this.suspects.add(guarantee);

  constructor(system: System, make: MakeStrategy, settings: StrategySettings, seed: number) {
    this.system = system;
    this.#make = make;
    this.#settings = settings;
    this.#seed = seed;
    this.#threads = new Int32Array(settings.maxSteps);
    this.#picks = new Int32Array(settings.maxSteps);
    const { length } = system.scenario.threads;
    this.#ways = new Int32Array(length);
    this.#halts = new Int32Array(length);
    this.#moves = { ways: this.#ways, halts: this.#halts };
    this.#everyState = system.gates.length > 1;
    this.#nominal = new Int32Array(length);
    this.#build();
  }

  /** Runs the schedule with this number. Throws HeddleError if the model is at fault. */
  run(number: number, see: See): void {
    for (;;)
      try {
        this.#run(number, see);
        return;
      } catch (error) {
        if (!(error instanceof Overflow)) throw error;
        // The stream starts anew, so the schedule takes the same choices in the new packing.
        this.system.widen(error);
        this.#build();
      }
  }

  /** The last schedule, up to this many steps. */
  schedule(steps = this.steps): Schedule {
    const choices = Array.from({ length: steps }, (_, k): Choice => ({ thread: this.#threads[k]!, pick: this.#picks[k]! }));
    return { initial: this.initial, choices };
  }

  #build(): void {
    const { system } = this;
    const kernel = new Kernel(system);
    this.#kernel = kernel;
    this.#layout = system.layout;
    this.#judge = new Judge(kernel);
    this.#strategy = this.#make(kernel, this.#settings);
    this.#fingerprint = new Fingerprint(system);
    this.#initialStates = system.initialStates();
    this.#invariantBits = new Int32Array(system.layout.words);
    for (const { property } of system.invariants)
      for (const handle of property.handles) {
        const field = system.valueField(system.numberOf(handle, 'an invariant'));
        this.#invariantBits[system.layout.word[field]!]! |= system.layout.mask[field]! << system.layout.shift[field]!;
      }
    const delays = new Delays(kernel);
    this.#delays = delays.any ? delays : undefined;
    const races = new Races(
      kernel,
      system.guarantees.findIndex(({ property }) => property.kind === 'dataRaceFreedom'),
    );
    this.#races = races.any ? races : undefined;
  }

  #run(number: number, see: See): void {
    if (this.system.layout !== this.#layout) this.#build();
    const kernel = this.#kernel;
    const strategy = this.#strategy;
    const random = this.#random;
    const fingerprint = this.#fingerprint;
    const { maxSteps } = this.#settings;
    random.restart(this.#seed, number);
    this.suspects.clear();
    this.steps = 0;
    this.tries = 0;
    this.end = 'open';
    this.initial = random.below(this.#initialStates.length);
    kernel.load(this.#initialStates[this.initial]!, 0);
    for (let thread = 0; thread < this.#nominal.length; thread++) this.#nominal[thread] = this.#waysOf(thread);
    strategy.begin(random);
    fingerprint.begin(kernel.current);
    see(fingerprint.low, fingerprint.high);
    this.#judge.invariants(this.#suspect);
    for (;;) {
      this.#delays?.note(this.#suspect);
      this.#races?.note(this.#suspect);
      if (this.steps === maxSteps) break;
      if (!this.#step()) return;
      see(fingerprint.low, fingerprint.high);
    }
    if (this.#judgeLast() > 0) return;
    // Its steps were used up just where nothing can happen any more.
    this.end = 'terminal';
    fingerprint.ofOutcome(kernel.current, this.outcome);
  }

  /** Takes one step. False if there was none to take, or the runtime threw. */
  #step(): boolean {
    const kernel = this.#kernel;
    const random = this.#random;
    const ways = this.#ways;
    const halts = this.#halts;
    let open = 0;
    for (let thread = 0; thread < ways.length; thread++) {
      halts[thread] = 0;
      if ((ways[thread] = this.#nominal[thread]!) > 0) open++;
    }
    if (kernel.closing || this.#everyState) open = this.#lookAtAll();
    if (this.#everyState && open > 0) this.#judge.future(open, this.#suspect);
    let fired: number = Fired.disabled;
    let thread = -1;
    let pick = 0;
    let from = 0;
    while (open > 0) {
      thread = this.#strategy.pick(this.#moves);
      from = kernel.nodeOf(thread);
      const enabled = ways[thread]!;
      pick = random.below(enabled + halts[thread]!);
      if (pick === enabled) pick = stops;
      this.tries++;
      fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
      if (fired !== Fired.disabled) break;
      ways[thread] = 0;
      open--;
    }
    if (open === 0) {
      this.end = 'terminal';
      this.#fingerprint.ofOutcome(kernel.current, this.outcome);
      this.#judgeLast();
      return false;
    }
    this.#threads[this.steps] = thread;
    this.#picks[this.steps] = pick;
    this.steps++;
    if (fired === Fired.faulted || kernel.violations > 0) this.#judge.step(fired, this.#suspect);
    if (fired === Fired.faulted) {
      this.end = 'fault';
      this.#fingerprint.ofThrow(thread, kernel.fault.says, this.outcome);
      this.#judgeLast();
      return false;
    }
    this.#fingerprint.step(kernel.current, kernel.next);
    const judged = this.#touchesInvariants();
    kernel.load(kernel.next, 0);
    this.#nominal[thread] = this.#waysOf(thread);
    if (judged) this.#judge.invariants(this.#suspect);
    this.#strategy.moved(thread, from, pick);
    return true;
  }

  /** Finds all that is enabled in a state where threads may stop, or that is judged in full. Returns how many threads can go on. */
  #lookAtAll(): number {
    const kernel = this.#kernel;
    let open = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (kernel.fire(thread, 0) === Fired.disabled) this.#ways[thread] = 0;
      this.#halts[thread] = kernel.closing && kernel.halt(thread) === Fired.stepped ? 1 : 0;
      if (this.#ways[thread]! + this.#halts[thread]! > 0) open++;
    }
    return open;
  }

  /** Judges the last state that the schedule passed, by how it can go on. Returns how many threads can. */
  #judgeLast(): number {
    const kernel = this.#kernel;
    kernel.load(kernel.current, 0);
    this.#ways.set(this.#nominal);
    const open = this.#lookAtAll();
    this.#judge.future(open, this.#suspect);
    return open;
  }

  #waysOf(thread: number): number {
    return this.#kernel.isDone(thread) ? 0 : this.#kernel.choices(thread);
  }

  /** Whether the step writes something that an invariant reads. */
  #touchesInvariants(): boolean {
    const { current, next } = this.#kernel;
    const bits = this.#invariantBits;
    for (let word = 0; word < bits.length; word++) if (((current[word]! ^ next[word]!) & bits[word]!) !== 0) return true;
    return false;
  }
}
