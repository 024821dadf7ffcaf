/**
 * The specification patterns of Dwyer, Avrunin and Corbett, "Patterns in property specifications for finite-state
 * verification" (ICSE 1999), as monitors: absence (`never`), existence (`exists`) and precedence (`precedes`), each with
 * the five scopes. Scopes are those of the paper: `before(r)` and `between(q, r)` bind only if r comes; `afterUntil(q, r)`
 * binds also if it never does.
 */
import type { Event, EventPattern } from './event.ts';
import { monitor, on, violated, type Monitor, type Violated } from './property.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- patterns of any kind of event go together in one monitor.
type Pattern = EventPattern<any>;

interface State {
  /** Whether the scope is open. */
  readonly open: boolean;
  /** Whether it ever was. */
  readonly opened: boolean;
  /** What the pattern remembers inside the open scope. */
  readonly seen: boolean;
  /** What is wrong if the scope turns out to have been one. */
  readonly pending: string;
}

/** What a pattern does inside an open scope. */
interface Rule {
  readonly events: readonly { readonly pattern: Pattern; readonly inside: (state: State) => State | string }[];
  /** What is wrong if the scope closes, or the run ends, now. */
  readonly closing: (state: State) => string | undefined;
  readonly label: string;
  /** Whether an open scope can be wrong at the end of a run. */
  readonly judgesEnds: boolean;
}

/** A property that still needs its scope. */
export interface Scoped {
  /** Over the whole run. */
  globally(): Monitor;
  /** Up to the first r, if it comes. */
  before(r: Pattern): Monitor;
  /** From the first q on. */
  after(q: Pattern): Monitor;
  /** From each q to the next r, if that comes. */
  between(q: Pattern, r: Pattern): Monitor;
  /** From each q to the next r, or for ever. */
  afterUntil(q: Pattern, r: Pattern): Monitor;
}

function scoped(rule: Rule): Scoped {
  const build = (opening: Pattern | undefined, closing: Pattern | undefined, binds: 'at once' | 'when closed'): Monitor => {
    const scopeLabel = `${opening === undefined ? '' : ` after ${opening.label}`}${closing === undefined ? '' : ` before ${closing.label}`}`;
    const fail = (state: State, says: string): State | Violated =>
      binds === 'at once' ? violated(says + scopeLabel) : { ...state, pending: state.pending === '' ? says + scopeLabel : state.pending };
    const repeats = opening !== undefined && closing !== undefined;
    return monitor<State>({
      initial: { open: opening === undefined, opened: opening === undefined, seen: false, pending: '' },
      triggered: (state) => state.opened,
      ...(rule.judgesEnds &&
        binds === 'at once' && { atEnd: (state: State) => (state.open ? withScope(rule.closing(state), scopeLabel) : undefined) }),
      reactions: [
        // The closing event ends the scope before it counts inside; the opening one begins it after.
        ...(closing === undefined
          ? []
          : [
              on(closing, (state: State): State | Violated => {
                if (!state.open) return state;
                const wrong = state.pending === '' ? withScope(rule.closing(state), scopeLabel) : state.pending;
                if (wrong !== undefined) return violated(wrong);
                return { open: false, opened: true, seen: false, pending: '' };
              }),
            ]),
        ...rule.events.map(({ pattern, inside }) =>
          on(pattern, (state: State, _event: Event): State | Violated => {
            if (!state.open) return state;
            const next = inside(state);
            return typeof next === 'string' ? fail(state, next) : next;
          }),
        ),
        ...(opening === undefined
          ? []
          : [
              on(opening, (state: State): State =>
                state.open || (state.opened && !repeats) ? state : { open: true, opened: true, seen: false, pending: '' },
              ),
            ]),
      ],
    });
  };
  return {
    globally: () => build(undefined, undefined, 'at once'),
    before: (r) => build(undefined, r, 'when closed'),
    after: (q) => build(q, undefined, 'at once'),
    between: (q, r) => build(q, r, 'when closed'),
    afterUntil: (q, r) => build(q, r, 'at once'),
  };
}

function withScope(wrong: string | undefined, scopeLabel: string): string | undefined {
  return wrong === undefined ? undefined : wrong + scopeLabel;
}

/** Absence: the event does not happen in the scope. */
export function never(pattern: Pattern): Scoped {
  return scoped({
    label: `never ${pattern.label}`,
    judgesEnds: false,
    events: [{ pattern, inside: () => `${pattern.label} happened` }],
    closing: () => undefined,
  });
}

/** Existence: the event happens at least once in the scope. An open scope is judged where a run ends; that it goes on for ever without is for liveness. */
export function exists(pattern: Pattern): Scoped {
  return scoped({
    label: `exists ${pattern.label}`,
    judgesEnds: true,
    events: [{ pattern, inside: (state) => ({ ...state, seen: true }) }],
    closing: (state) => (state.seen ? undefined : `${pattern.label} did not happen`),
  });
}

/** Precedence: in the scope, `second` does not happen before `first` has. */
export function precedes(first: Pattern, second: Pattern): Scoped {
  return scoped({
    label: `${first.label} precedes ${second.label}`,
    judgesEnds: false,
    events: [
      { pattern: first, inside: (state) => ({ ...state, seen: true }) },
      { pattern: second, inside: (state) => (state.seen ? state : `${second.label} happened without ${first.label}`) },
    ],
    closing: () => undefined,
  });
}
