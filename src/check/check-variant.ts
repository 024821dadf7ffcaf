import type { AutomataOptions } from '../automaton/automata.ts';
import { LearnedThreads } from '../automaton/learned-threads.ts';
import { System } from '../kernel/system.ts';
import type { Expectation, Protocol, Variant } from '../model/protocol.ts';
import type { Guarantee } from '../property/property.ts';
import { scopeOf } from '../project/select.ts';
import { Exhaustive, type ExhaustiveOptions } from '../explore/exhaustive.ts';
import { OnDemandFirst, paysOnDemand } from '../explore/on-demand-first.ts';
import { drive, type Progress } from '../explore/search.ts';
import type { StrategyName } from '../explore/strategies/names.ts';
import type { Exploration, Verdict } from '../explore/verdict.ts';
import type { Beyond } from './spent.ts';

export interface CheckOptions {
  readonly scope: string;
  /** `auto`: exhaustive within the scope, then generated scenarios beyond it, if the protocol states any. */
  readonly engine: 'exhaustive' | 'random' | 'auto';
  /** Budget for visited states, in bytes. */
  readonly maxBytes: number;
  readonly seconds?: number | undefined;
  /** Whether states that differ only in which of some like threads is which are explored once; true unless told otherwise. */
  readonly symmetry?: boolean | undefined;
  /** Whether safe steps may be taken alone (kernel/safe-steps.ts); they may unless told otherwise. */
  readonly reduction?: boolean | undefined;
  /** Whether the exhaustive engine keeps fingerprints instead of states (explore/compact); it keeps states unless told otherwise. */
  readonly hashCompact?: boolean | undefined;
  readonly seed: number;
  /** Random schedules to run; beyond the scope, one scenario is drawn for each 500. */
  readonly schedules: number;
  /** How they are drawn; `walk` unless told otherwise. */
  readonly strategy?: StrategyName | undefined;
  /** PCT's bug depth. */
  readonly depth?: number | undefined;
}

/** Whether a verdict is what the variant expects; `open`: a budget ended before it could be told. */
export type Status = 'as expected' | 'unexpected' | 'open';

/** What was found out about one guarantee of a variant. */
export interface CheckedGuarantee {
  readonly guarantee: Guarantee;
  readonly verdict: Verdict;
  readonly expected: Expectation;
  readonly status: Status;
}

/** What was found out about one variant in one scope, by one exploration. */
export interface CheckedVariant {
  readonly protocol: Protocol;
  readonly variant: Variant<unknown>;
  readonly scope: string;
  readonly exploration: Exploration;
  readonly automata: 'raw' | 'minimised';
  /** Threads that explored it together. */
  readonly workers: number;
  readonly guarantees: readonly CheckedGuarantee[];
  /** What was spent beyond the scope; undefined if nothing was. */
  readonly beyond?: Beyond | undefined;
  /** Of a generated scenario. */
  readonly description?: unknown;
}

/** An exploration and how its automata were prepared: what a worker sends back. */
export interface Explored {
  readonly exploration: Exploration;
  readonly automata: 'raw' | 'minimised';
  /** Threads that explored it together. */
  readonly workers: number;
  readonly beyond?: Beyond | undefined;
}

/**
 * Explores one variant in one scope: one exploration for all guarantees.
 * @param workers threads that may expand states together, where the search is exhaustive
 */
