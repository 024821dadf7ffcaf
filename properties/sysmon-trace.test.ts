import test from 'ava';
import { check, emits, explore, guarantee, monitor, on, violated, withBuiltIn, writes, type Violated } from 'heddle';
import protocol from '../models/sysmon-trace/index.ts';
import { buildOf, type Size } from '../models/sysmon-trace/scopes.ts';
import { gs } from '../models/sysmon-trace/state.ts';
import { before, repaired, seed, type Version } from '../models/sysmon-trace/version.ts';
import { scopeOf } from '../src/project/select.ts';
import { explore as exploreReference } from '../src/semantics/explore.ts';
import { disagreement, exploreWithKernel } from '../src/semantics/kernel-view.ts';
import { guarantees } from './sysmon-trace.ts';

const all = withBuiltIn(guarantees, true);

function tinyOf(name: string) {
  return scopeOf(protocol, 'tiny').scenario(protocol.variants.find((variant) => variant.name === name)!.routines);
}

/** How many steps break what, by variant. */
async function brokenIn(scope: string, variants: readonly string[]) {
  const results = await check(protocol, guarantees, { scope, variants });
  return Object.fromEntries(
    results.map(({ variant, guarantees: rows }) => [
      variant.name,
      Object.fromEntries(
        rows.flatMap(({ guarantee, verdict }) =>
          verdict.kind === 'violated' ? [[guarantee.name, verdict.violation.schedule.choices.length]] : [],
        ),
      ),
    ]),
  );
}

test('the repaired version keeps every guarantee with two calls, in exactly these states', (t) => {
  const minimised = explore(protocol, tinyOf('repaired'), guarantees);
  const raw = explore(protocol, tinyOf('repaired'), guarantees, { automata: 'raw' });
  t.deepEqual(minimised.violated, {});
  t.deepEqual(raw.violated, {});
  t.true(minimised.verdicts.every((verdict) => verdict.kind === 'holds' && !verdict.vacuous));
  t.deepEqual({ minimised: minimised.states, raw: raw.states }, { minimised: 18_591, raw: 24_583 });
});

test('the version before c847589a loses the event of a goroutine that sysmon injects, and breaks nothing else', (t) => {
  t.deepEqual(explore(protocol, tinyOf('before-c847589a'), guarantees).violated, { 't1-accepted': 112, 't2-no-missing-event': 47 });
});

const twoWaiters: Size = { procs: 1, calls: 2, parks: 0, second: true, waitsFor: ['netpoll', 'scavenge', 'forcegc'] };

test('two goroutines that sysmon finds at once are injected together or one after the other, in exactly these states', (t) => {
  const { states, violated } = explore(protocol, buildOf(repaired)(twoWaiters), guarantees);
  t.deepEqual({ states, violated }, { states: 31_624, violated: {} });
});

test('the forced-GC goroutine is injected under forcegc.lock, whoever else waits', (t) => {
  t.deepEqual(explore(protocol, buildOf(seed)(twoWaiters), guarantees).violated, { 't5-lock-order': 58 });
});

/** Whether sysmon has numbered an event that it has not written yet, and StopTrace has come between. */
type Numbered = 'nothing' | 'numbered' | 'stale';

/** An event whose number was taken in one trace and which is written into the next. */
const numberedInItsTrace = guarantee(
  'numbered-in-its-trace',
  { says: 'sysmon numbers an event in the trace that it writes it into', source: 'PROTOCOLS section 2 e' },
  monitor<Numbered>({
    initial: 'nothing',
    reactions: [
      on(writes(gs.X.traceseq, { by: 'sysmon' }), (): Numbered => 'numbered'),
      on(emits('flush'), (state: Numbered): Numbered => (state === 'nothing' ? 'nothing' : 'stale')),
      on(emits('traceEvent', { by: 'sysmon' }), (state: Numbered): Numbered | Violated =>
        state === 'stale' ? violated('the number is of the trace before') : 'nothing',
      ),
    ],
  }),
);

test('without sysmonlock an event may wait for bufLock through StopTrace and StartTrace', (t) => {
  const size: Size = { procs: 1, calls: ['StartTrace', 'StopTrace', 'StartTrace'], parks: 0 };
  const found = (version: Version) => explore(protocol, buildOf(version)(size), [numberedInItsTrace]).violated;
  t.deepEqual(found(before), { 'numbered-in-its-trace': 115 });
  t.deepEqual(found(repaired), {});
});

test('with two calls these weakenings break what they should already', async (t) => {
  t.deepEqual(
    await brokenIn('tiny', [
      'injects-outside-lock',
      'locks-before-stop',
      'error-path-keeps-lock',
      'enables-and-ticks-start-first',
      'keeps-sysblocktraced',
      'reads-status-twice',
      'ticks-only-if-tracing',
      'before-no-recheck',
      'extra-m',
      'extra-m-repaired',
    ]),
    {
      'injects-outside-lock': { 't1-accepted': 117, 't2-no-missing-event': 49 },
      'locks-before-stop': { 't4-lock-discipline': 26 },
      'error-path-keeps-lock': { 't4-lock-discipline': 90 },
      'enables-and-ticks-start-first': { 't1-accepted': 148, 't3-exit-after-block': 110 },
      'keeps-sysblocktraced': { 't1-accepted': 142, 't3-exit-after-block': 104 },
      'reads-status-twice': { 't1-accepted': 146, 't2-no-missing-event': 111 },
      'ticks-only-if-tracing': { 't5-no-deadlock': 134 },
      'before-no-recheck': { 't1-accepted': 107, 't1-nothing-left': 105, 't2-no-missing-event': 47 },
      'extra-m': { 't1-accepted': 130 },
      'extra-m-repaired': {},
    },
  );
});

test('a second trace, a second system call, an event of one’s own break the others', async (t) => {
  t.deepEqual(await brokenIn('gate', ['ticks-start-first', 'ticks-before-events', 'no-recheck']), {
    'ticks-start-first': { 't1-accepted': 258, 't3-exit-after-block': 209 },
    'ticks-before-events': { 't1-accepted': 222, 't3-exit-after-block': 182 },
    'no-recheck': { 't1-nothing-left': 169 },
  });
});

for (const name of ['go1.15-c847589a', 'before-c847589a'])
  test(`the reference semantics agrees with the kernel on ${name}, for all runs of up to 20 steps`, (t) => {
    const subject = { handles: protocol.handles, ranks: protocol.ranks, scenario: tinyOf(name), guarantees: all };
    const reference = exploreReference(subject, { depth: 20 });
    t.is(reference.complete, false);
    for (const automata of ['raw', 'minimised'] as const)
      t.is(disagreement(subject, reference, exploreWithKernel(subject, 20, { automata }), 20), undefined);
  });
