/** What three commits did to the lock ranks, entry by entry (PROTOCOLS section 4; seeds 000, 001, 003). */
import test from 'ava';
import { closureGaps, compareTables } from 'heddle';
import * as e481a08e from './compute-max-procs-e481a08e.ts';
import * as c847589a from './sysmonlock-c847589a.ts';
import * as split from './mprof-split-89c0dd82.ts';

const takenOf = (entries: readonly { readonly held: string; readonly taken: string }[]): string[] => entries.map(({ taken }) => taken);

test('Go e481a08e adds the row of computeMaxProcs, and computeMaxProcs to 26 others, and takes nothing away', (t) => {
  const { gained, lost, newRanks, lostRanks } = compareTables(e481a08e.before.table(), e481a08e.after.table());
  t.deepEqual([lost, newRanks, lostRanks], [[], ['computeMaxProcs'], []]);
  t.deepEqual(gained[0], { held: 'sysmon', taken: 'computeMaxProcs' });
  const others = gained.slice(1);
  t.true(others.every(({ held }) => held === 'computeMaxProcs'));
  t.deepEqual(takenOf(others), [
    'allocmR',
    'execR',
    'sched',
    'allg',
    'allp',
    'fin',
    'spanSetSpine',
    'mspanSpecial',
    'traceTypeTab',
    'gcBitsArenas',
    'profInsert',
    'profBlock',
    'profMemActive',
    'profMemFuture',
    'gscan',
    'stackpool',
    'stackLarge',
    'hchanLeaf',
    'wbufSpans',
    'mheap',
    'mheapSpecial',
    'globalAlloc',
    'trace',
    'traceStackTab',
    'allocmRInternal',
    'execRInternal',
  ]);
});

test('the rows after Go e481a08e are as long as the commit shows them, or the versions around it', (t) => {
  const sizes = Object.entries(e481a08e.after.table()).map(([rank, row]) => `${rank} ${row.length}`);
  t.is(
    sizes.join(', '),
    [
      'sysmon 0, scavenge 1, forcegc 1, computeMaxProcs 1, updateMaxProcsG 1, defer 0, sweepWaiters 0, assistQueue 0',
      'strongFromWeakQueue 0, cleanupQueue 0, sweep 0, testR 0, testW 0, timerSend 0, allocmW 0, execW 0, cpuprof 0',
      'pollCache 0, pollDesc 0, wakeableSleep 0, hchan 7, allocmR 16, execR 16, sched 18, allg 19, allp 19, notifyList 0',
      'sudog 8, timers 9, timer 9, netpollInit 10, root 0, itab 0, reflectOffs 1, synctest 14, userArenaState 0, traceBuf 2',
      'traceStrings 3, fin 30, spanSetSpine 30, mspanSpecial 30, traceTypeTab 30, gcBitsArenas 31, profInsert 30, profBlock 30',
      'profMemActive 30, profMemFuture 31, gscan 41, stackpool 42, stackLarge 42, hchanLeaf 43, wbufSpans 45, mheap 48',
      'mheapSpecial 49, globalAlloc 50, trace 49, traceStackTab 50, panic 0, deadlock 2, raceFini 1, allocmRInternal 18',
      'execRInternal 18, testRInternal 2',
    ].join(', '),
  );
});

test('the table of Go e481a08e is closed, has no pseudo-nodes, and four ranks nest', (t) => {
  const { after } = e481a08e;
  t.deepEqual(closureGaps(after.table()), []);
  t.deepEqual(after.undefinedNames, []);
  t.is(after.ranks.length, 63);
  t.deepEqual([...after.nests].sort(), ['deadlock', 'hchan', 'hchanLeaf', 'timers']);
});

test('the numbering puts computeMaxProcs between forcegc and updateMaxProcsG, as the commit does', (t) => {
  t.deepEqual(e481a08e.after.ranks.slice(0, 5), ['sysmon', 'scavenge', 'forcegc', 'computeMaxProcs', 'updateMaxProcsG']);
});

