/**
 * Bisimulation minimisation of a closed thread automaton by partition refinement (Moore 1956; Hopcroft's speed-up is not
 * needed for a few hundred nodes). What a thread remembers and never uses again disappears, and with it most of the
 * states of an exploration: a finished call's argument, a loaded value after its last use.
 *
 * Two local states are merged only if they ask for the same at the same call site, and so do all their futures. So
 * positions, dead steps and every choice survive: a schedule of the minimised automaton is one of the raw automaton, step
 * by step, which is how traces are re-expanded.
 */
import type { GhostWrite, Operation } from '../model/operation.ts';
import { describe, identityOf, keyOf } from '../model/plain-data.ts';
import { compoundTable, valuesOfRow } from './compound-table.ts';
import type { LocalState, Pending } from './local-state.ts';
import { resultCount, resultOf, rowsOf } from './result.ts';

/** An automaton without anything left to learn. */
export interface ClosedAutomaton {
  readonly states: readonly LocalState[];
  readonly initial: number;
}

/** What a test may break on purpose. */
export interface MinimiseParts {
  readonly labelKey?: typeof labelKey;
  /** After so many rounds, what is still together is taken for the same. */
  readonly rounds?: number;
}

/** The smallest automaton bisimilar to a closed one. States that no result leads to are gone too. */
export function minimise(raw: ClosedAutomaton, parts: MinimiseParts = {}): ClosedAutomaton {
  let classes = labelled(raw.states, parts.labelKey ?? labelKey);
  for (let round = 0; round < (parts.rounds ?? Number.POSITIVE_INFINITY); round++) {
    const finer = refined(raw.states, classes);
    if (finer.count === classes.count) break;
    classes = finer;
  }
  const states: LocalState[] = [];
  raw.states.forEach((state, id) => {
    const number = classes.of[id]!;
    states[number] ??= { ...state, id: number, successors: state.successors.map((successor) => classes.of[successor]!) };
  });
  return { states, initial: classes.of[raw.initial]! };
}

/** The classes of local states, numbered in the order of their first appearance. */
interface Classes {
  readonly of: Int32Array;
  readonly count: number;
}

function labelled(states: readonly LocalState[], keyOfLabel: typeof labelKey): Classes {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(states, ({ pending }) => {
    const key = keyOfLabel(pending);
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    return number;
  });
  return { of, count: numbers.size };
}

/**
 * One round: states stay together if their successors are together, result by result. The list of a state's class and its
 * successors' is numbered by folding: ((class, first), second) and so on, each pair with a number of its own, above the
 * classes'. States of one class have equally many successors, so lists are equal exactly when their numbers are. A state that is
 * alone in its class stays so, whatever its successors.
 */
function refined(states: readonly LocalState[], { of, count }: Classes): Classes {
  const sizes = new Int32Array(count);
  for (const number of of) sizes[number]!++;
  const pairs = new Map<number, number>();
  const keys = of.slice();
  states.forEach(({ successors }, id) => {
    let key = of[id]!;
    if (sizes[key] === 1) return;
    for (const successor of successors) {
      const pair = key * count + of[successor]!;
      let number = pairs.get(pair);
      if (number === undefined) pairs.set(pair, (number = count + pairs.size));
      key = number;
    }
    keys[id] = key;
  });
  return numbered(keys, count + pairs.size);
}

/** @param limit above all keys */
function numbered(keys: Int32Array, limit: number): Classes {
  const numbers = new Int32Array(limit).fill(-1);
  let count = 0;
  const of = keys.map((key) => {
    if (numbers[key]! < 0) numbers[key] = count++;
    return numbers[key]!;
  });
  return { of, count };
}

/** What must be equal for two local states to be merged, apart from their futures. */
export function labelKey(pending: Pending): string {
  switch (pending.kind) {
    case 'operation':
      return `${pending.phase} ${operationKey(pending.operation)}`;
    case 'enters':
      return `enters ${pending.routine} ${keyOf(pending.parameters)} ${identityOf(pending.site)}`;
    case 'returns':
      return `returns ${pending.routine} ${keyOf(pending.parameters)} ${keyOf(pending.value)} ${identityOf(pending.site)}`;
    case 'fault':
      return `fault ${pending.message}`;
    case 'error':
      return `error ${pending.error.message}`;
    case 'done':
      return 'done';
  }
}

const operationKeys = new WeakMap<Operation, string>();

/** Equal for operations that do the same at the same place. Guards and compound steps count as their tables, so that what their closures captured counts too. */
export function operationKey(operation: Operation): string {
  let key = operationKeys.get(operation);
  if (key === undefined) operationKeys.set(operation, (key = keyOfOperation(operation)));
  return key;
}

function keyOfOperation(operation: Operation): string {
  const parts: string[] = [operation.kind, String(identityOf(operation.site)), String(operation.mayWaitForever)];
  for (const [name, value] of Object.entries(operation))
    if (name !== 'site' && name !== 'ghosts' && typeof value !== 'function') parts.push(`${name}=${keyOf(value)}`);
  if (operation.kind === 'waitUntil' || operation.kind === 'atomically') {
    const { outcome, next, writes, results, messages } = compoundTable(operation);
    parts.push(outcome.join(), next.join(), writes.join(), keyOf(results), keyOf([...messages]));
  }
  return [...parts, ...operation.ghosts.map((write) => ghostKey(write, operation))].join(' ');
}

function ghostKey(write: GhostWrite, operation: Operation): string {
  const handles = [write.target, ...write.reads];
  const rows = rowsOf(handles, 'the ghost update', operation.site);
  const results = resultCount({ kind: 'operation', operation, phase: 'whole' });
  const values: string[] = [];
  for (let result = 0; result < results; result++)
    for (let row = 0; row < rows; row++)
      values.push(computed(() => write.compute(...valuesOfRow(handles, row), resultOf(operation, result))));
  return `${identityOf(write.target)} ${write.reads.map(identityOf).join()} ${values.join()}`;
}

/** What a ghost update answers for one row, as text; a row that it fails on is like any other until a run comes there. */
function computed(compute: () => unknown): string {
  try {
    return describe(compute());
  } catch {
    return 'fails';
  }
}
