import { HeddleError } from '../model/error.ts';
import { frozen, identityOf, keyOf } from '../model/plain-data.ts';
import type { Thread } from '../model/protocol.ts';
import type { Again, Done, Routine } from '../model/routine.ts';
import type { Site } from '../model/site.ts';
import { withResult, type Frame, type LocalState, type Pending } from './local-state.ts';
import { asksTheSame, Replays } from './replay.ts';
import { resultCount, resultOf } from './result.ts';

/** A frame with more results than this is taken to grow for ever. */
const longestHistory = 128;
/** A thread with more local states than this is taken to carry something that grows for ever. */
const mostStates = 20_000;
/** Calls, returns and iterations in a row without a step. */
const longestSilence = 1000;
/** More than there are numbers of frames, histories or stacks: two of them make one number that is exact. */
const radix = 2 ** 26;

/** Frames, outermost first, that share what lies below: a step makes a new top and nothing else. */
interface Stack {
  readonly below: Stack | undefined;
  readonly top: Frame;
  /** Equal for equal stacks; −1 until it is asked for. */
  number: number;
}

/**
 * A thread as an automaton, learned from its generator (DESIGN 2). Each transition is learned by running a body once
 * (twice, to check it) and then kept for good, so exploring calls no generator after the first few hundred runs.
 *
 * A local state is the stack of frames. What summarises: a return keeps only the value, a loop only what it carries,
 * `forever` nothing, `become` nothing of its caller, and a finished thread nothing at all.
 */
export class Learner {
  readonly states: LocalState[] = [];
  /** The local state that the thread starts in. */
  readonly initial: number;
  /** Whether some body has asked for `self`, so that the thread's index matters. */
  asksForSelf = false;
  /** See `Automaton`. */
  onLearned: ((id: number, code: number, successor: number) => void) | undefined;
  readonly #thread: Thread;
  readonly #index: number;
  readonly #observed: ReadonlySet<string>;
  /** Local states by the number of their stack and what is pending. */
  readonly #ids = new Map<number | string, number>();
  /** Numbers of frames by their keys, of stacks by those below and their tops, and of places by what they are. */
  readonly #frames = new Map<number | string, number>();
  readonly #stacks = new Map<number, number>();
  readonly #places = new Map<string | Site, number>();
  /** By local state. */
  readonly #stackOf: (Stack | undefined)[] = [];
  readonly #replays: Replays;

  /**
   * @param index the thread's place in its scenario: the result of `self`
   * @param observed names of the routines whose calls and returns are steps of their own
   * @param replays what bodies have answered, shared by threads that run the same routines
   */
  constructor(thread: Thread, index: number, observed: ReadonlySet<string>, replays = new Replays()) {
    this.#replays = replays;
    this.#thread = thread;
    this.#index = index;
    this.#observed = observed;
    const { root } = thread;
    // A thread's outermost call has no caller; `become` there is a plain call.
    const mode = root.kind === 'loop' || root.kind === 'forever' ? root.kind : 'call';
    this.initial = this.#settle(on(undefined, this.#frame(root.routine, root.parameters, mode, root.site))).id;
  }

  /** The local state after the one with this id when its request is answered by result `code`. */
  next(id: number, code: number): number {
    const from = this.states[id];
    if (from === undefined) throw new RangeError(`no local state ${id}`);
    const known = from.successors[code];
    if (known === undefined) throw new RangeError(`no result ${code} in local state ${id}`);
    if (known >= 0) return known;
    if (this.states.length > mostStates)
      throw new HeddleError(
        'endless-local-history',
        `thread ${this.#thread.name} has more than ${mostStates.toLocaleString('en')} local states`,
        {
          site: from.frames.at(-1)?.routine.site,
          cure: 'Something that it carries or is called with takes ever new values: bound it, or keep it in a shared variable.',
        },
      );
    const successor = this.#after(from, code).id;
    from.successors[code] = successor;
    this.onLearned?.(id, code, successor);
    return successor;
  }

  /**
   * Learns all that any result could lead to, at most `limit` local states. True if that is all there is:
   * then exploring learns nothing more.
   */
  close(limit: number): boolean {
    for (let id = 0; id < this.states.length; id++) {
      const { successors } = this.states[id]!;
      for (let code = 0; code < successors.length; code++) {
        if (this.states.length > limit) return false;
        this.next(id, code);
      }
    }
    return true;
  }

  /** The key under which a frame is known. A hook for tests that break it on purpose. */
  protected frameKey(frame: Frame): number | string {
    return frame.place * radix + frame.history.number;
  }

