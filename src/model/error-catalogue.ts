/** What every error code means, why it usually happens and how to mend it: the text of `heddle explain`. */
export interface ErrorEntry {
  readonly title: string;
  readonly meaning: string;
  readonly cure: string;
}

const entries = {
  'captured-local': {
    title: 'a body assigns a variable that it captured',
    meaning:
      'Bodies are replayed many times and their local states are shared between histories. A variable outside the body that the body assigns survives a straight run but not that, so a thread would behave differently from its source.',
    cure: 'Declare the variable inside the body, carry it through loop(routine, carried), or pass it as an argument.',
  },
  'routine-inside-routine': {
    title: 'a routine was declared while a body was running',
    meaning:
      'Learning recognises local states by the identity of their routines. A routine made anew on every run has a new identity each time and may capture locals of the body around it.',
    cure: 'Declare the routine at module level and pass what it needs as arguments or as the carried value.',
  },
  'value-outside-domain': {
    title: 'a value is outside the domain of its handle',
    meaning:
      'A step wrote, or a declaration or scenario gave, a value that the handle was not declared to hold. Heddle never clips or wraps silently.',
    cure: 'Widen the domain in the declaration, or bound what the scope may do (fewer calls, a smaller range of arguments).',
  },
  'operation-not-yielded': {
    title: 'an operation was made and never yielded',
    meaning: 'load(x) alone does nothing: only `yield* load(x)` takes the step. The usual cause is a forgotten yield*.',
    cure: 'Write `yield* ` in front of the operation.',
  },
  'operation-in-guard': {
    title: 'an operation was made inside a guard or compound step',
    meaning:
      'waitUntil and atomically run in one step and see only the values of the handles that they name. An operation inside would read something the guard does not name.',
    cure: 'Add the handle to the list: waitUntil([a, b], (a, b) => …).',
  },
  'yielded-something-else': {
    title: 'a body yielded something that is not an operation',
    meaning:
      'Bodies yield operations and calls of routines, with yield*. A plain `yield`, or yield* over an array or another iterable, is not a step.',
    cure: 'Use `yield*` with an operation such as load(x), or with a call of a routine.',
  },
  'differs-on-replay': {
    title: 'a body answers differently on replay',
    meaning:
      'The same arguments and results must always lead to the same next operation. The usual causes: a captured variable or object that changes, Math.random, Date, a cache.',
    cure: 'Let the body depend on its arguments and on the results of its yields only; use choose(…) for nondeterminism.',
  },
  'guard-differs-on-replay': {
    title: 'a guard or compound step answers differently for the same values',
    meaning:
      'The function is a table over the values of the handles that it names. This one gave two answers for one row, so it reads something that it does not name.',
    cure: 'Name every handle that it reads, and compute from those values only.',
  },
  'endless-local-history': {
    title: 'a local history grows without end',
    meaning:
      'A local state is the results received so far. A `for (;;)` around operations never forgets any, so there is no end of local states.',
    cure: 'Use waitUntil for waiting, forever(routine) for daemons, or loop(routine, carried) with a finite carried value.',
  },
  'loop-without-step': {
    title: 'a loop or a chain of calls goes on without taking a step',
    meaning: 'An iteration that yields no operation would run for ever in no time.',
    cure: 'Let each iteration take at least one step, or end it with done(value).',
  },
  'not-plain-data': {
    title: 'an argument, result or carried value is not plain data',
    meaning:
      'What crosses the border of a routine is compared by structure: numbers, strings, booleans, undefined, null, arrays and plain objects of these, handles and routines. Functions, class instances, Maps and the like are not.',
    cure: 'Pass plain data.',
  },
  'ghost-decides': {
    title: 'a ghost would decide something',
    meaning:
      'Ghosts hold what only properties need. If a guard, a result, an index or a written value depended on one, the model would not be the protocol any more.',
    cure: 'Write ghosts with { ghost: set(…) } or update(…) on the operation they belong to, and read them in properties only. If the protocol needs the value, make it an ordinary handle.',
  },
  'handle-not-declared': {
    title: 'a handle is used that the protocol does not declare',
    meaning: 'A state has a place for each handle in the protocol’s `shared` list; this one has none.',
    cure: 'Add the handle (or the record or array it belongs to) to `shared` of protocol(…).',
  },
  'duplicate-name': {
    title: 'a name is used twice',
    meaning: 'Handles, threads, variants, scopes and guarantees are told apart by name in traces, files and on the command line.',
    cure: 'Rename one of them.',
  },
  'bad-declaration': {
    title: 'a declaration makes no sense',
    meaning: 'A domain without values, a scope without threads, an unknown option and the like.',
    cure: 'See the message.',
  },
  'table-too-large': {
    title: 'a guard, compound step or invariant names too many values at once',
    meaning: 'Their identity is their table over the domains of the handles they name; this table would have too many rows.',
    cure: 'Split it, or name fewer handles, or make the domains smaller.',
  },
  'body-threw': {
    title: 'a body failed with a programming error',
    meaning:
      'A TypeError, ReferenceError, RangeError or SyntaxError inside a body is a mistake in the model, not a throw of the runtime that is modelled.',
    cure: 'Mend the body. To model the runtime’s throw, use ensure(condition, message) or throw an Error.',
  },
  'property-threw': {
    title: 'a property failed with an error',
    meaning: 'An invariant, step property or monitor threw instead of answering.',
    cure: 'Mend the property: it gets the values of the handles that it names, in that order.',
  },
  'unknown-name': {
    title: 'a name on the command line is not known',
    meaning: 'A protocol, variant, scope, guarantee, flag or command of that name does not exist here.',
    cure: '`heddle list` shows what there is; `heddle --help` shows the commands and flags.',
  },
  'bad-usage': {
    title: 'the command line does not fit together',
    meaning: 'An option has no value, a value is not of the right kind, or two options exclude each other.',
    cure: '`heddle <command> --help` shows what it takes.',
  },
  'no-models': {
    title: 'no models were found',
    meaning: 'Heddle looks for models/<protocol>/index.ts (or .js) and properties/<protocol>.ts below the root.',
    cure: 'Run it where `models/` is, or say where with --root DIR.',
  },
  'model-not-loaded': {
    title: 'a model could not be loaded',
    meaning: 'The file does not compile, throws when it is imported, or does not export what Heddle looks for.',
    cure: 'Mend the error that is shown; models/<protocol>/index.ts exports a `protocol`, properties/<protocol>.ts exports `guarantees`.',
  },
  'counterexample-unreadable': {
    title: 'a counterexample file cannot be read',
    meaning:
      'The file is missing, is not JSON, or does not have the shape of a Heddle counterexample of a version that this release knows.',
    cure: 'Restore it from version control, or record it again: heddle check <protocol>/<variant> --record.',
  },
  'counterexample-outdated': {
    title: 'a counterexample no longer fits its model',
    meaning: 'The model has changed since the file was recorded: a step of its schedule does not exist any more, or is not enabled.',
    cure: 'If the change was meant, record it again: heddle check <protocol>/<variant> --record.',
  },
  'counterexample-passes': {
    title: 'a counterexample no longer violates its guarantee',
    meaning: 'The schedule still runs, but the guarantee now holds along it.',
    cure: 'If that was the fix, record the variant again or remove the file: heddle check <protocol>/<variant> --record.',
  },
  'ranks-unreadable': {
    title: 'a lock-rank graph cannot be read',
    meaning:
      'The file is missing, or a text is not in the notation of mklockrank.go: statements such as `NONE < sysmon < scavenge, forcegc;`, where names in capitals order others and are no ranks, # begins a comment, and `hchan < hchan;` says that several locks of a rank may be held at once.',
    cure: 'The message says what was expected at that line and column. A source file is read from `const ranks` on, between the backquotes.',
  },
  'ranks-cyclic': {
    title: 'a lock-rank graph goes round in a circle',
    meaning: 'Each rank of the cycle would have to be taken before the next and the last before the first, so no order is left to keep.',
    cure: 'Take one edge of the cycle away. A rank that may nest in itself is declared on its own: hchan < hchan;',
  },
  'cannot-write': {
    title: 'a file or the output cannot be written',
    meaning:
      'The disk is full, the folder is not there, or it may not be written to. What was there before is as it was: files are written whole or not at all.',
    cure: 'Make room, or name a file in a folder that is there and may be written to.',
  },
  'cannot-export': {
    title: 'an export cannot be made',
    meaning:
      'The other format has no words for a guarantee, what it would hold is too large for anybody to read or run, or there is no run to write because the guarantee holds.',
    cure: 'The message says what to name or to leave out; a smaller scope helps where it is too large: --scope NAME.',
  },
  'state-too-wide': {
    title: 'a state does not fit',
    meaning: 'A single field needs more than 24 bits.',
    cure: 'Make the domain smaller, or model less at once.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof entries;

export const catalogue: Readonly<Record<ErrorCode, ErrorEntry>> = entries;
