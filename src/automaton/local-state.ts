import type { HeddleError } from '../model/error.ts';
import type { Operation } from '../model/operation.ts';
import type { Routine } from '../model/routine.ts';
import type { Site } from '../model/site.ts';
import type { History } from './history.ts';

/** One routine that a thread is inside of: what it was called with and what its yields have answered so far. */
export interface Frame {
  readonly routine: Routine;
  readonly parameters: readonly unknown[];
  readonly results: readonly unknown[];
  /** Its routine, parameters and results, as one object. */
  readonly history: History;
  /** What happens when it returns: to the caller, round the loop, or again for ever. */
  readonly mode: 'call' | 'loop' | 'forever';
  /** Whether its `enters` event has happened (or nobody observes it). */
  readonly entered: boolean;
  /** Where it was called. */
  readonly site: Site;
  /** What runs when it goes round: the loop's own body, also after a tail call inside of it. */
  readonly round: { readonly routine: Routine; readonly parameters: readonly unknown[]; readonly site: Site };
  /** Equal for frames of one learner whose mode, site and round are equal. */
  readonly place: number;
}

/** The frame when its request has been answered. */
export function withResult(frame: Frame, result: unknown): Frame {
  const { routine, parameters, mode, entered, site, round, place } = frame;
  const history = frame.history.after(result);
  return { routine, parameters, results: [...frame.results, result], history, mode, entered, site, round, place };
}

/** What a thread will do next. */
export type Pending =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly phase: 'whole' | 'request' | 'complete' }
  | { readonly kind: 'enters'; readonly routine: string; readonly parameters: readonly unknown[]; readonly site: Site }
  | {
      readonly kind: 'returns';
      readonly routine: string;
      readonly parameters: readonly unknown[];
      readonly value: unknown;
      readonly site: Site;
    }
  /** The runtime threw on the way here: the run ended with the step before. */
  | { readonly kind: 'fault'; readonly message: string; readonly site: Site | undefined }
  /** The model is at fault; reaching this is an error, not a verdict. */
  | { readonly kind: 'error'; readonly error: HeddleError }
  | { readonly kind: 'done' };

/** A node of a thread's automaton: its stack of frames, outermost first, and what it asks for there. */
export interface LocalState {
  readonly id: number;
  readonly frames: readonly Frame[];
  readonly pending: Pending;
  /** Successors by result code; −1 where not learned yet. */
  readonly successors: Int32Array;
}
