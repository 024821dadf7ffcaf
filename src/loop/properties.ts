/** Invariants, and properties of steps, by the answers that TypeScript has given for the values that they look at. */
import { allocate } from './memory';
import { FIELD, invariants, invariantTable, rowOf, stepProperties, stepTable } from './tables';

/** An invariant (by its place in the table) does not hold in the state, or has not been asked yet. False: leave the whole state. */
@external('search', 'invariant')
declare function judgeInvariant(state: u32, invariant: u32): bool;

/** By property of steps: the place of the row in its table that holds the answers for steps from the state. */
let stepRows: u32 = 0;

/** Makes room for the rows of one state. */
export function attachProperties(): bool {
  stepRows = allocate(max(stepProperties, 1) << 2);
  return stepRows != 0;
}

/** Judges the invariants in a state. False: leave the whole state to TypeScript. */
@inline
export function judgeInvariants(number: u32, state: u32): bool {
  for (let k: u32 = 0, at = invariantTable; k < invariants; k++) {
    // Answers, then how long the record is, then fields.
    if (load<u8>(load<u32>(at) + rowOf(state, at + 8)) != 1 && !judgeInvariant(number, k)) return false;
    at += load<u32>(at + 4);
  }
  return true;
}

/** Finds the answers for steps from the state. Whether steps that change nothing that is looked at are known to be right. */
export function prepareSteps(state: u32): bool {
  let still = true;
  for (let k: u32 = 0, at = stepTable; k < stepProperties; k++) {
    // Answers, how long the record is, how many rows, then fields.
    const row = rowOf(state, at + FIELD);
    const answers: u32 = load<u32>(at) + row * load<u32>(at + 8);
    store<u32>(stepRows + (k << 2), answers);
    if (load<u8>(answers + row) != 1) still = false;
    at += load<u32>(at + 4);
  }
  return still;
}

/** Whether all properties of steps are known to hold of the step from the state that was prepared to this one. */
export function stepsHold(successor: u32): bool {
  for (let k: u32 = 0, at = stepTable; k < stepProperties; k++) {
    if (load<u8>(load<u32>(stepRows + (k << 2)) + rowOf(successor, at + FIELD)) != 1) return false;
    at += load<u32>(at + 4);
  }
  return true;
}
