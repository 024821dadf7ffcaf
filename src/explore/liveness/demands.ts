import type { Pending } from '../../automaton/local-state.ts';
import type { FairOperation, Fairness, Strength } from '../../property/fairness.ts';
import { strengthOf } from '../../property/fairness.ts';
import { Fired, type Kernel } from '../../kernel/kernel.ts';

/** Operations that nothing but a gate can keep from going on. */
const alwaysPossible: ReadonlySet<FairOperation> = new Set([
  'load',
  'store',
  'swap',
  'compareAndSwap',
  'fetchAdd',
  'unlock',
  'tryLock',
  'acquirem',
  'releasem',
  'release',
  'start',
  'choose',
  'emit',
] as const);

/** What a local state of a thread means to fairness. */
interface NodeDemand {
  readonly strength: Strength;
  /** Whether the thread can't come back here without leaving what it is doing for ever: then no cycle has a step from here. */
  readonly passesOnce: boolean;
  /** Whether being blocked in some state of a cycle could excuse that it is never done there. */
  readonly canBeExcused: boolean;
  /** Whether a state in which the thread is here, and no gate has stopped it, is hopeless whatever else is in it. */
  readonly hopeless: boolean;
}

/**
 * What fairness demands in a state, as masks with a bit a thread. A set of states that is gone through again and again is
 * fair if each thread that *wants* to go on in one of them does so in one of them, or is *excused*: under weak fairness,
 * because in some state it could not. A thread that a gate has stopped neither wants nor is excused: waiting for the world
 * to start is not what keeps it from its operation. Stopping at a safe point is wanted and excused by itself.
 *
 * (These are the pairs of a Streett condition: infinitely often wanted or excused, so infinitely often done or excused.)
 */
export class Demands {
  wants = 0;
  excused = 0;
  wantsToStop = 0;
  excusedFromStopping = 0;
  /** Whether no cycle of a fair run goes through the state: somebody wants to go on, and on a cycle never could or be excused. */
  hopeless = false;
  readonly #kernel: Kernel;
  readonly #fairness: Fairness;
  readonly #nodes: (NodeDemand | undefined)[][];
  readonly #safePoints: readonly Strength[];
  /** By thread: which local states lie on a cycle of its automaton; undefined where that is not closed. */
  readonly #cyclic: readonly (Uint8Array | undefined)[];

  constructor(kernel: Kernel, fairness: Fairness) {
    this.#kernel = kernel;
    this.#fairness = fairness;
    const { system } = kernel;
    this.#nodes = system.scenario.threads.map(() => []);
    this.#safePoints = system.scenario.threads.map((thread) => strengthOf(fairness, thread, 'safe point'));
    this.#cyclic = system.learners.map(({ states }) => (system.closed ? onCycles(states.map(({ successors }) => successors)) : undefined));
  }

  /** Whether a packed state is hopeless at sight, which needs no look at what is possible in it. */
  isHopeless(state: Int32Array): boolean {
    const { system, threads } = this.#kernel;
    for (let thread = 0; thread < threads; thread++) {
      const node = system.layout.read(state, system.nodeField(thread));
      if (this.#demandAt(thread, node).hopeless && system.layout.read(state, system.stoppedField(thread)) === 0) return true;
    }
    return false;
  }

  /** Looks at the kernel's current state. */
  look(): void {
    const kernel = this.#kernel;
    this.wants = this.excused = this.wantsToStop = this.excusedFromStopping = 0;
    this.hopeless = false;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (kernel.isDone(thread)) continue;
      const bit = 1 << thread;
      const gated = kernel.gateFieldOf(thread) >= 0;
      if (gated && kernel.isStopped(thread)) continue;
      const { strength, passesOnce, canBeExcused } = this.#demandAt(thread, kernel.nodeOf(thread));
      if (strength !== 'none') {
        if (kernel.fire(thread, 0) !== Fired.disabled) {
          this.wants |= bit;
          if (passesOnce && !canBeExcused) {
            this.hopeless = true;
            return;
          }
        } else if (strength === 'weak') this.excused |= bit;
      }
      if (!gated || this.#safePoints[thread] === 'none') continue;
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) this.wantsToStop |= bit;
      else if (this.#safePoints[thread] === 'weak') this.excusedFromStopping |= bit;
    }
  }

  #demandAt(thread: number, node: number): NodeDemand {
    const known = this.#nodes[thread]![node];
    if (known !== undefined) return known;
    const { pending } = this.#kernel.programs[thread]!.learner.states[node]!;
    const spec = this.#kernel.system.scenario.threads[thread]!;
    const operation = pending.kind === 'operation' ? pending.operation.kind : undefined;
    const strength = strengthOf(this.#fairness, spec, operation);
    const passesOnce = this.#cyclic[thread]?.[node] === 0;
    const goesOn = pending.kind === 'enters' || pending.kind === 'returns' || (operation !== undefined && alwaysPossible.has(operation));
    const demand: NodeDemand = {
      strength,
      passesOnce,
      canBeExcused: strength === 'weak' && !goesOn,
      hopeless: strength !== 'none' && passesOnce && (goesOn || isRequest(pending)),
    };
    this.#nodes[thread]![node] = demand;
    return demand;
  }
}

/** Asking for a lock is always possible; asking to stop the world is not. */
function isRequest(pending: Pending): boolean {
  return pending.kind === 'operation' && pending.operation.kind === 'lock' && pending.phase === 'request';
}

/** Which nodes of a small graph lie on a cycle: those that reach themselves. */
function onCycles(successors: readonly Int32Array[]): Uint8Array {
  const cyclic = new Uint8Array(successors.length);
  successors.forEach((_, start) => {
    const seen = new Uint8Array(successors.length);
    const stack = [...successors[start]!];
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (node < 0 || seen[node] === 1) continue;
      seen[node] = 1;
      stack.push(...successors[node]!);
    }
    cyclic[start] = seen[start]!;
  });
  return cyclic;
}
