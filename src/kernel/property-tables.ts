import { valuesOfRow } from '../automaton/compound-table.ts';
import { rowsOf } from '../automaton/result.ts';
import { HeddleError } from '../model/error.ts';
import type { Invariant, StepProperty } from '../property/property.ts';
import { rowsOver, type Rows } from './rows.ts';
import type { System } from './system.ts';

/** Not asked yet, holds, does not. */
const unknown = 0;
const holds = 1;

/**
 * Invariants and step properties as tables over the domains of the handles that they name; each row is asked of the
 * author's function once, when it turns up.
 */
export class PropertyTables {
  readonly hasSteps: boolean;
  readonly #system: System;
  /** With the answer by row: 0 not asked yet, 1 it holds, 2 it does not. */
  readonly invariants: readonly (Rows & { readonly property: Invariant; readonly answers: Uint8Array })[];
  /** The same by row before × rows + row after. */
  readonly steps: readonly (Rows & { readonly property: StepProperty; readonly answers: Uint8Array })[];

  constructor(system: System) {
    this.#system = system;
    this.invariants = system.invariants.map(({ property }) => {
      const rows = rowsOver(system, property.handles, 'the invariant', property.site);
      return { ...rows, property, answers: new Uint8Array(rows.rows) };
    });
    this.steps = system.stepProperties.map(({ property }) => {
      const rows = rowsOver(system, property.handles, 'the step property', property.site);
      rowsOf([...property.handles, ...property.handles], 'the step property (before and after)', property.site);
      return { ...rows, property, answers: new Uint8Array(rows.rows * rows.rows) };
    });
    this.hasSteps = this.steps.length > 0;
  }

  #row({ fields, radices }: Rows, state: Int32Array): number {
    let row = 0;
    for (let k = 0; k < fields.length; k++) row += this.#system.layout.read(state, fields[k]!) * radices[k]!;
    return row;
  }

  /** The row of the k-th invariant's table that a state stands for. */
  invariantRow(k: number, state: Int32Array): number {
    return this.#row(this.invariants[k]!, state);
  }

  /** Whether the k-th invariant holds in the state. */
  invariantHolds(k: number, state: Int32Array): boolean {
    const table = this.invariants[k]!;
    const row = this.#row(table, state);
    if (table.answers[row] === unknown)
      table.answers[row] = ask(table.property, () => table.property.holds(...valuesOfRow(table.handles, row))) ? holds : holds + 1;
    return table.answers[row] === holds;
  }

  /** Where in the k-th step property's table the answer for a step between the states is. */
  stepEntry(k: number, before: Int32Array, after: Int32Array): number {
    const table = this.steps[k]!;
    return this.#row(table, before) * table.rows + this.#row(table, after);
  }

  /** Whether the k-th step property holds of a step between the states. */
  stepHolds(k: number, before: Int32Array, after: Int32Array): boolean {
    const table = this.steps[k]!;
    const entry = this.stepEntry(k, before, after);
    if (table.answers[entry] === unknown)
      table.answers[entry] = ask(table.property, () =>
        table.property.holds(valuesOfRow(table.handles, Math.floor(entry / table.rows)), valuesOfRow(table.handles, entry % table.rows)),
      )
        ? holds
        : holds + 1;
    return table.answers[entry] === holds;
  }
}

function ask(property: Invariant | StepProperty, run: () => boolean): boolean {
  try {
    return run();
  } catch (error) {
    throw new HeddleError('property-threw', `a ${property.kind} failed: ${error instanceof Error ? error.message : String(error)}`, {
      site: property.site,
      cause: error,
    });
  }
}
