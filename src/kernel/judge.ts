import { Delays } from './delays.ts';
import { Fired, type Kernel } from './kernel.ts';
import { Races } from './races.ts';

/** Takes down that a guarantee (by number) is broken, in the property's own words. */
export type Note = (guarantee: number, says: string) => void;

/**
 * Which guarantees a step or a state breaks: the one place that knows what is judged where (docs/semantics.md).
 * Steps: faults, step properties, monitors, lock order. States: invariants, wait-for cycles, and, where nothing can
 * happen any more, deadlocks and the ends of monitors.
 */
export class Judge {
  readonly #kernel: Kernel;
  /** Guarantees by number, −1 where the system has none of the kind. */
  readonly notStuck: number;
  readonly #lockDiscipline: number;
  readonly #noThrow: number;
  readonly delays: Delays;
  readonly races: Races;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const byKind = (kind: string): number => kernel.system.guarantees.findIndex(({ property }) => property.kind === kind);
    this.notStuck = byKind('notStuck');
    this.#lockDiscipline = byKind('lockDiscipline');
    this.#noThrow = byKind('noThrow');
    this.delays = new Delays(kernel);
    this.races = new Races(kernel, byKind('dataRaceFreedom'));
  }

  /** Judges the step that the kernel has just taken; `fired` is what `fire` or `halt` answered. */
  step(fired: number, note: Note): void {
    const kernel = this.#kernel;
    if (fired === Fired.faulted) {
      const guarantee = kernel.fault.category === 'lock' ? this.#lockDiscipline : this.#noThrow;
      if (guarantee >= 0) note(guarantee, kernel.fault.says);
      return;
    }
    for (let k = 0; k < kernel.violations; k++) note(kernel.violated[k]!, kernel.says[k]!);
  }

  /** Judges the kernel's current state by its values alone. */
  invariants(note: Note): void {
    const kernel = this.#kernel;
    const { invariants } = kernel.system;
    for (let k = 0; k < invariants.length; k++)
      if (!kernel.properties.invariantHolds(k, kernel.current)) note(invariants[k]!.guarantee, '');
  }

  /** Whether, after every thread was fired in the current state and some step was enabled, `future` has anything to say that is not in `known`. */
  concerned(known: ReadonlyMap<number, unknown>): boolean {
    const { waiting } = this.#kernel;
    // A cycle takes two; most states are told from that without looking.
    return (waiting > 1 && !known.has(this.notStuck)) || (waiting > 0 && this.delays.any) || this.races.any;
  }

  /** Judges how the kernel's current state can go on; call it once every thread was fired in it, with how many steps were enabled. */
  future(enabled: number, note: Note): void {
    const kernel = this.#kernel;
    if (kernel.waiting > 0) this.delays.note(note);
    this.races.note(note);
    if (enabled > 0) {
      const cycle = kernel.waiting > 1 && this.notStuck >= 0 ? kernel.waitForCycle() : undefined;
      if (cycle !== undefined) note(this.notStuck, cycle);
      return;
    }
    const deadlock = kernel.waitForCycle() ?? kernel.deadlock();
    if (deadlock !== undefined && this.notStuck >= 0) note(this.notStuck, deadlock);
    kernel.system.monitors.forEach((monitor, guarantee) => {
      const wrong = monitor?.atEnd(kernel.get(kernel.system.monitorField(guarantee)));
      if (wrong !== undefined) note(guarantee, wrong);
    });
  }
}
