import test from 'ava';
import * as fc from 'fast-check';
import { Exhaustive, type ExhaustiveOptions } from '../explore/exhaustive.ts';
import { StuckThreads } from '../explore/liveness/stuck.ts';
import type { Verdict } from '../explore/verdict.ts';
import { LoopTables } from '../kernel/loop-tables.ts';
import { System, type SystemOptions } from '../kernel/system.ts';
import { generatedProtocol, subjectOf } from './generated-protocols.ts';
import { graphOf, type Graph } from './graph.ts';
import { stateViolated } from './judgement.ts';
import { livelyProtocol } from './lively-protocols.ts';
import type { Subject } from './state.ts';
import { hasBadBottom, shortestStuck } from './stuck.ts';

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 1000) / 8;
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

/** The number of `no-deadlock` among the guarantees. */
const notStuck = ({ guarantees }: Subject): number => guarantees.findIndex(({ property }) => property.kind === 'notStuck');

/** The length of a shortest deadlock or wait-for cycle: where there is one, nothing is said about stuck threads. */
function shortestDeadlock(subject: Subject, { states, edges, depths }: Graph): number | undefined {
  const dead = depths.filter((_, number) =>
    stateViolated(subject, states[number]!, edges[number]!.length === 0).includes(notStuck(subject)),
  );
  return dead.length > 0 ? Math.min(...dead) : undefined;
}

function verdictOf(subject: Subject, options: SystemOptions & ExhaustiveOptions): Verdict {
  const { handles, ranks, scenario, guarantees } = subject;
  const search = new Exhaustive(new System(handles, ranks, scenario, guarantees, options), options);
  while (!search.advance(7));
  return search.result().verdicts[notStuck(subject)]!;
}

function byKernel(subject: Subject, options: SystemOptions & ExhaustiveOptions): number | undefined {
  const verdict = verdictOf(subject, options);
  if (verdict.kind === 'violated') return verdict.violation.schedule.choices.length;
  if (verdict.kind !== 'holds') throw new Error(verdict.kind);
  return undefined;
}

const protocols = [...fc.sample(generatedProtocol, { numRuns, seed }), ...fc.sample(livelyProtocol, { numRuns: numRuns * 2, seed })];
const judged = protocols.flatMap((generated) => {
  const subject = subjectOf(generated);
  const graph = graphOf(subject, 60);
  if (graph === undefined) return [];
  const dead = shortestDeadlock(subject, graph);
  const stuck = shortestStuck(subject, graph);
  return [{ subject, graph, dead, stuck, expected: dead ?? stuck }];
});

test('the kernel finds the stuck threads that the reference does, after as many steps, with raw, growing and minimised automata', (t) => {
  for (const { subject, expected } of judged)
    for (const automata of ['raw', 'on-demand', 'minimised'] as const) t.is(byKernel(subject, { automata }), expected);
  const alive = judged.filter(({ dead, stuck }) => dead === undefined && stuck !== undefined);
  t.log(
    `${judged.length} graphs, ${judged.filter(({ dead }) => dead !== undefined).length} deadlocks, ${alive.length} stuck beside a live thread`,
  );
  t.true(alive.length >= 20);
});

test('the inner loop finds the stuck threads that the kernel alone finds, in the same states, reduced or not', (t) => {
  for (const { subject } of judged)
    for (const reduces of [false, true]) {
      const options = { automata: 'minimised', reduces } as const;
      t.deepEqual(verdictOf(subject, options), verdictOf(subject, { ...options, StuckThreads }));
    }
});

class LetsNobodyRest extends LoopTables {
  protected override mayRestAt(): boolean {
    return false;
  }
}
class LetsAllRest extends LoopTables {
  protected override mayRestAt(): boolean {
    return true;
  }
}
for (const [name, Tables] of Object.entries({ 'nobody may rest': LetsNobodyRest, 'all may rest': LetsAllRest }))
  test(`the comparison notices an inner loop for which ${name}`, (t) => {
    t.true(judged.some(({ subject, expected }) => byKernel(subject, { LoopTables: Tables }) !== expected));
  });

test('a thread is stuck in some state just if some bottom component has no step of it', (t) => {
  for (const { subject, graph, stuck } of judged) t.is(hasBadBottom(subject, graph), stuck !== undefined);
});

class Forgets extends StuckThreads {
  protected override successors(known: number): number {
    return known;
  }
}
class IgnoresFaults extends StuckThreads {
  protected override afterFault(known: number): number {
    return known;
  }
}
class LetsDaemonsDown extends StuckThreads {
  protected override ownSteps(known: number): number {
    return super.ownSteps(known) | 1;
  }
}
for (const [name, broken] of Object.entries({
  'looks only at the states that the search first reached from a state': Forgets,
  'takes a thread for stuck although another may throw': IgnoresFaults,
  'takes the first thread to go on always': LetsDaemonsDown,
}))
  test(`the comparison notices a search for stuck threads that ${name}`, (t) => {
    t.true(judged.some(({ subject, expected }) => byKernel(subject, { StuckThreads: broken }) !== expected));
  });

test('states that were not all seen are refused, and a search that is cut says nothing', (t) => {
  let refused = 0;
  for (const { subject } of judged.slice(0, 100)) {
    const { handles, ranks, scenario, guarantees } = subject;
    const cut = new Exhaustive(new System(handles, ranks, scenario, guarantees));
    if (cut.advance(12) || cut.search.complete) continue;
    try {
      new StuckThreads(cut.system, cut.search.states).advance(1000);
    } catch {
      refused++;
    }
    cut.cut('time');
    const { kind } = cut.result().verdicts[notStuck(subject)]!;
    t.true(kind === 'incomplete' || kind === 'violated');
  }
  t.true(refused > 0);
});
