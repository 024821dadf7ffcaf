import { Kernel } from '../../kernel/kernel.ts';
import { preserves } from '../../kernel/safe-steps.ts';
import { Overflow, type System } from '../../kernel/system.ts';
import { needsWholeGraph } from '../../property/needs-whole-graph.ts';
import type { Guarantee } from '../../property/property.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import { run } from '../../schedule/run.ts';
import { Findings, type Found } from '../findings.ts';
import { reducible } from '../reducible.ts';
import { betweenLooks, MonitorMemory } from '../monitor-memory.ts';
import type { Progress, Search } from '../search.ts';
import { Asymmetry } from '../symmetry/monitor-images.ts';
import { Orbits } from '../symmetry/orbits.ts';
import { forget, forgetThreads, off, type SymmetryUse } from '../symmetry/symmetry.ts';
import type { Crowd, Cut, Exploration, Verdict, Violation } from '../verdict.ts';
import { CompactedStates, type CompactedParts } from './compacted-states.ts';
import { CompactedExpander, type Safe } from './expand.ts';
import { compacted, type Compacted } from './omission.ts';
import { pathTo } from './path.ts';

export interface HashCompactionOptions extends CompactedParts {
  /** Draws the hash function. Searches with different seeds leave out different states, if any. */
  readonly seed: number;
  /** Budget for all that is kept of states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: never. */
  readonly untilViolated?: readonly number[];
  /** Explores states that differ only in which of some like threads is which once (src/explore/symmetry). False by default. */
  readonly symmetry?: boolean;
  /** Whether safe steps may be taken alone, where nothing that is judged needs to see others beside them. False by default. */
  readonly reduces?: boolean;
}

/**
 * Breadth-first search that keeps of each state a fingerprint instead of the state: hash compaction (Wolper and Leroy, CAV
 * 1993; SPIN's `-DHC` and TLC's fingerprints do the same). It takes 11 to 13 bytes a state, however wide states are, and
 * holds as many as there is memory for. Two states with one fingerprint are taken for each other, so it proves nothing: what
 * it does not find is not found within a bound, which tells the odds of an omission (omission.ts). What it does find is
 * run again, exactly, before it is told.
 *
 * It does not keep the graph. So liveness is not judged, and nothing is remembered for it; of stuck threads only wait-for
 * cycles and bad ends are found. It is for one thread.
 */
export class HashCompaction implements Search {
  /** With all its guarantees: what is found is judged by it once more. */
  readonly #whole: System;
  /** Judges all that steps and single states tell. */
  readonly system: System;
  readonly #options: HashCompactionOptions;
  #findings!: Findings;
  #states: CompactedStates | undefined;
  #expander!: CompactedExpander;
  #orbits: Orbits | undefined;
  #asymmetry: SymmetryUse | undefined;
  #safe: Safe | undefined;
  /** The initial states that the search has found, in this order, by their numbers in the system. */
  #starts: number[] = [];
  /** Transitions taken by expanders before the present one. */
  #transitions = 0;
  #depth = 0;
  /** The number of the first state of the next level. */
  #levelEnd = 0;
  readonly #memory: MonitorMemory;
  #cut: Cut | undefined;
  #crowd: Crowd | undefined;
  #finished = false;
  #milliseconds = 0;

  constructor(system: System, options: HashCompactionOptions) {
    this.#whole = system;
    this.#options = options;
    const judged = system.guarantees.flatMap(({ property }, guarantee) => (property.kind === 'liveness' ? [] : [guarantee]));
    this.system = judged.length === system.guarantees.length ? system : system.judging(judged);
    this.#memory = new MonitorMemory(this.system, options.maxBytes ?? Number.POSITIVE_INFINITY);
    this.#begin();
  }

