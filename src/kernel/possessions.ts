import type { Automaton } from '../automaton/automata.ts';
import type { System } from './system.ts';

/** What a thread has taken and not given back at a local state, where that is the same however it got there. */
export interface Possessions {
  /** Numbers of the mutexes that it holds. */
  readonly mutexes: readonly number[];
  /** Its `m.locks`, as far as it goes up and down by its own steps. */
  readonly pins: number;
  /** Numbers of the gates that it has asked to close, or closed. */
  readonly gates: readonly number[];
}

/** Beyond this, a local state is taken to hold anything. */
const most = 8;

const nothing: Possessions = { mutexes: [], pins: 0, gates: [] };

/**
 * What the thread possesses at a local state; undefined where that depends on the way, or is not known because the automaton
 * still grows. A thread's possessions change by its own steps only, so a closed automaton tells them without exploring anything.
 */
export function possessionsOf(system: System, thread: number): (node: number) => Possessions | undefined {
  if (system.mutexes.length === 0 && system.gates.length === 0) return () => nothing;
  if (!system.closed) return () => undefined;
  let all = known.get(system);
  if (all === undefined) known.set(system, (all = []));
  const table = (all[thread] ??= found(system, thread));
  return (node) => table[node];
}

/** By system whose automata don't grow any more, and thread: each search asks more than once. */
const known = new WeakMap<System, (readonly (Possessions | undefined)[])[]>();

function found(system: System, thread: number): readonly (Possessions | undefined)[] {
  const automaton = system.learners[thread]!;
  const gated = system.scenario.threads[thread]!.gate !== undefined;
  // Equal possessions are one object.
  const objects = new Map<string, Possessions>();
  const one = (possessions: Possessions): Possessions => {
    const key = `${possessions.mutexes.join()}|${possessions.pins}|${possessions.gates.join()}`;
    const before = objects.get(key);
    if (before === undefined) objects.set(key, possessions);
    return before ?? possessions;
  };
  const held: Possessions[][] = automaton.states.map(() => []);
  const many = new Set<number>();
  const work: [number, Possessions][] = [[automaton.initial, one(nothing)]];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [node, possessions] = next;
    const all = held[node]!;
    if (many.has(node) || all.includes(possessions)) continue;
    all.push(possessions);
    if (all.length > most) many.add(node);
    automaton.states[node]!.successors.forEach((successor, code) => {
      if (successor < 0) return;
      // A state that holds too much to follow makes those after it so too.
      if (many.has(node)) spread(automaton, node, many);
      else {
        const then = after(system, automaton, node, code, gated, possessions);
        work.push([successor, then === possessions ? then : one(then)]);
      }
    });
  }
  return held.map((all, node) => (many.has(node) || all.length !== 1 ? undefined : all[0]));
}

function spread(automaton: Automaton, from: number, many: Set<number>): void {
  const work = [from];
  for (let node = work.pop(); node !== undefined; node = work.pop())
    for (const successor of automaton.states[node]!.successors)
      if (successor >= 0 && !many.has(successor)) {
        many.add(successor);
        work.push(successor);
      }
}

function after(system: System, automaton: Automaton, node: number, code: number, gated: boolean, before: Possessions): Possessions {
  const { pending } = automaton.states[node]!;
  if (pending.kind !== 'operation') return before;
  const { operation, phase } = pending;
  const pin = gated ? 1 : 0;
  const taken = (mutex: number, pins: number): Possessions => ({
    ...before,
    mutexes: [...before.mutexes.filter((each) => each !== mutex), mutex].sort((a, b) => a - b),
    pins: before.pins + pins,
  });
  switch (operation.kind) {
    case 'lock':
      if (phase === 'request') return { ...before, pins: before.pins + pin };
      return taken(system.numberOf(operation.mutex, 'a lock'), 0);
    case 'tryLock':
      return code === 1 ? taken(system.numberOf(operation.mutex, 'a lock'), pin) : before;
    case 'unlock': {
      const mutex = system.numberOf(operation.mutex, 'an unlock');
      return { ...before, mutexes: before.mutexes.filter((each) => each !== mutex), pins: before.pins - pin };
    }
    case 'acquirem':
      return { ...before, pins: before.pins + pin };
    case 'releasem':
      return { ...before, pins: before.pins - pin };
    case 'stop': {
      const gate = system.numberOf(operation.gate, 'a stop');
      return { ...before, gates: [...before.gates.filter((each) => each !== gate), gate].sort((a, b) => a - b) };
    }
    case 'start': {
      const gate = system.numberOf(operation.gate, 'a start');
      return { ...before, gates: before.gates.filter((each) => each !== gate) };
    }
    default:
      return before;
  }
}
