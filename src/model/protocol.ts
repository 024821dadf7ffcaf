import { HeddleError } from './error.ts';
import { handlesOf, type Gate, type Handle, type Shared, type Variable } from './handle.ts';
import { Step, type Control } from './operation.ts';
import { building, type Scenarios } from './scenarios.ts';
import { captureSite, type Site } from './site.ts';

/** One thread of a scenario. */
export interface Thread {
  readonly name: string;
  readonly root: Extract<Control, { kind: 'call' | 'loop' | 'forever' | 'become' }>;
  /** The gate that it runs behind: a goroutine's world. Undefined for sysmon, pollers, the environment. */
  readonly gate: Gate | undefined;
  /** It need not finish. */
  readonly daemon: boolean;
  /** Its steps are nobody's preemptions. */
  readonly environment: boolean;
}

function declare(name: string, root: unknown, site: Site, options: Omit<Thread, 'name' | 'root'>): Thread {
  // Models are not type-checked before they run: a generator, or a routine that is not called, gets here.
  const request = root instanceof Step ? root.request : undefined;
  if (request === undefined || !('routine' in request))
    throw new HeddleError(
      'bad-declaration',
      `thread ${name} starts with ${request?.kind ?? 'something'}, which is not a call of a routine`,
      {
        site,
        cure: 'Write thread(name, someRoutine(…)) or thread(name, forever(someRoutine)), with someRoutine = routine(…).',
      },
    );
  return Object.freeze({ name, root: request, ...options });
}

/**
 * A thread that runs a routine: `thread('sysmon', forever(sysmon), { daemon: true })`.
 * With a `gate` it can be stopped (a goroutine); a `daemon` need not finish, and one that runs `forever` never does.
 */
export function thread(name: string, root: Step<unknown>, options: { readonly gate?: Gate; readonly daemon?: boolean } = {}): Thread {
  return declare(name, root, captureSite(thread), {
    gate: options.gate,
    daemon: options.daemon ?? (root instanceof Step && root.request.kind === 'forever'),
    environment: false,
  });
}

/** What the outside does: a daemon without a gate whose steps are nobody's preemptions. */
export function environment(name: string, root: Step<unknown>): Thread {
  return declare(name, root, captureSite(environment), { gate: undefined, daemon: true, environment: true });
}

/** The values that a variable may have at the start; every combination is an initial state. */
export interface Given {
  readonly handle: Variable<unknown>;
  readonly values: readonly unknown[];
}

/** `given(limit, 1, 2)`: the scenario starts with either. */
export function given<T>(handle: Variable<T>, ...values: readonly [NoInfer<T>, ...NoInfer<T>[]]): Given {
  const site = captureSite(given);
  for (const value of values)
    if (handle.domain.encode(value) < 0)
      throw new HeddleError(
        'value-outside-domain',
        `${handle.name} can't start as ${String(value)}: its domain is ${handle.domain.label}`,
        { site },
      );
  return { handle: handle as Variable<unknown>, values: [...new Set<unknown>(values)] };
}

/** What a protocol is checked on: initial values and threads. */
export interface Scenario {
  readonly threads: readonly Thread[];
  readonly initial: readonly Given[];
}

/** Throws `duplicate-name` for two threads of one name and `bad-declaration` for none or more than 30. */
export function scenario(parts: { readonly threads: readonly Thread[]; readonly initial?: readonly Given[] }): Scenario {
  const site = captureSite(scenario);
  if (parts.threads.length === 0 || parts.threads.length > 30)
    throw new HeddleError('bad-declaration', `a scenario has 1 to 30 threads, not ${parts.threads.length}`, {
      site,
      cure: 'Add threads, or split the scenario.',
    });
  unique(
    (parts.initial ?? []).map(({ handle }) => handle.name),
    'initial value',
    site,
  );
  unique(
    parts.threads.map(({ name }) => name),
    'thread',
    site,
  );
  return Object.freeze({ threads: parts.threads, initial: parts.initial ?? [] });
}

/**
 * What a variant is expected to do with a guarantee: `violated` in at least one scenario of the scope;
 * `finding`: a version taken from the sources that breaks its own guarantee; `unspecified`: either.
 */
export type Expectation = 'holds' | 'violated' | 'finding' | 'unspecified';

/** A whole alternative protocol: the code before a fix, a historical version, a weakening, a repair. */
export interface Variant<R> {
  readonly name: string;
  readonly about: string;
  readonly routines: R;
  readonly expects: Readonly<Record<string, Expectation>>;
  /** What is expected of guarantees that `expects` does not name. */
  readonly otherwise: Expectation;
}

/**
 * A variant: `routines` is whatever the protocol's scopes build their threads from.
 * `expects` names guarantees; the others are expected to hold, or, with `otherwise: 'unspecified'`, are not judged:
 * then the exploration ends as soon as all that is expected to break has broken.
 */
