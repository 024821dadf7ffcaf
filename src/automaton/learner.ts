import { HeddleError } from '../model/error.ts';
import { frozen, identityOf, keyOf } from '../model/plain-data.ts';
import type { Thread } from '../model/protocol.ts';
import type { Again, Done, Routine } from '../model/routine.ts';
import type { Site } from '../model/site.ts';
import { historyKey, withResult, type Frame, type LocalState, type Pending } from './local-state.ts';
import { asksTheSame, Replays } from './replay.ts';
import { resultCount, resultOf } from './result.ts';

/** A frame with more results than this is taken to grow for ever. */
const longestHistory = 128;
/** A thread with more local states than this is taken to carry something that grows for ever. */
const mostStates = 20_000;
/** Calls, returns and iterations in a row without a step. */
const longestSilence = 1000;

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
  readonly #thread: Thread;
  readonly #index: number;
  readonly #observed: ReadonlySet<string>;
  readonly #ids = new Map<string, number>();
  /** Frames by their keys, numbered. */
  readonly #frames = new Map<string, number>();
  readonly #numbers = new WeakMap<Frame, number>();
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
    this.initial = this.#settle([
      this.#frame(root.routine, root.parameters, root.kind === 'loop' || root.kind === 'forever' ? root.kind : 'call', root.site),
    ]).id;
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
  protected frameKey(frame: Frame): string {
    const { round } = frame;
    const goesRound =
      frame.mode === 'call'
        ? ''
        : `${identityOf(round.routine)}@${identityOf(round.site)}${frame.mode === 'forever' ? keyOf(round.parameters, round.site) : ''}`;
    return `${frame.mode}${goesRound}${historyKey(frame)}@${identityOf(frame.site)}`;
  }

  /** The frame of a loop's next iteration. A hook for tests that break it on purpose. */
  protected iterate(frame: Frame, carried: unknown): Frame {
    return { ...frame, parameters: frozen([carried]), parametersKey: keyOf([carried], frame.site) };
  }

  #frame(
    routine: Routine,
    parameters: readonly unknown[],
    mode: Frame['mode'],
    site: Site,
    round: Frame['round'] = { routine, parameters, site },
  ): Frame {
    return {
      routine,
      parameters,
      results: [],
      parametersKey: keyOf(parameters, site),
      resultsKey: '',
      mode,
      entered: !this.#observed.has(routine.routineName),
      site,
      round,
    };
  }

  #after(from: LocalState, code: number): LocalState {
    const { frames, pending } = from;
    switch (pending.kind) {
      case 'enters':
        return this.#settle([...frames.slice(0, -1), { ...frames.at(-1)!, entered: true }]);
      case 'returns':
        return this.#settle(frames);
      case 'operation': {
        if (pending.phase === 'request') return this.#intern(frames, { ...pending, phase: 'complete' });
        return this.#settle(this.#deliver(frames, resultOf(pending.operation, code)));
      }
      default:
        throw new Error(`a ${pending.kind} has no successor`);
    }
  }

  /** Adds a result to the innermost frame. */
  #deliver(frames: readonly Frame[], value: unknown): readonly Frame[] {
    const top = frames.at(-1);
    if (top === undefined) return frames;
    return [...frames.slice(0, -1), withResult(top, frozen(value))];
  }

  /** Runs bodies until one asks for a step. */
  #settle(start: readonly Frame[]): LocalState {
    let frames = start;
    for (let silence = 0; silence < longestSilence; silence++) {
      const top = frames.at(-1);
      if (top === undefined) return this.#intern([], { kind: 'done' });
      if (top.results.length > longestHistory)
        return this.#error(
          frames,
          new HeddleError(
            'endless-local-history',
            `${top.routine.routineName} has taken ${longestHistory} steps without returning or going round a loop(…)`,
            { site: top.routine.site },
          ),
        );
      if (!top.entered)
        return this.#intern(frames, { kind: 'enters', routine: top.routine.routineName, parameters: top.parameters, site: top.site });
      const outcome = this.#replays.outcome(top);
      if (outcome.kind === 'errs') return this.#error(frames, outcome.error);
      if (outcome.kind === 'throws') return this.#intern(frames, { kind: 'fault', message: outcome.message, site: outcome.site });
      if (outcome.kind === 'returns') {
        const { value } = outcome;
        const name = top.routine.routineName;
        if (top.mode === 'loop' && !isIteration(value))
          return this.#error(
            frames,
            new HeddleError('bad-declaration', `${name} is the body of a loop and returned neither again(…) nor done(…)`, {
              site: top.routine.site,
              cure: 'End each path of the body with return again(carried) or return done(value).',
            }),
          );
        frames = this.#afterReturn(frames.slice(0, -1), top, value);
        if (this.#observed.has(name))
          return this.#intern(frames, {
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
          frames = this.#deliver(frames, this.#index);
          continue;
        case 'ensure':
          if (!request.condition) return this.#intern(frames, { kind: 'fault', message: request.message, site: request.site });
          frames = this.#deliver(frames, undefined);
          continue;
        case 'call':
        case 'loop':
        case 'forever':
        case 'become': {
          const mode = request.kind === 'become' ? top.mode : request.kind;
          const below = request.kind === 'become' ? frames.slice(0, -1) : frames;
          const round = request.kind === 'become' ? top.round : undefined;
          frames = [...below, this.#frame(request.routine, request.parameters, mode, request.site, round)];
          continue;
        }
        default:
          return this.#intern(frames, { kind: 'operation', operation: request, phase: this.#firstPhase(request.kind) });
      }
    }
    const top = frames.at(-1);
    return this.#error(
      frames,
      new HeddleError('loop-without-step', `${top?.routine.routineName} goes round without taking a step`, { site: top?.routine.site }),
    );
  }

  /** `lock` of a gated thread, and `stop`, are two steps. */
  #firstPhase(kind: string): 'whole' | 'request' {
    return kind === 'stop' || (kind === 'lock' && this.#thread.gate !== undefined) ? 'request' : 'whole';
  }

  /** The frames that go on when the innermost routine has returned. */
  #afterReturn(below: readonly Frame[], top: Frame, value: unknown): readonly Frame[] {
    const { round } = top;
    const fresh = this.#frame(round.routine, round.parameters, top.mode, round.site, round);
    if (top.mode === 'forever') return [...below, fresh];
    if (top.mode === 'call') return this.#deliver(below, value);
    // Checked by the caller: a loop's body returns again(…) or done(…).
    const iteration = value as Again<unknown> | Done<unknown>;
    return iteration.kind === 'again' ? [...below, this.iterate(fresh, iteration.carried)] : this.#deliver(below, iteration.value);
  }

  #error(frames: readonly Frame[], error: HeddleError): LocalState {
    return this.#intern(frames, { kind: 'error', error });
  }

  /**
   * A local state that has been reached by another history too: its body was run anew, and must ask for the same.
   * What it asks for later is not compared.
   */
  #agreeing(known: LocalState, frames: readonly Frame[], pending: Pending): LocalState {
    if (known.pending.kind !== 'operation' || pending.kind !== 'operation') return known;
    if (asksTheSame(known.pending.operation, pending.operation)) return known;
    const routine = frames.at(-1)?.routine;
    return this.#error(
      frames,
      new HeddleError(
        'differs-on-replay',
        `${routine?.routineName} asks for one ${known.pending.operation.kind} and, after another history that leaves it the same arguments and results, for another ${pending.operation.kind}`,
        { site: routine?.site },
      ),
    );
  }

  /** Frames below the innermost stay the same objects from step to step, so each is looked up once. */
  #numberOf(frame: Frame): number {
    let number = this.#numbers.get(frame);
    if (number === undefined) {
      const key = this.frameKey(frame);
      number = this.#frames.get(key) ?? this.#frames.size;
      this.#frames.set(key, number);
      this.#numbers.set(frame, number);
    }
    return number;
  }

  #intern(frames: readonly Frame[], pending: Pending): LocalState {
    const key = `${pendingKey(pending)}|${pending.kind === 'done' ? '' : frames.map((frame) => this.#numberOf(frame)).join('/')}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return this.#agreeing(this.states[known]!, frames, pending);
    const state: LocalState = { id: this.states.length, frames, pending, successors: new Int32Array(resultCount(pending)).fill(-1) };
    this.#ids.set(key, state.id);
    this.states.push(state);
    return state;
  }
}

function isIteration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'again' || value.kind === 'done');
}

/** Two local states with the same frames differ in what is pending only around calls, in the phases of a step, and in faults. */
function pendingKey(pending: Pending): string {
  switch (pending.kind) {
    case 'operation':
      return pending.phase;
    case 'returns':
      return `returns ${pending.routine} ${keyOf(pending.parameters)} ${keyOf(pending.value)}`;
    default:
      return pending.kind;
  }
}
