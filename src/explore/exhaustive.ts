import type { System } from '../kernel/system.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import { BreadthFirst, type BreadthFirstOptions } from './breadth-first.ts';
import type { GraphPhase } from './liveness/phase.ts';
import { FairCycles, type FairCyclesParts } from './liveness/fair-cycles.ts';
import type { StuckThreads } from './liveness/stuck.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Progress, Search } from './search.ts';
import { off, type SymmetryUse } from './symmetry/symmetry.ts';
import type { Cut, Exploration, Verdict } from './verdict.ts';

export interface ExhaustiveOptions extends BreadthFirstOptions, FairCyclesParts {
  /** Hooks for tests that break a part on purpose. */
  readonly StuckThreads?: typeof StuckThreads;
}

/**
 * Breadth-first search and then, if it has seen every reachable state, what can only be told from the whole graph (see
 * `needsWholeGraph`). For liveness that graph must be the full one. For stuck threads it may be one with symmetry, because they
 * are the same in all states of an orbit, up to their names; or one in which safe steps were taken alone, because what
 * nobody can let go on stays so, whichever of the other steps were taken (kernel/safe-steps.ts).
 */
export class Exhaustive implements Search {
  search: BreadthFirst;
  readonly #options: ExhaustiveOptions;
  /** Of all its searches: symmetry is off where threads must be told apart. */
  readonly #searchOptions: BreadthFirstOptions;
  /** The guarantees still to be judged on the graph; undefined while the search goes on. */
  #waiting: number[] | undefined;
  /** What judges the first of them. */
  #phase: GraphPhase | undefined;
  readonly #judged = new Map<number, Verdict>();
  #cut: Cut | undefined;
  #milliseconds = 0;
  /** Why symmetry was not tried. */
  readonly #symmetry: SymmetryUse | undefined;

  constructor(system: System, options: ExhaustiveOptions = {}) {
    // Fairness and the like tell threads apart; that a thread is stuck does not.
    const apart = system.guarantees.find(({ property }) => needsWholeGraph(property) && property.kind !== 'notStuck');
    this.#searchOptions = apart === undefined ? options : { ...options, symmetry: false };
    this.search = new BreadthFirst(system, this.#searchOptions);
    if (apart !== undefined && options.symmetry !== undefined && options.symmetry !== false)
      this.#symmetry = off(`${apart.name} is judged on the graph of all states`);
    this.#options = options;
  }

  get system(): System {
    return this.search.system;
  }

  get progress(): Progress {
    const { progress } = this.search;
    return this.#phase === undefined ? progress : { ...progress, frontier: this.#phase.left };
  }

  advance(count: number): boolean {
    if (this.#waiting === undefined) {
      if (this.search.advance(count)) this.#waiting = this.search.complete ? this.#unjudged() : [];
      return this.#waiting?.length === 0;
    }
    const began = performance.now();
    const [guarantee] = this.#waiting;
    if (guarantee !== undefined) {
      this.#phase ??= this.#phaseFor(guarantee);
      if (this.#phase.advance(count)) {
        // Which state shows it must not depend on how threads raced or on what was reduced: once more, in full, by one thread.
        if (this.#phase.found !== undefined && !this.search.ordered) {
          this.#milliseconds += performance.now() - began + this.search.result().milliseconds;
          return this.#again();
        }
        this.#judged.set(guarantee, this.#verdict(guarantee, this.#phase));
        this.#phase = undefined;
        this.#waiting.shift();
      }
    }
    this.#milliseconds += performance.now() - began;
    return this.#waiting.length === 0;
  }

  #again(): false {
    this.search = new BreadthFirst(this.search.ordinary, { ...this.#searchOptions, workers: 1, reduces: false });
    this.#waiting = undefined;
    this.#phase = undefined;
    this.#judged.clear();
    return false;
  }

  cut(reason: Cut): void {
    if (this.#waiting === undefined) this.search.cut(reason);
    else if (this.#waiting.length > 0) this.#cut = reason;
    this.#waiting = [];
  }

  /** What needs the whole graph and is not known to be broken. */
  #unjudged(): number[] {
    const { verdicts } = this.search.result();
    return this.system.guarantees.flatMap(({ property }, guarantee) =>
      needsWholeGraph(property) && verdicts[guarantee]!.kind !== 'violated' ? [guarantee] : [],
    );
  }

  #phaseFor(guarantee: number): GraphPhase {
    const { states, system, bytes } = this.search;
    const room = (this.#options.maxBytes ?? Number.POSITIVE_INFINITY) - bytes;
    if (system.guarantees[guarantee]!.property.kind === 'liveness') return new FairCycles(system, states, guarantee, room, this.#options);
    const { StuckThreads: Broken } = this.#options;
    return Broken === undefined ? this.search.stuckThreads(room) : new Broken(system, states, room, this.search.orbits, this.search.safe);
  }

  #verdict(guarantee: number, phase: GraphPhase): Verdict {
    if (phase.full) return { kind: 'incomplete', cut: 'memory', steps: this.search.progress.depth };
    const { found } = phase;
    if (found === undefined) return { kind: 'holds', vacuous: this.system.monitors[guarantee]?.vacuous ?? false };
    const { schedule: stem, element } = this.search.pathTo(found.state);
    const says = element === 0 ? found.says : (found.retold?.(element) ?? found.says);
    const schedule: Schedule =
      found.loop === undefined ? stem : { ...stem, choices: [...stem.choices, ...found.loop], loop: stem.choices.length };
    // Of a lasso the stem is shortest; a shorter loop may hang on a longer one.
    return { kind: 'violated', minimal: found.loop === undefined, violation: { guarantee, says, schedule } };
  }

  /** What is known now. */
  result(): Exploration {
    const result = this.search.result();
    return {
      ...result,
      ...(this.#symmetry !== undefined && { symmetry: this.#symmetry }),
      milliseconds: result.milliseconds + this.#milliseconds,
      verdicts: result.verdicts.map((verdict, guarantee): Verdict => {
        const judged = this.#judged.get(guarantee);
        if (judged !== undefined) return judged;
        const open = verdict.kind !== 'violated' && needsWholeGraph(this.system.guarantees[guarantee]!.property);
        return open && this.#cut !== undefined ? { kind: 'incomplete', cut: this.#cut, steps: result.depth } : verdict;
      }),
    };
  }
}