  #begin(): void {
    const { system } = this;
    const { symmetry = false, reduces = false, seed, maxBytes = Number.POSITIVE_INFINITY } = this.#options;
    forget(system);
    const kernel = new Kernel(system);
    this.#findings = new Findings(kernel);
    this.#orbits = symmetry && this.#asymmetry === undefined ? new Orbits(kernel) : undefined;
    this.#safe = reduces ? reducible(kernel, this.#sound, (each) => isOpen(each) || preserves(each)) : undefined;
    this.#depth = 0;
    this.#transitions = 0;
    this.#starts = [];
    this.#states = undefined;
    try {
      this.#states = new CompactedStates(system, seed, maxBytes, this.#options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.cut('memory');
      return;
    }
    const states = this.#states;
    this.#expander = this.#newExpander(states);
    system.initialStates().forEach((state, initial) => {
      const element = this.#sound?.canonical(state) ?? 0;
      if (!states.addInitial(state)) return;
      this.#orbits?.starting(initial, element);
      this.#starts.push(initial);
    });
    this.#levelEnd = states.size;
  }

  #newExpander(states: CompactedStates): CompactedExpander {
    return new CompactedExpander(this.#findings, states, this.#sound, this.#safe);
  }

  /** What takes states for each other, if anything does. */
  get #sound(): Orbits | undefined {
    return this.#orbits?.use.on === true ? this.#orbits : undefined;
  }

  /** What was done about symmetry, if it was asked for. */
  get symmetry(): SymmetryUse | undefined {
    return this.#asymmetry ?? this.#orbits?.use;
  }

  /** Bytes taken by all that is kept of states. */
  get bytes(): number {
    return this.#states?.bytes ?? 0;
  }

  get progress(): Progress {
    const states = this.#states?.size ?? 0;
    return { states, transitions: this.#taken, depth: this.#depth, frontier: states - (this.#states?.expanded ?? 0) };
  }

  get #taken(): number {
    return this.#transitions + (this.#states === undefined ? 0 : this.#expander.transitions);
  }

  /** Whether every state that was found has been expanded. */
  get complete(): boolean {
    return this.#finished && this.#cut === undefined && this.#states?.expanded === this.#states?.size;
  }

  /** Expands up to `count` states. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    try {
      if (this.#states !== undefined) this.#advance(this.#states, count);
    } catch (error) {
      if (error instanceof Overflow) this.#widen(error);
      else if (error instanceof Asymmetry) {
        this.#asymmetry = off(error.reason);
        this.#begin();
      } else throw error;
    }
    this.#milliseconds += performance.now() - began;
    return this.#finished;
  }

  /** Ends the search where it is. */
  cut(reason: Cut): void {
    if (this.#finished) return;
    forgetThreads(this.system);
    this.#cut = reason;
    this.#finished = true;
  }

  #advance(states: CompactedStates, count: number): void {
    for (let left = count; left > 0 && !this.#finished; left--) {
      if (states.expanded === this.#levelEnd) {
        states.flush();
        // The level is complete: only now may the search end for what it broke.
        if (!states.full && (states.expanded === states.size || this.#enough())) {
          forgetThreads(this.system);
          this.#finished = true;
          return;
        }
        this.#levelEnd = states.size;
        this.#depth++;
      }
      if (states.full) {
        this.cut('memory');
        return;
      }
      if (states.expanded % betweenLooks === 0 && this.#memory.isFull(states.bytes)) {
        this.#crowd = this.#memory.crowd;
        this.cut('memory');
        return;
      }
      this.#findings.depth = this.#depth;
      this.#expander.expand();
    }
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    return wanted.length > 0 && wanted.every((guarantee) => this.#findings.found.has(guarantee));
  }

  /** Makes room in a field that turned out too narrow, and goes on where the search is: fingerprints stay as they are. */
  #widen(overflow: Overflow): void {
    // What takes states for each other knows one packing only.
    if (this.#sound !== undefined || this.#states === undefined) {
      this.system.widen(overflow);
      this.#begin();
      return;
    }
    const repack = this.#states.repacking();
    this.system.widen(overflow);
    repack();
    this.#transitions += this.#expander.transitions;
    this.#findings = new Findings(new Kernel(this.system, this.#findings.kernel), this.#findings);
    this.#expander = this.#newExpander(this.#states);
  }

  /** What the search knows now. */
  result(): Exploration {
    const { states, transitions, depth } = this.progress;
    const odds = compacted(states, this.#options.bits);
    return {
      engine: 'exhaustive',
      storage: 'hash-compacted',
      states,
      transitions,
      depth,
      reduction: this.#safe === undefined ? 'none' : 'safe-steps',
      milliseconds: this.#milliseconds,
      ...(this.symmetry !== undefined && { symmetry: this.symmetry }),
      verdicts: this.system.guarantees.map((_, guarantee) => this.#verdict(guarantee, odds)),
    };
  }

  #verdict(guarantee: number, odds: Compacted): Verdict {
    const { property } = this.system.guarantees[guarantee]!;
    const found = this.#findings.found.get(guarantee);
    // A shorter run may lead through a state that was left out.
    if (found !== undefined) return { kind: 'violated', minimal: false, violation: this.#violation(guarantee, found) };
    if (isOpen(this.system.guarantees[guarantee]!)) return { kind: 'incomplete', cut: 'hash-compacted', steps: 0, compacted: odds };
    if (this.#cut !== undefined || !this.#finished) {
      const crowd = this.#crowd;
      return {
        kind: 'incomplete',
        cut: this.#cut ?? 'interrupted',
        steps: this.#depth,
        compacted: odds,
        ...(crowd !== undefined && { crowd }),
      };
    }
    return {
      kind: 'not-found',
      bound: {
        kind: 'hash-compacted',
        ...odds,
        ...(this.complete ? {} : { steps: this.#depth }),
        ...(needsWholeGraph(property) ? { sought: 'wait-for cycles and bad ends' } : {}),
      },
      residualRisk: null,
    };
  }

  /** A run to a state of the search, by its number, and on by a choice that was tried there, if one is given. */
  scheduleTo(state: number, choice?: Choice): Schedule {
    const starts = this.system.initialStates();
    const found = this.#starts.map((initial) => {
      this.#sound?.canonical(starts[initial]!);
      return { initial, state: starts[initial]! };
    });
    return pathTo(this.#findings.kernel, this.#states!, found, state, choice, this.#sound, this.#safe).schedule;
  }

  /** What was found, as a run of its own. Throws Error if it does not break the guarantee: that would be a fault in Heddle. */
  #violation(guarantee: number, { state, choice }: Found): Violation {
    const schedule = this.scheduleTo(state, choice);
    // A state is judged when no safe step waits in it any more: its run may have broken an invariant before those.
    const found = run(this.#whole, schedule).run.breaches.find((each) => each.guarantee === guarantee);
    if (found === undefined) throw new Error(`the run found for ${this.system.guarantees[guarantee]!.name} does not break it`);
    return { guarantee, says: found.says, schedule: { ...schedule, choices: schedule.choices.slice(0, found.steps) } };
  }
}

/** Whether only the graph could tell anything of the guarantee. */
function isOpen({ property }: Guarantee): boolean {
  return property.kind === 'liveness';
}
