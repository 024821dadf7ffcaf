/** Test support: minima by definition. Every run is executed and measured by the runner, one by one; nothing is remembered. */
import type { System } from '../kernel/system.ts';
import { Run } from '../schedule/run.ts';
import { Runner } from '../schedule/runner.ts';
import type { Choice } from '../schedule/schedule.ts';
import { compareSizes, sizeOf, type Order, type Size } from './size.ts';

export interface Minima {
  /** Every run of up to so many steps was tried. */
  readonly depth: number;
  /** By guarantee: the size of the smallest of them that breaks it; undefined if none does. */
  readonly sizes: readonly (Size | undefined)[];
}

/** Tries all runs, shortest first, as long as no more than `mostRuns` of them have the same length. */
export function byBruteForce(system: System, order: Order, mostRuns: number): Minima {
  const sizes: (Size | undefined)[] = system.guarantees.map(() => undefined);
  const runner = new Runner(system);
  let runs: (readonly Choice[])[] = [];
  for (let initial = 0; initial < runner.initialStates; initial++) {
    runner.begin(initial);
    measure(runner, order, sizes);
    runs.push([{ thread: -1, pick: initial }]);
  }
  for (let depth = 0; ; depth++) {
    const longer = runs.flatMap((choices) => {
      retrace(runner, choices);
      return Array.from({ length: runner.enabled }, (_, number) => [...choices, runner.choice(number)]);
    });
    if (longer.length === 0) return { depth: Number.POSITIVE_INFINITY, sizes };
    if (longer.length > mostRuns) return { depth, sizes };
    for (const choices of longer) {
      retrace(runner, choices);
      measure(runner, order, sizes);
    }
    runs = longer;
  }
}

/** The first choice stands for the initial state. */
function retrace(runner: Runner, [start, ...choices]: readonly Choice[]): void {
  runner.begin(start!.pick);
  for (const choice of choices) runner.take(choice);
}

function measure(runner: Runner, order: Order, sizes: (Size | undefined)[]): void {
  for (const { guarantee, steps } of runner.breaches) {
    if (steps !== runner.choices.length) continue;
    const size = sizeOf(new Run(runner), order);
    const known = sizes[guarantee];
    if (known === undefined || compareSizes(size, known) < 0) sizes[guarantee] = size;
  }
}