export async function exploreVariant(
  protocol: Protocol,
  variant: Variant<unknown>,
  guarantees: readonly Guarantee[],
  options: CheckOptions,
  hooks: { readonly interrupted?: () => boolean; readonly onProgress?: (progress: Progress, seconds: number) => void } = {},
  workers = 1,
): Promise<Explored> {
  const learned = new LearnedThreads();
  const learn = (automata: 'on-demand' | 'minimised'): System =>
    systemOf(protocol, variant, guarantees, options.scope, { automata, learned });
  const { maxBytes, symmetry = true, reduction = true } = options;
  const until = untilViolated(variant, guarantees);
  // What several threads, or a reduced search, find broken is looked for once more by one thread in full, so that the same
  // shortest run is told every time: where that is to be expected, it is done at once.
  const expected = expectsViolations(variant);
  const together = options.engine === 'random' || options.hashCompact === true || expected ? 1 : workers;
  const reduces = reduction && !expected;
  const search =
    options.engine === 'random'
      ? new (await import('../explore/random/random-search.ts')).RandomSearch(learn('minimised'), { ...options, untilViolated: until })
      : options.hashCompact === true
        ? new (await import('../explore/compact/hash-compaction.ts')).HashCompaction(learn('minimised'), {
            seed: options.seed,
            maxBytes,
            symmetry,
            reduces: reduction,
            untilViolated: until,
          })
        : exhaustive(protocol, learn, { maxBytes, symmetry, reduces, untilViolated: until, workers: together });
  const began = performance.now();
  const exploration = await drive(search, {
    slice: options.engine === 'random' ? 20 : 50_000 * together,
    seconds: options.seconds,
    ...hooks,
  });
  const counted = options.engine === 'auto' && protocol.scenarios !== undefined ? openBeyond(variant, guarantees, exploration) : [];
  const seconds = options.seconds && options.seconds - (performance.now() - began) / 1000;
  // What draws scenarios loads fast-check, which a check within its scope does not need.
  const beyond =
    counted.length === 0
      ? undefined
      : await (await import('./beyond.ts')).exploreBeyond(protocol, variant, guarantees, counted, { ...options, ...hooks, seconds });
  const { automata, closed } = search.system;
  return { exploration, automata, workers: closed ? together : 1, beyond };
}

function exhaustive(
  { handles }: Protocol,
  learn: (automata: 'on-demand' | 'minimised') => System,
  options: ExhaustiveOptions,
): Exhaustive | OnDemandFirst {
  return paysOnDemand(handles) ? new OnDemandFirst(learn, options) : new Exhaustive(learn('minimised'), options);
}

/**
 * The guarantees that are worth looking for beyond the scope: those that the variant says something about and that nothing in
 * the scope was found to break. None in a variant that only exists to be broken. Not liveness, of which random schedules,
 * all of which end, say nothing.
 */
function openBeyond(variant: Variant<unknown>, guarantees: readonly Guarantee[], { verdicts }: Exploration): readonly number[] {
  if (untilViolated(variant, guarantees).length > 0) return [];
  return guarantees.flatMap(({ name, property }, index) =>
    (variant.expects[name] ?? variant.otherwise) !== 'unspecified' && property.kind !== 'liveness' && verdicts[index]!.kind !== 'violated'
      ? [index]
      : [],
  );
}

/** A variant in a scope, made ready for exploration. */
export function systemOf(
  protocol: Protocol,
  variant: Variant<unknown>,
  guarantees: readonly Guarantee[],
  scope: string,
  options: AutomataOptions = { automata: 'minimised' },
): System {
  const scenario = scopeOf(protocol, scope).scenario(variant.routines);
  return new System(protocol.handles, protocol.ranks, scenario, guarantees, options);
}

function expectsViolations({ expects }: Variant<unknown>): boolean {
  return Object.values(expects).some((expectation) => expectation === 'violated' || expectation === 'finding');
}

/** For a variant that only exists to be broken: what must break before its search may end. */
export function untilViolated(variant: Variant<unknown>, guarantees: readonly Guarantee[]): readonly number[] {
  const expected = guarantees.map(({ name }) => variant.expects[name] ?? variant.otherwise);
  if (expected.some((expectation) => expectation === 'holds' || expectation === 'finding')) return [];
  return expected.flatMap((expectation, index) => (expectation === 'violated' ? [index] : []));
}

/** Judges an exploration by what the variant expects. */
export function judge(
  protocol: Protocol,
  variant: Variant<unknown>,
  guarantees: readonly Guarantee[],
  scope: string,
  explored: Explored,
): CheckedVariant {
  return {
    protocol,
    variant,
    scope,
    ...explored,
    guarantees: guarantees.map((guarantee, index) => {
      const verdict = explored.exploration.verdicts[index]!;
      const expected = variant.expects[guarantee.name] ?? variant.otherwise;
      return { guarantee, verdict, expected, status: statusOf(verdict, expected) };
    }),
  };
}

/** See CONTRACT.md: `violated` and `finding` are as expected when violated; a bound excludes nothing. */
export function statusOf(verdict: Verdict, expected: Expectation): Status {
  if (expected === 'unspecified') return 'as expected';
  if (expected === 'holds') {
    if (verdict.kind === 'violated') return 'unexpected';
    return verdict.kind === 'incomplete' ? 'open' : 'as expected';
  }
  if (verdict.kind === 'violated') return 'as expected';
  return verdict.kind === 'holds' ? 'unexpected' : 'open';
}
