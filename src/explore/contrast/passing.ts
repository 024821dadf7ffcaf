import { Judge, type Note } from '../../kernel/judge.ts';
import { Fired, Kernel, stops } from '../../kernel/kernel.ts';
import { Layout } from '../../kernel/layout.ts';
import type { System } from '../../kernel/system.ts';
import { Visited } from '../../kernel/visited.ts';
import { RoundStarts } from '../../schedule/round-starts.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import { actingThreads } from '../size.ts';
import { enabledChoices, isSettled } from './settled.ts';

export interface PassingOptions {
  /** Steps of the failing run that come first. */
  readonly shared: number;
  /** The threads that act in the failing run. */
  readonly acting: ReadonlySet<number>;
  /** Whether each thread decides as it does in the failing run, as far as that goes. */
  readonly sameDecisions: boolean;
  /** At most so many after the two have parted. */
  readonly preemptions: number;
  readonly maxStates: number;
}

/** Where a run stands, beside its state. */
interface Standing {
  /** −1: nobody whom leaving would preempt. */
  readonly running: number;
  /** A set of bits: the threads that have acted since the runs parted. */
  readonly acted: number;
  /** By thread: decisions taken so far. */
  readonly decided: readonly number[];
}

/**
 * Looks for a passing run (see contrast.ts) that shares so many steps with the failing one and not the next: level by
 * level of preemptions, as in `MinimalSearch`, on nodes of a state and a standing.
 */
export class Passing {
  readonly #system: System;
  readonly #guarantee: number;
  readonly #options: PassingOptions;
  readonly #kernel: Kernel;
  readonly #judge: Judge;
  readonly #roundStarts: RoundStarts;
  readonly #layout: Layout;
  readonly #nodes: Visited;
  /** By node: the choice that led to it. */
  readonly #choices: Choice[] = [];
  /** By thread: how it decides in the failing run. */
  readonly #decisions: readonly number[][];
  /** The threads that must act, as bits. */
  readonly #must: number;
  readonly #avoided: Choice;
  readonly #root: { readonly state: Int32Array; readonly standing: Standing };
  /** By end that was looked into: whether nothing that can follow it breaks the guarantee. */
  readonly #safe = new Map<string, boolean>();
  #states = 0;
  #broken = false;
  readonly #note: Note = (guarantee) => {
    if (guarantee === this.#guarantee) this.#broken = true;
  };