test('computeMaxProcs and updateMaxProcsG are siblings, and panic is before deadlock', (t) => {
  t.deepEqual(e481a08e.after.only('computeMaxProcs', 'updateMaxProcsG'), { computeMaxProcs: [], updateMaxProcsG: [] });
  t.deepEqual(e481a08e.after.only('panic', 'deadlock'), { panic: [], deadlock: ['panic', 'deadlock'] });
});

test('Go c847589a adds the row of sysmon, and sysmon to 19 others, and takes nothing away', (t) => {
  const { gained, lost, newRanks, lostRanks } = compareTables(c847589a.before, c847589a.after);
  t.deepEqual([lost, newRanks, lostRanks], [[], ['sysmon'], []]);
  t.true(gained.every(({ held }) => held === 'sysmon'));
  t.deepEqual(takenOf(gained).sort(), [
    'allg',
    'allp',
    'forcegc',
    'gcBitsArenas',
    'gscan',
    'mcentral',
    'mheap',
    'mheapSpecial',
    'mspanSpecial',
    'prof',
    'scavenge',
    'sched',
    'spanSetSpine',
    'spine',
    'stackLarge',
    'stackpool',
    'timers',
    'trace',
    'traceBuf',
  ]);
  t.deepEqual(c847589a.after['panic'], ['deadlock']);
});

test('the table of Go c847589a is not closed: 24 rows have gaps, nine of them lack sysmon', (t) => {
  const gaps = closureGaps(c847589a.after);
  t.is(new Set(takenOf(gaps)).size, 24);
  t.is(gaps.length, 191);
  t.deepEqual(
    gaps
      .filter(({ held }) => held === 'sysmon')
      .map(({ chain }) => chain.join(' < '))
      .sort(),
    [
      'sysmon < prof < globalAlloc',
      'sysmon < scavenge < hchan',
      'sysmon < scavenge < hchan < sudog',
      'sysmon < scavenge < traceStackTab',
      'sysmon < scavenge < wbufSpans',
      'sysmon < sched < fin',
      'sysmon < sched < gFree',
      'sysmon < timers < netpollInit',
      'sysmon < traceBuf < traceStrings',
    ],
  );
});

test('before Go c847589a the table was not closed either', (t) => {
  const gaps = closureGaps(c847589a.before);
  t.deepEqual([new Set(takenOf(gaps)).size, gaps.length], [23, 182]);
});

test('sysmon may not be held when the read lock of an rwmutex is taken: the edge that was really missing', (t) => {
  t.deepEqual(c847589a.after['rwmutexR'], ['rwmutexW']);
});

test('Go 89c0dd82 puts four ranks in the place of prof, in every row that had it', (t) => {
  const { before, after } = split;
  const parts = ['profInsert', 'profBlock', 'profMemActive', 'profMemFuture'];
  const followers = Object.keys(before).filter((rank) => before[rank]!.includes('prof'));
  t.deepEqual(followers, ['gscan', 'stackpool', 'stackLarge', 'wbufSpans', 'mheap', 'globalAlloc']);
  for (const rank of followers)
    t.deepEqual(
      after[rank]!.filter((held) => held.startsWith('prof')),
      parts,
    );
  const { gained, lost, newRanks, lostRanks } = compareTables(before, after);
  t.deepEqual([newRanks, lostRanks], [parts, ['prof']]);
  t.deepEqual(lost.length, before['prof']!.length + followers.length);
  t.deepEqual(gained.length, 4 * before['prof']!.length + 1 + 4 * followers.length);
  for (const part of parts.slice(0, 3)) t.deepEqual(after[part], before['prof']);
  t.deepEqual(after['profMemFuture'], [...before['prof']!, 'profMemActive']);
});

test('the split is still there in Go e481a08e', (t) => {
  const table = e481a08e.after.table();
  t.deepEqual(table['profInsert'], table['profBlock']);
  t.deepEqual(table['profInsert'], table['profMemActive']);
  t.deepEqual(table['profMemFuture'], [...table['profInsert']!, 'profMemActive']);
  for (const [rank, row] of Object.entries(table))
    if (rank !== 'profMemFuture') t.true([0, 4].includes(row.filter((held) => held.startsWith('prof')).length), rank);
});
