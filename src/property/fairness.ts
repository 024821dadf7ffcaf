import type { Operation } from '../model/operation.ts';

/**
 * How much is assumed of whoever could go on. `weak`: what stays possible from some moment on is done at last. `strong`:
 * what becomes possible again and again is done at last. `none`: nothing; it may stop for ever at any moment.
 */
export type Strength = 'none' | 'weak' | 'strong';

/** What fairness can be assumed of: an operation by its kind, or that a thread asked to stop does so at a safe point. */
export type FairOperation = Operation['kind'] | 'safe point';

/** What a liveness property assumes of the scheduler, on top of the defaults. */
export interface Fairness {
  /** By thread name; by default `none` for the environment and `weak` for all others, daemons among them. */
  readonly threads?: Readonly<Record<string, Strength>>;
  /** By kind of operation, for threads that are `weak`; by default `strong` for `lock`, `acquire`, `stop` and `safe point`. */
  readonly operations?: Readonly<Partial<Record<FairOperation, Strength>>>;
}

const strongByDefault: readonly FairOperation[] = ['lock', 'acquire', 'stop', 'safe point'];

/** What is assumed of one operation of one thread. `undefined` stands for the steps of entering and leaving a routine. */
export function strengthOf(
  { threads = {}, operations = {} }: Fairness,
  thread: { readonly name: string; readonly environment: boolean },
  operation: FairOperation | undefined,
): Strength {
  const own = threads[thread.name] ?? (thread.environment ? 'none' : 'weak');
  if (own !== 'weak' || operation === undefined) return own;
  return operations[operation] ?? (strongByDefault.includes(operation) ? 'strong' : 'weak');
}

/** All that is assumed, in sentences: every verdict on liveness is told with them. */
export function assumptionsOf(
  { threads = {}, operations = {} }: Fairness,
  scenario: readonly { readonly name: string; readonly environment: boolean }[],
): readonly string[] {
  const named = (strength: Strength): readonly string[] =>
    scenario.flatMap((thread) => (strengthOf({ threads }, thread, undefined) === strength ? [thread.name] : []));
  const kinds = (strength: Strength): readonly string[] => {
    const byDefault = strength === 'strong' ? strongByDefault.filter((kind) => operations[kind] === undefined) : [];
    return [...byDefault, ...Object.entries(operations).flatMap(([kind, own]) => (own === strength ? [kind] : []))];
  };
  const weak = named('weak');
  const sentences: readonly (readonly [names: readonly string[], sentence: (names: string) => string])[] = [
    [weak, (names) => `${names}: what stays possible is done at last (weak fairness; being stopped by a gate does not count)`],
    [
      weak.length === 0 ? [] : kinds('strong'),
      (names) => `their ${names}: what is possible again and again is done at last (strong fairness)`,
    ],
    [weak.length === 0 ? [] : kinds('none'), (names) => `nothing of their ${names}`],
    [named('strong'), (names) => `${names}: whatever is possible again and again is done at last (strong fairness)`],
    [named('none'), (names) => `nothing of ${names}, which may stop for ever at any moment`],
  ];
  return sentences.flatMap(([names, sentence]) => (names.length === 0 ? [] : [sentence(names.join(', '))]));
}