  constructor(system: System, guarantee: number, failing: Schedule, options: PassingOptions) {
    const { shared } = options;
    const threads = system.scenario.threads.length;
    this.#system = system;
    this.#guarantee = guarantee;
    this.#options = options;
    this.#kernel = new Kernel(system);
    this.#judge = new Judge(this.#kernel);
    this.#roundStarts = new RoundStarts(system);
    this.#decisions = system.scenario.threads.map(() => []);
    this.#avoided = failing.choices[shared]!;
    let must = 0;
    for (const thread of actingThreads({ ...failing, choices: failing.choices.slice(shared) })) must |= 1 << thread;
    this.#must = must;
    this.#root = this.#follow(failing);
    this.#layout = new Layout([
      ...system.layout.fields,
      { name: 'running', size: threads + 1 },
      ...system.scenario.threads.map(({ name }) => ({ name: `${name} acted`, size: 2 })),
      ...this.#decisions.map((own) => ({ name: 'decided', size: own.length + 1 })),
    ]);
    this.#nodes = new Visited(this.#layout.words);
  }

  /** States that were looked at. */
  get states(): number {
    return this.#states + this.#nodes.size;
  }

  /** How the run goes on, with the fewest preemptions; undefined if there is no such run, or too many states. */
  search(): readonly Choice[] | undefined {
    this.#add(this.#root.state, this.#root.standing, -1, this.#avoided);
    let cursor = 0;
    for (let preemptions = 0, left: number[] = []; preemptions <= this.#options.preemptions; preemptions++) {
      const later: number[] = [];
      for (const node of left) this.#expand(node, true);
      for (; cursor < this.#nodes.size; cursor++) {
        if (this.states > this.#options.maxStates) return undefined;
        const end = this.#expand(cursor, false);
        if (end === 'passes') return this.#pathTo(cursor);
        if (end === 'can preempt') later.push(cursor);
      }
      if (later.length === 0) return undefined;
      left = later;
    }
    return undefined;
  }

  /** Takes the steps of a node that are preemptions, or the others; those come first, and then the state is judged. */
  #expand(node: number, preempting: boolean): 'passes' | 'can preempt' | 'goes on' {
    const { running, acted, decided } = this.#load(node);
    const kernel = this.#kernel;
    if (!preempting && this.#breaksHere()) return 'goes on';
    if (!preempting && this.#isEnd(acted) && node > 0 && this.#isSafe()) return 'passes';
    const preemptible = running >= 0 && kernel.fire(running, 0) !== Fired.disabled;
    let left = false;
    for (const { thread, pick } of enabledChoices(kernel)) {
      const environment = this.#system.scenario.threads[thread]!.environment;
      const preempts = preemptible && thread !== running && !environment;
      if (preempts !== preempting) {
        left ||= preempts;
        continue;
      }
      const decides = pick !== stops && kernel.choices(thread) > 1;
      if (!this.#isAllowed(node, thread, pick, decides ? decided[thread] : undefined)) continue;
      if (!this.#steps(thread, pick)) continue;
      this.#add(
        kernel.next,
        {
          running: environment ? running : this.sleeps(thread) ? -1 : thread,
          acted: pick === stops ? acted : acted | (1 << thread),
          decided: decides
            ? decided.map((count, other) => (other === thread ? Math.min(count + 1, this.#decisions[other]!.length) : count))
            : decided,
        },
        node,
        { thread, pick },
      );
    }
    return left ? 'can preempt' : 'goes on';
  }

  #isAllowed(node: number, thread: number, pick: number, decided: number | undefined): boolean {
    if (node === 0 && thread === this.#avoided.thread && pick === this.#avoided.pick) return false;
    if (pick !== stops && !this.#options.acting.has(thread)) return false;
    if (!this.#options.sameDecisions || decided === undefined) return true;
    const own = this.#decisions[thread]!;
    return decided >= own.length || own[decided] === pick;
  }

  /** Takes a choice. Whether it may be part of a passing run; then the successor is in the kernel's `next`. */
  #steps(thread: number, pick: number): boolean {
    const kernel = this.#kernel;
    const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
    this.#broken = false;
    this.#judge.step(fired, this.#note);
    return fired === Fired.stepped && !this.#broken;
  }

  /** Whether the kernel's state breaks the guarantee. */
  #breaksHere(): boolean {
    const kernel = this.#kernel;
    this.#broken = false;
    this.#judge.invariants(this.#note);
    kernel.waiting = 0;
    const enabled = [...enabledChoices(kernel)].length;
    this.#judge.future(enabled, this.#note);
    return this.#broken;
  }

  #isEnd(acted: number): boolean {
    if ((acted & this.#must) !== this.#must) return false;
    return [...this.#options.acting].every(
      (thread) => this.#system.scenario.threads[thread]!.environment || isSettled(this.#kernel, this.#roundStarts, thread),
    );
  }

  /** Whether nothing that the acting threads can do from the kernel's state on breaks the guarantee. Leaves the kernel where it was. */
  #isSafe(): boolean {
    const kernel = this.#kernel;
    const start = kernel.current.slice();
    const key = start.join();
    let safe = this.#safe.get(key);
    if (safe === undefined) {
      safe = this.#staysSafe(start);
      this.#safe.set(key, safe);
      kernel.load(start, 0);
    }
    return safe;
  }

  #staysSafe(start: Int32Array): boolean {
    const kernel = this.#kernel;
    const reached = new Visited(this.#system.layout.words);
    reached.add(start, -1);
    for (let number = 0; number < reached.size; number++) {
      this.#states++;
      kernel.load(reached.states, number * reached.words);
      if (this.states > this.#options.maxStates || this.#breaksHere()) return false;
      for (const { thread, pick } of enabledChoices(kernel)) {
        if (pick !== stops && !this.#options.acting.has(thread)) continue;
        if (!this.#steps(thread, pick)) return false;
        reached.add(kernel.next, number);
      }
    }
    return true;
  }

  /** Whether a daemon sleeps after its step. A hook for tests that break it on purpose. */
  protected sleeps(thread: number): boolean {
    const node = this.#kernel.after(this.#system.nodeField(thread));
    return this.#roundStarts.includes(thread, node);
  }

  /** Replays the shared steps, and takes down how each thread decides in all of them. */
  #follow({ initial, choices }: Schedule): { readonly state: Int32Array; readonly standing: Standing } {
    const kernel = this.#kernel;
    const decided = this.#system.scenario.threads.map(() => 0);
    let root: { readonly state: Int32Array; readonly standing: Standing } | undefined;
    let running = -1;
    kernel.load(this.#system.initialStates()[initial]!, 0);
    for (const [index, { thread, pick }] of choices.entries()) {
      if (index === this.#options.shared) root = { state: kernel.current.slice(), standing: { running, acted: 0, decided: [...decided] } };
      if (pick !== stops && kernel.choices(thread) > 1) {
        this.#decisions[thread]!.push(pick);
        decided[thread]!++;
      }
      const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
      if (fired !== Fired.stepped) break;
      if (!this.#system.scenario.threads[thread]!.environment) running = this.sleeps(thread) ? -1 : thread;
      kernel.load(kernel.next, 0);
    }
    if (root === undefined) throw new RangeError(`the schedule has no step ${this.#options.shared + 1}`);
    return root;
  }

  #add(state: Int32Array, { running, acted, decided }: Standing, parent: number, choice: Choice): void {
    const layout = this.#layout;
    const node = new Int32Array(layout.words);
    node.set(state);
    let field = this.#system.layout.fields.length;
    layout.write(node, field++, running + 1);
    for (const thread of decided.keys()) layout.write(node, field++, (acted >>> thread) & 1);
    for (const count of decided) layout.write(node, field++, count);
    if (this.#nodes.add(node, parent) >= 0) this.#choices.push(choice);
  }

  /** Makes a node's state the kernel's. */
  #load(node: number): Standing {
    const { words } = this.#layout;
    const { layout, scenario } = this.#system;
    const offset = node * words;
    const states = this.#nodes.states;
    const state = new Int32Array(layout.words);
    layout.fields.forEach((_, field) => layout.write(state, field, layout.read(states, field, offset)));
    this.#kernel.load(state, 0);
    let field = layout.fields.length;
    const running = this.#layout.read(states, field++, offset) - 1;
    let acted = 0;
    for (const thread of scenario.threads.keys()) acted |= this.#layout.read(states, field++, offset) << thread;
    return { running, acted, decided: scenario.threads.map(() => this.#layout.read(states, field++, offset)) };
  }

  #pathTo(node: number): readonly Choice[] {
    const path: Choice[] = [];
    for (let at = node; at > 0; at = this.#nodes.parents[at]!) path.unshift(this.#choices[at]!);
    return path;
  }
}
