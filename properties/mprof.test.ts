import test from 'ava';
import { check, explore, withBuiltIn } from 'heddle';
import protocol from '../models/mprof/index.ts';
import { scopeOf } from '../src/project/select.ts';
import { explore as exploreReference } from '../src/semantics/explore.ts';
import { disagreement, exploreWithKernel } from '../src/semantics/kernel-view.ts';
import { guarantees } from './mprof.ts';

const all = withBuiltIn(guarantees, true);

function variantNamed(name: string) {
  return protocol.variants.find((variant) => variant.name === name)!;
}

function tinyOf(name: string) {
  return scopeOf(protocol, 'tiny').scenario(variantNamed(name).routines);
}

test('the repaired version keeps every guarantee with one allocation beside one call, in exactly these states', (t) => {
  const minimised = explore(protocol, tinyOf('repaired'), guarantees);
  const raw = explore(protocol, tinyOf('repaired'), guarantees, { automata: 'raw' });
  t.deepEqual(minimised.violated, {});
  t.deepEqual(raw.violated, {});
  t.true(minimised.verdicts.every((verdict) => verdict.kind === 'holds'));
  t.deepEqual({ minimised: minimised.states, raw: raw.states }, { minimised: 31_338, raw: 33_992 });
});

test('the commit publishes too early, and the single lock makes a free wait for the flush', (t) => {
  const split = explore(protocol, tinyOf('split-89c0dd82'), guarantees);
  const single = explore(protocol, tinyOf('single-lock'), guarantees);
  t.deepEqual(split.violated, { 'p3-snapshot': 39, 'p3-snapshot-after-a-collection': 39 });
  t.deepEqual(single.violated, {
    'p1-flush-delays-no-free': 24,
    'p1-flush-delays-no-block-event': 23,
    'p3-snapshot-after-a-collection': 48,
  });
});

test('what the weakenings break with one allocation beside one call; what holds here breaks in the scope gate', async (t) => {
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
    'next-cycle-after-restart': { 'p4-in-use-not-negative': 78 },
    'ring-of-two': { 'p1-flush-delays-no-free': 27, 'p3-snapshot': 26 },
    'malloc-preemptible': { 'p3-snapshot': 54 },
    'sweep-preemptible': { 'p3-snapshot': 76 },
    'flush-omitted': { 'p3-snapshot': 87, 'p5-nothing-lost': 'holds' },
    'malloc-in-next-cycle': { 'p3-snapshot': 39 },
    'flush-without-worldsema': { 'p1-flush-delays-no-free': 41, 'p3-snapshot': 50 },
    'separate-words-without-worldsema': { 'p5-nothing-lost': 51 },
    'wraps-at-power-of-two': { 'p3-snapshot': 67 },
    'post-sweep-unchecked': { 'p3-snapshot': 69 },
    'no-second-walk': { 'p6-one-bucket-a-stack': 'holds' },
    'publishes-before-linking': { 'p5-nothing-lost': 'holds' },
    'copies-the-list-of-now': { 'p7-index-in-range': 'holds' },
    'flush-locks-slot-first': { 'no-deadlock': 24, 'p8-lock-order': 19 },
    'all-slots-at-once': { 'p8-lock-order': 19 },
    'free-without-lock': { 'p2-record-is-whole': 'holds', 'p5-nothing-lost': 'holds' },
    'profile-without-active-lock': { 'p2-record-is-whole': 'holds' },
  });
});

test('no guarantee is vacuous with one allocation beside one call', (t) => {
  const { verdicts } = explore(protocol, tinyOf('repaired'), guarantees);
  t.deepEqual(
    verdicts.flatMap((verdict, index) => (verdict.kind === 'holds' && verdict.vacuous ? [all[index]!.name] : [])),
    [],
  );
});

for (const name of ['split-89c0dd82', 'single-lock', 'free-without-lock'])
  test(`the reference semantics agrees with the kernel on ${name}, for all runs of up to 12 steps`, (t) => {
    const subject = { handles: protocol.handles, ranks: protocol.ranks, scenario: tinyOf(name), guarantees: all };
    const reference = exploreReference(subject, { depth: 12 });
    for (const automata of ['raw', 'minimised'] as const)
      t.is(disagreement(subject, reference, exploreWithKernel(subject, 12, { automata }), 12), undefined);
  });
