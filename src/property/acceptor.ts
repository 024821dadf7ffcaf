import { HeddleError } from '../model/error.ts';
import { captureSite } from '../model/site.ts';
import type { Event, EventPattern } from './event.ts';
import { monitor, on, violated, type Monitor, type Reaction } from './property.ts';

/** What an event appends to the stream: an entry, or undefined for nothing. It sees what is there already. */
export interface Append<E> {
  readonly pattern: EventPattern;
  readonly entry: (event: never, stream: readonly E[]) => E | undefined;
}

interface State<E> {
  /** What has been written since the last complete stream; an entry's index is its time. */
  readonly stream: readonly E[];
  /** Whether a stream has been judged: before, the property speaks of nothing. */
  readonly judged: boolean;
}

/** An entry of a stream for each event of a pattern: `appends(emits('traceEvent'), ({ data }) => data as Entry)`. */
export function appends<E, V extends Event>(pattern: EventPattern<V>, entry: (event: V, stream: readonly E[]) => E | undefined): Append<E> {
  return { pattern: pattern as unknown as EventPattern, entry: entry as Append<E>['entry'] };
}

/**
 * Judges what a protocol produces by a pure function, once it is complete: a trace by its parser, a file by its reader.
 *
 * All streams are one list in the order in which they were written; an entry says which of them it belongs to. So a time
 * stamp is an entry's index and carries relative order only. `complete` ends the list: `judge` answers undefined if it is
 * acceptable, or the reason in its own words. What is written after that belongs to the next.
 *
 * A list longer than `limit` entries is an error of the model (`endless-local-history`), never cut off.
 *
 * @example
 * acceptor<Entry>({
 *   writes: [appends(emits('traceEvent'), ({ data }) => data as Entry)],
 *   complete: emits('flush'),
 *   judge: parse,
 * });
 */
export function acceptor<E>(parts: {
  readonly writes: readonly Append<E>[];
  readonly complete: EventPattern<Extract<Event, { kind: 'emits' }>>;
  readonly judge: (stream: readonly E[]) => string | undefined;
  /** 64 by default. */
  readonly limit?: number;
}): Monitor {
  const site = captureSite(acceptor);
  const limit = parts.limit ?? 64;
  const writes = parts.writes.map(({ pattern, entry }): Reaction<State<E>> =>
    on(pattern, (state: State<E>, event: Event) => {
      const written = entry(event as never, state.stream);
      if (written === undefined) return state;
      if (state.stream.length === limit)
        throw new HeddleError('endless-local-history', `a stream has more than ${limit} entries when ${pattern.label}`, {
          site,
          cure: 'Let the scope do less before the stream is complete, or give the acceptor a higher `limit`.',
        });
      return { ...state, stream: [...state.stream, written] };
    }),
  );
  return monitor<State<E>>({
    initial: { stream: [], judged: false },
    triggered: ({ judged }) => judged,
    reactions: [
      ...writes,
      on(parts.complete, ({ stream }: State<E>) => {
        const wrong = parts.judge(stream);
        return wrong === undefined ? { stream: [], judged: true } : violated(wrong);
      }),
    ],
  });
}