  /** The frame of a loop's next iteration, after the one of its last. A hook for tests that break it on purpose. */
  protected iterate(frame: Frame, carried: unknown): Frame {
    return this.#goRound(frame, frozen([carried]));
  }

  /** The frame of a loop's or daemon's next round, after any of the one before. */
  #goRound({ round, mode, site, place }: Frame, parameters: readonly unknown[]): Frame {
    const history = this.#replays.histories.start(round.routine, parameters, round.site);
    const entered = !this.#observed.has(round.routine.routineName);
    const at = site === round.site ? place : this.#placeOf(mode, round.site, round);
    return { routine: round.routine, parameters, results: [], history, mode, entered, site: round.site, round, place: at };
  }

  #frame(
    routine: Routine,
    parameters: readonly unknown[],
    mode: Frame['mode'],
    site: Site,
    round: Frame['round'] = { routine, parameters, site },
  ): Frame {
    const history = this.#replays.histories.start(routine, parameters, site);
    const entered = !this.#observed.has(routine.routineName);
    return { routine, parameters, results: [], history, mode, entered, site, round, place: this.#placeOf(mode, site, round) };
  }

  /** A call is known by where it was made; a loop by its own body too, and a daemon by what that is called with. */
  #placeOf(mode: Frame['mode'], site: Site, round: Frame['round']): number {
    if (mode === 'call') return numberIn(this.#places, site);
    const around = `${identityOf(round.routine)}@${identityOf(round.site)}`;
    return numberIn(this.#places, `${mode}${around}${mode === 'forever' ? keyOf(round.parameters, round.site) : ''}@${identityOf(site)}`);
  }

  #after(from: LocalState, code: number): LocalState {
    const { id, pending } = from;
    const stack = this.#stackOf[id];
    switch (pending.kind) {
      case 'enters':
        return this.#settle(stack && on(stack.below, { ...stack.top, entered: true }));
      case 'returns':
        return this.#settle(stack);
      case 'operation': {
        if (pending.phase === 'request') return this.#intern(stack, { ...pending, phase: 'complete' });
        return this.#settle(deliver(stack, resultOf(pending.operation, code)));
      }
      default:
        throw new Error(`a ${pending.kind} has no successor`);
    }
  }

  /** Runs bodies until one asks for a step. */
  #settle(start: Stack | undefined): LocalState {
    let stack = start;
    for (let silence = 0; silence < longestSilence; silence++) {
      if (stack === undefined) return this.#intern(undefined, { kind: 'done' });
      const { top, below } = stack;
      if (top.results.length > longestHistory)
        return this.#error(
          stack,
          new HeddleError(
            'endless-local-history',
            `${top.routine.routineName} has taken ${longestHistory} steps without returning or going round a loop(…)`,
            { site: top.routine.site },
          ),
        );
      if (!top.entered)
        return this.#intern(stack, { kind: 'enters', routine: top.routine.routineName, parameters: top.parameters, site: top.site });
      const outcome = this.#replays.outcome(top);
      if (outcome.kind === 'errs') return this.#error(stack, outcome.error);
      if (outcome.kind === 'throws') return this.#intern(stack, { kind: 'fault', message: outcome.message, site: outcome.site });
      if (outcome.kind === 'returns') {
        const { value } = outcome;
        const name = top.routine.routineName;
        if (top.mode === 'loop' && !isIteration(value))
          return this.#error(
            stack,
            new HeddleError('bad-declaration', `${name} is the body of a loop and returned neither again(…) nor done(…)`, {
              site: top.routine.site,
              cure: 'End each path of the body with return again(carried) or return done(value).',
            }),
          );
        stack = this.#afterReturn(below, top, value);
        if (this.#observed.has(name))
          return this.#intern(stack, {
            kind: 'returns',
            routine: name,
            parameters: top.parameters,
            value: frozen(value),
            site: top.routine.site,
          });
        continue;
      }
      const { request } = outcome;
      switch (request.kind) {
        case 'self':
          this.asksForSelf = true;
          stack = deliver(stack, this.#index);
          continue;
        case 'ensure':
          if (!request.condition) return this.#intern(stack, { kind: 'fault', message: request.message, site: request.site });
          stack = deliver(stack, undefined);
          continue;
        case 'call':
        case 'loop':
        case 'forever':
        case 'become': {
          const mode = request.kind === 'become' ? top.mode : request.kind;
          const under: Stack | undefined = request.kind === 'become' ? below : stack;
          const round = request.kind === 'become' ? top.round : undefined;
          stack = on(under, this.#frame(request.routine, request.parameters, mode, request.site, round));
          continue;
        }
        default:
          return this.#intern(stack, { kind: 'operation', operation: request, phase: this.#firstPhase(request.kind) });
      }
    }
    const top = stack?.top;
    return this.#error(
      stack,
      new HeddleError('loop-without-step', `${top?.routine.routineName} goes round without taking a step`, { site: top?.routine.site }),
    );
  }

  /** `lock` of a gated thread, and `stop`, are two steps. */
  #firstPhase(kind: string): 'whole' | 'request' {
    return kind === 'stop' || (kind === 'lock' && this.#thread.gate !== undefined) ? 'request' : 'whole';
  }

  /** The frames that go on when the innermost routine has returned. */
  #afterReturn(below: Stack | undefined, top: Frame, value: unknown): Stack | undefined {
    const { round, mode } = top;
    if (mode === 'call') return deliver(below, value);
    if (mode === 'forever') return on(below, this.#goRound(top, round.parameters));
    // Checked by the caller: a loop's body returns again(…) or done(…).
    const iteration = value as Again<unknown> | Done<unknown>;
    return iteration.kind === 'again' ? on(below, this.iterate(top, iteration.carried)) : deliver(below, iteration.value);
  }

  #error(stack: Stack | undefined, error: HeddleError): LocalState {
    return this.#intern(stack, { kind: 'error', error });
  }

  /**
   * A local state that has been reached by another history too: its body was run anew, and must ask for the same.
   * What it asks for later is not compared.
   */
  #agreeing(known: LocalState, stack: Stack | undefined, pending: Pending): LocalState {
    if (known.pending.kind !== 'operation' || pending.kind !== 'operation') return known;
    if (asksTheSame(known.pending.operation, pending.operation)) return known;
    const routine = stack?.top.routine;
    return this.#error(
      stack,
      new HeddleError(
        'differs-on-replay',
        `${routine?.routineName} asks for one ${known.pending.operation.kind} and, after another history that leaves it the same arguments and results, for another ${pending.operation.kind}`,
        { site: routine?.site },
      ),
    );
  }

  #numberOf(stack: Stack | undefined): number {
    if (stack === undefined) return 0;
    if (stack.number < 0)
      stack.number = 1 + numberIn(this.#stacks, this.#numberOf(stack.below) * radix + numberIn(this.#frames, this.frameKey(stack.top)));
    return stack.number;
  }

  #intern(stack: Stack | undefined, pending: Pending): LocalState {
    const key = pendingKey(this.#numberOf(stack), pending);
    const known = this.#ids.get(key);
    if (known !== undefined) return this.#agreeing(this.states[known]!, stack, pending);
    const successors = new Int32Array(resultCount(pending)).fill(-1);
    const state: LocalState = { id: this.states.length, frames: framesOf(stack), pending, successors };
    this.#ids.set(key, state.id);
    this.#stackOf.push(stack);
    this.states.push(state);
    return state;
  }
}

