/** Test support: what the kernel found, in the terms of the reference. */
import { BreadthFirst, type BreadthFirstOptions } from '../explore/breadth-first.ts';
import { System, type SystemOptions } from '../kernel/system.ts';
import type { Handle } from '../model/handle.ts';
import type { Explored } from './explore.ts';
import { projectionOf, type GateState, type State, type Subject, type ThreadState } from './state.ts';
import type { Asks } from './thread.ts';

/** How the kernel is set up, and what is broken in it on purpose. */
export interface KernelOptions extends SystemOptions, BreadthFirstOptions {
  /** Replaces the system: for faults that no part of it holds alone. */
  readonly alter?: (subject: Subject) => Subject;
}

/** Explores with the kernel, to its end or until all states after `depth` steps have been judged. */
export function exploreWithKernel(
  subject: Subject,
  depth: number,
  options: KernelOptions = {},
): Explored & { readonly raw: readonly string[] } {
  const { handles, ranks, scenario, guarantees } = options.alter?.(subject) ?? subject;
  const system = new System(handles, ranks, scenario, guarantees, options);
  const search = new BreadthFirst(system, options);
  let ended = search.advance(1);
  while (!ended && search.progress.depth <= depth) ended = search.advance(16);
  const { states } = search;
  const { size, words } = states;
  const state = new Int32Array(words);
  const depths: number[] = [];
  const projections = new Map<string, number>();
  const raw: string[] = [];
  for (let number = 0; number < size; number++) {
    const parent = states.parentOf(number);
    const own = parent < 0 ? 0 : depths[parent]! + 1;
    depths.push(own);
    if (own > depth) break;
    states.read(number, state);
    raw.push(state.join());
    const projection = projectionOf(stateOf(system, handles, state, 0));
    if (!projections.has(projection)) projections.set(projection, own);
  }
  const violations = search
    .result()
    .verdicts.map((verdict) => (verdict.kind === 'violated' ? verdict.violation.schedule.choices.length : undefined));
  return { states: raw.length, projections, violations, depth, complete: ended && depths.length === raw.length, raw };
}

/** A packed state, unpacked; its threads have no history. */
function stateOf(system: System, handles: readonly Handle[], states: Int32Array, offset: number): State {
  const read = (field: number): number => system.layout.read(states, field, offset);
  const count = system.scenario.threads.length;
  const valueOf = (handle: Handle): unknown => {
    const number = system.numberOf(handle, 'a test');
    switch (handle.kind) {
      case 'variable':
      case 'ghost':
        return handle.domain.decode(read(system.valueField(number)));
      case 'mutex': {
        const holder = read(system.mutexField(number));
        return holder === 0 ? undefined : holder - 1;
      }
      case 'semaphore':
        return read(system.semaphoreField(number));
      case 'gate': {
        const code = read(system.gateField(number));
        const gate: GateState = code === 0 ? { kind: 'open' } : { kind: code > count ? 'stopped' : 'closing', by: (code - 1) % count };
        return gate;
      }
    }
  };
  return {
    shared: new Map(handles.map((handle) => [handle, valueOf(handle)])),
    monitors: [],
    threads: system.scenario.threads.map((_, thread): ThreadState => ({
      history: [],
      asks: asksAt(system, thread, read(system.nodeField(thread))),
      locks: read(system.pinField(thread)),
      stopped: read(system.stoppedField(thread)) === 1,
    })),
  };
}

function asksAt(system: System, thread: number, node: number): Asks {
  const { pending } = system.learners[thread]!.states[node]!;
  if (pending.kind === 'error') throw pending.error;
  return pending.kind === 'fault' ? { kind: 'fault', says: pending.message } : pending;
}

/** How two explorations differ in what they reach or violate within a depth, in words; undefined if they agree. */
export function disagreement(subject: Subject, reference: Explored, kernel: Explored, depth: number): string | undefined {
  const within = (length: number | undefined): number | undefined => (length === undefined || length > depth ? undefined : length);
  for (const [projection, length] of reference.projections)
    if (kernel.projections.get(projection) !== length)
      return `the reference reaches a state in ${length} steps, the kernel in ${kernel.projections.get(projection)}:\n${projection}`;
  for (const [projection, length] of kernel.projections)
    if (!reference.projections.has(projection)) return `the kernel alone reaches a state in ${length} steps:\n${projection}`;
  for (const [number, { name }] of subject.guarantees.entries())
    if (within(reference.violations[number]) !== within(kernel.violations[number]))
      return `${name} is violated in ${reference.violations[number]} steps by the reference, in ${kernel.violations[number]} by the kernel`;
  return undefined;
}