export function variant<R>(
  name: string,
  parts: {
    readonly about: string;
    readonly routines: R;
    readonly expects?: Readonly<Record<string, Expectation>>;
    readonly otherwise?: 'holds' | 'unspecified';
  },
): Variant<R> {
  return Object.freeze({
    name,
    about: parts.about,
    routines: parts.routines,
    expects: parts.expects ?? {},
    otherwise: parts.otherwise ?? 'holds',
  });
}

/** A named scenario with the most general client that fits: each call, argument and change is a `choose`. */
export interface Scope<R> {
  readonly name: string;
  readonly about: string;
  readonly scenario: (routines: R) => Scenario;
}

/** `scope('gate', 'two callers, one change', (routines) => scenario({ … }))`. What `build` throws is an error of the model. */
export function scope<R>(name: string, about: string, build: (routines: R) => Scenario): Scope<R> {
  const scenario = (routines: R): Scenario => building(`the scope ${name}`, () => build(routines));
  return Object.freeze({ name, about, scenario });
}

/** What stands for a scope's name where a scenario was generated. */
export const generatedScope = 'generated';

/** For each lock rank, all ranks that may be held when one of that rank is taken, as in the runtime's lockPartialOrder. */
export type LockRanks = Readonly<Record<string, readonly string[]>>;

/** A protocol: its shared state, its variants and the scopes that they are checked in. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of protocols does not care what their scopes build on.
export interface Protocol<R = any> {
  readonly name: string;
  readonly about: string;
  /** Where it comes from: repository, version, files. */
  readonly source: string;
  readonly handles: readonly Handle[];
  readonly ranks: LockRanks | undefined;
  readonly variants: readonly Variant<R>[];
  readonly scopes: readonly Scope<R>[];
  /** Scenarios beyond the scopes. */
  readonly scenarios: Scenarios<R> | undefined;
}

/** Declares a protocol. Throws `duplicate-name` where two handles, variants or scopes share a name, `bad-declaration` where a mutex has a rank that `ranks` doesn't list. */
export function protocol<R>(
  name: string,
  parts: {
    readonly about: string;
    readonly source: string;
    readonly shared: readonly Shared[];
    readonly ranks?: LockRanks;
    readonly variants: readonly Variant<R>[];
    readonly scopes: readonly Scope<R>[];
    readonly scenarios?: Scenarios<R>;
  },
): Protocol<R> {
  const site = captureSite(protocol);
  const handles = handlesOf(parts.shared);
  unique(
    handles.map((handle) => handle.name),
    'handle',
    site,
  );
  unique(
    parts.variants.map((entry) => entry.name),
    'variant',
    site,
  );
  unique(
    parts.scopes.map((entry) => entry.name),
    'scope',
    site,
  );
  for (const entry of [name, ...parts.variants.map((each) => each.name), ...parts.scopes.map((each) => each.name)])
    if (!/^[a-z0-9][a-z0-9.-]*$/i.test(entry))
      throw new HeddleError('bad-declaration', `the name '${entry}' can't be typed on a command line`, {
        site,
        cure: 'Use letters, digits, dots and dashes.',
      });
  if (parts.variants.length === 0 || parts.scopes.length === 0)
    throw new HeddleError('bad-declaration', `protocol ${name} has no ${parts.variants.length === 0 ? 'variants' : 'scopes'}`, {
      site,
      cure: 'Give it at least one variant and one scope.',
    });
  if (parts.scenarios !== undefined && parts.scopes.some((entry) => entry.name === generatedScope))
    throw new HeddleError('duplicate-name', `the scope ${generatedScope} has the name that generated scenarios go by`, {
      site,
      cure: 'Give it another name.',
    });
  if (parts.ranks !== undefined)
    for (const handle of handles)
      if (handle.kind === 'mutex' && handle.rank !== undefined && !(handle.rank in parts.ranks))
        throw new HeddleError('bad-declaration', `mutex ${handle.name} has rank ${handle.rank}, which the ranks do not list`, {
          site: handle.site,
          cure: `Add a row for it: ranks: { ${handle.rank}: [] }.`,
        });
  return Object.freeze({
    name,
    about: parts.about,
    source: parts.source,
    handles,
    ranks: parts.ranks,
    variants: parts.variants,
    scopes: parts.scopes,
    scenarios: parts.scenarios,
  });
}

/** The protocol's generated scenarios. Throws `bad-declaration` if it states none. */
export function scenariosOf<R>(protocol: Protocol<R>): Scenarios<R> {
  if (protocol.scenarios !== undefined) return protocol.scenarios;
  throw new HeddleError('bad-declaration', `protocol ${protocol.name} states no scenarios beyond its scopes`, {
    cure: 'Give it `scenarios: scenarios(…)`, or name one of its scopes.',
  });
}

function unique(names: readonly string[], what: string, site: Site): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new HeddleError('duplicate-name', `two ${what}s are named ${name}`, { site });
    seen.add(name);
  }
}
