import type { Judge } from './judge.ts';
import type { Kernel } from './kernel.ts';
import { fieldWords, radixFields } from './loop-fields.ts';
import type { Loop } from './loop.ts';

/** A monitor's states are told apart up to so many when they are asked whether somebody is delayed. */
const mostInside = 1 << 16;

/**
 * What properties of states, of steps and of delays have answered, as the inner loop reads it (src/loop/properties.ts,
 * src/loop/waiting.ts): a byte for each row of values that they look at, 0 as long as it is not known. What is `protected` is a
 * hook for tests that break it on purpose.
 */
export class LoopAnswers {
  /** The three tables: how many records, and their words. */
  readonly invariantRecords: readonly [number, readonly number[]];
  readonly stepRecords: readonly [number, readonly number[]];
  readonly delayRecords: readonly [number, readonly number[]];
  /** Fields that some step property looks at. */
  readonly shown: ReadonlySet<number>;
  readonly #kernel: Kernel;
  readonly #judge: Judge;
  readonly #loop: Loop;
  /** Addresses of the answers of invariants, and of step properties. */
  protected readonly invariants: readonly number[];
  protected readonly steps: readonly number[];
  /** By guarantee of the kind neverDelayedBy: where its monitor's states are told apart, and how many are. */
  readonly #delays = new Map<number, { readonly at: number; readonly count: number }>();

  /** @throws OutOfMemory if the loop's budget does not hold the tables */
  constructor(kernel: Kernel, judge: Judge, loop: Loop) {
    this.#kernel = kernel;
    this.#judge = judge;
    this.#loop = loop;
    const { system, properties } = kernel;
    const { layout } = system;
    this.invariants = properties.invariants.map(({ answers }) => loop.allocate(answers.length));
    this.steps = properties.steps.map(({ answers }) => loop.allocate(answers.length));
    this.shown = new Set(properties.steps.flatMap(({ fields }) => Array.from(fields)));
    const invariants = properties.invariants.flatMap((invariant, k) => {
      const fields = radixFields(layout, invariant);
      return [this.invariants[k]!, (2 + fields.length) * 4, ...fields];
    });
    const steps = properties.steps.flatMap((step, k) => {
      const fields = radixFields(layout, step);
      return [this.steps[k]!, (3 + fields.length) * 4, step.rows, ...fields];
    });
    const delays = system.guarantees.flatMap(({ property }, guarantee) => {
      if (property.kind !== 'neverDelayedBy') return [];
      const [byte, shift, mask] = fieldWords(layout, system.monitorField(guarantee));
      const count = Math.min(mask + 1, mostInside);
      const at = loop.allocate(count);
      this.#delays.set(guarantee, { at, count });
      return [byte, shift, mask, at, count];
    });
    this.invariantRecords = [properties.invariants.length, invariants];
    this.stepRecords = [properties.steps.length, steps];
    this.delayRecords = [this.#delays.size, delays];
  }

  /** The kernel has judged the step between its current state and the next: keeps the answers. */
  judgedStep(): void {
    const { properties, current, next } = this.#kernel;
    properties.steps.forEach(({ answers }, k) => {
      const entry = properties.stepEntry(k, current, next);
      this.answer(this.steps[k]!, entry, answers[entry]!);
    });
  }

  /** The kernel has judged an invariant in its current state: keeps the answer. */
  judged(invariant: number): void {
    const { answers } = this.#kernel.properties.invariants[invariant]!;
    const row = this.#kernel.properties.invariantRow(invariant, this.#kernel.current);
    this.answer(this.invariants[invariant]!, row, answers[row]!);
  }

  /** The kernel has judged a future: keeps which states of the monitors say that nobody is delayed. */
  judgedDelays(): void {
    const { system } = this.#kernel;
    for (const [guarantee, { at, count }] of this.#delays) {
      const inside = this.#kernel.get(system.monitorField(guarantee));
      if (inside < count && !this.#judge.delays.concerns(guarantee, inside)) this.answer(at, inside, 1);
    }
  }

  /** Writes an answer to where a property's are: 0 not known, 1 it holds (of a delay: there is none), 2 it does not. */
  protected answer(answers: number, row: number, answer: number): void {
    new Uint8Array(this.#loop.words.buffer)[answers + row] = answer;
  }
}
