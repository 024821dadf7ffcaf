import test from 'ava';
import * as heddle from 'heddle';
import type { Routines } from '../models/compute-max-procs/scopes.ts';
import { gomaxprocs } from '../models/compute-max-procs/state.ts';
import { goroutine } from '../models/runtime/world.ts';
import protocol from '../models/compute-max-procs/index.ts';
import { readCounterexample } from '../src/counterexample/file.ts';
import { replay } from '../src/counterexample/replay.ts';
import { System } from '../src/kernel/system.ts';
import { scopeOf } from '../src/project/select.ts';
import { explore as exploreReference } from '../src/semantics/explore.ts';
import { exploreWithKernel, disagreement } from '../src/semantics/kernel-view.ts';
import { guarantees } from './compute-max-procs.ts';

const { check, emit, explore, given, routine, scenario, scope, thread, withBuiltIn } = heddle;
const all = withBuiltIn(guarantees, true);

function variantNamed(name: string) {
  return protocol.variants.find((variant) => variant.name === name)!;
}

function tinyOf(name: string) {
  return scopeOf(protocol, 'tiny').scenario(variantNamed(name).routines);
}

test('the repaired version keeps every guarantee with one caller, in exactly these states', (t) => {
  const minimised = explore(protocol, tinyOf('repaired'), guarantees);
  const raw = explore(protocol, tinyOf('repaired'), guarantees, { automata: 'raw' });
  t.deepEqual(minimised.violated, {});
  t.deepEqual(raw.violated, {});
  t.true(minimised.verdicts.every((verdict) => verdict.kind === 'holds'));
  t.deepEqual({ minimised: minimised.states, raw: raw.states }, { minimised: 48_826, raw: 49_869 });
});

test('the version before e481a08e lets sysmon compute after GOMAXPROCS has changed the value, and the commit does not', (t) => {
  const before = explore(protocol, tinyOf('before-e481a08e'), guarantees);
  const after = explore(protocol, tinyOf('go1.25-e481a08e'), guarantees);
  t.deepEqual(before.violated, { 'g1-no-automatic-update': 48, 'g2-no-update-syscalls': 13, 'g2-after-a-change': 32 });
  t.deepEqual(after.violated, { 'g1-no-automatic-update': 51, 'g2-no-update-syscalls': 14 });
});

test('every weakening breaks what it is expected to with one caller already', async (t) => {
  const weakened = protocol.variants.filter(({ otherwise }) => otherwise === 'unspecified');
  const results = await check(protocol, guarantees, { scope: 'tiny', variants: weakened.map(({ name }) => name) });
  const broken = Object.fromEntries(
    results.map(({ variant, guarantees: rows }) => [
      variant.name,
      Object.fromEntries(
        rows
          .filter(({ expected }) => expected === 'violated')
          .map(({ guarantee, verdict }) => [
            guarantee.name,
            verdict.kind === 'violated' ? verdict.violation.schedule.choices.length : verdict.kind,
          ]),
      ),
    ]),
  );
  t.deepEqual(broken, {
    'sysmon-reads-before-lock': { 'g2-no-update-syscalls': 18, 'g2-after-a-change': 38 },
    'waits-before-flag': { 'g2-no-update-syscalls': 38, 'g2-after-a-change': 38 },
    'no-recheck': { 'g1-no-automatic-update': 51 },
    'recheck-before-stop': { 'g1-no-automatic-update': 55 },
    'holds-lock-across-stop': { 'g6-no-deadlock': 40, 'g6-lock-discipline': 11 },
    'waits-under-sched-lock': { 'g6-no-deadlock': 8, 'g6-lock-order': 6 },
    'sysmon-takes-worldsema': { 'g4-no-throw': 2 },
    'sysmon-ignores-idle': { 'g4-procs-not-shared': 37, 'g4-no-throw': 39, 'g6-no-deadlock': 16 },
    'sysmon-keeps-lock': { 'g6-lock-order': 18 },
  });
});

test('no guarantee is vacuous with one caller, but for the end of a goroutine that the repair never ends', (t) => {
  const { verdicts } = explore(protocol, tinyOf('repaired'), guarantees);
  t.deepEqual(
    verdicts.flatMap((verdict, index) => (verdict.kind === 'holds' && verdict.vacuous ? [all[index]!.name] : [])),
    ['g5-updates-can-resume'],
  );
});

for (const name of ['go1.25-e481a08e', 'before-e481a08e'])
  test(`the reference semantics agrees with the kernel on ${name}, for all runs of up to 14 steps`, (t) => {
    const subject = { handles: protocol.handles, ranks: protocol.ranks, scenario: tinyOf(name), guarantees: all };
    const reference = exploreReference(subject, { depth: 14 });
    t.is(
      reference.violations[all.findIndex((guarantee) => guarantee.name === 'g2-no-update-syscalls')],
      name === 'before-e481a08e' ? 13 : 14,
    );
    for (const automata of ['raw', 'minimised'] as const)
      t.is(disagreement(subject, reference, exploreWithKernel(subject, 14, { automata }), 14), undefined);
  });

const idle = routine('idle', function* () {
  yield* emit('idle');
});
/** Two goroutines with a call each, and nobody who updates: all that g3-one-at-a-time needs to break. */
const twoCallers = scope<Routines>('two-callers', 'two callers of GOMAXPROCS(2)', ({ GOMAXPROCS }) =>
  scenario({
    initial: [given(gomaxprocs, 1)],
    threads: [goroutine('G1', GOMAXPROCS(2)), goroutine('G2', GOMAXPROCS(2)), thread('U', idle()), thread('sysmon', idle())],
  }),
);

for (const [name, steps] of [
  ['go1.25-e481a08e', 51],
  ['before-e481a08e', 49],
  ['repaired', undefined],
] as const)
  test(`two overlapping calls of GOMAXPROCS(2) in ${name} return ${steps === undefined ? '1 and 2' : 'both 1'}`, (t) => {
    const { violated } = explore(protocol, twoCallers.scenario(variantNamed(name).routines), guarantees);
    t.is(violated['g3-one-at-a-time'], steps);
  });

test('g5: after SetDefaultGOMAXPROCS the commit leaves sysmon alone, looking for ever at a limit that nobody applies', async (t) => {
  const file = await readCounterexample('counterexamples/compute-max-procs/go1.25-e481a08e--g5-updates-resume.json');
  const { handles, ranks } = protocol;
  const outcomeIn = (name: string) =>
    replay(new System(handles, ranks, scopeOf(protocol, 'gate').scenario(variantNamed(name).routines), all), file);
  const outcome = outcomeIn('go1.25-e481a08e');
  if (outcome.kind !== 'violates') return t.fail(outcome.kind);
  const { steps, loop } = outcome.trace;
  const round = steps.slice(loop);
  t.deepEqual([...new Set(round.map(({ name }) => name))], ['sysmon']);
  t.true(round.some(({ label, answer }) => label === 'load sched.customGOMAXPROCS' && answer === 'false'));
  t.is(round.at(-1)!.label, 'load updateMaxProcsG.idle');
  t.is(outcomeIn('repaired').kind, 'parted');
  return undefined;
});

test('every call returns and updates resume in the repaired version, with one caller, and neither says nothing', (t) => {
  const { verdicts } = explore(protocol, tinyOf('repaired'), guarantees);
  for (const name of ['g5-updates-resume', 'g6-calls-return'])
    t.deepEqual(verdicts[all.findIndex((guarantee) => guarantee.name === name)], { kind: 'holds', vacuous: false });
});