function on(below: Stack | undefined, top: Frame): Stack {
  return { below, top, number: -1 };
}

/** Adds a result to the innermost frame. */
function deliver(stack: Stack | undefined, value: unknown): Stack | undefined {
  return stack && on(stack.below, withResult(stack.top, frozen(value)));
}

function framesOf(stack: Stack | undefined): readonly Frame[] {
  const frames: Frame[] = [];
  for (let rest = stack; rest !== undefined; rest = rest.below) frames.push(rest.top);
  return frames.reverse();
}

/** The number of a key, the next one if it is new. */
function numberIn<K>(numbers: Map<K, number>, key: K): number {
  let number = numbers.get(key);
  if (number === undefined) numbers.set(key, (number = numbers.size));
  return number;
}

function isIteration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'again' || value.kind === 'done');
}

const phases = ['whole', 'request', 'complete'] as const;
const others = ['enters', 'fault', 'error', 'done'] as const;

/** Two local states with the same frames differ in what is pending only around calls, in the phases of a step, and in faults. */
function pendingKey(stack: number, pending: Pending): number | string {
  switch (pending.kind) {
    case 'operation':
      return stack * 8 + phases.indexOf(pending.phase);
    case 'returns':
      return `${stack} ${pending.routine} ${keyOf(pending.parameters)} ${keyOf(pending.value)}`;
    default:
      return stack * 8 + phases.length + others.indexOf(pending.kind);
  }
}
