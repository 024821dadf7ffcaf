/** SPIN against Heddle on generated protocols; the zoo is in models/spin-agreement.test.ts. */
import test from 'ava';
import * as fc from 'fast-check';
import type { LocalState } from '../../automaton/local-state.ts';
import { BreadthFirst } from '../../explore/breadth-first.ts';
import { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import type { Operation } from '../../model/operation.ts';
import { generatedProtocol, subjectOf } from '../../semantics/generated-protocols.ts';
import type { Subject } from '../../semantics/state.ts';
import { compiler, difference, missing } from './against-spin.ts';
import { Effects, type Way } from './effects.ts';

/** How many protocols, each raw and minimised; by default 200 (40 where gcc has to compile them), each raw or minimised in turn. */
const wanted = process.env['HEDDLE_SPIN_PROTOCOLS'];
const numRuns = Number(wanted ?? (compiler === 'tcc' ? 200 : 40));
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);
/** Some protocols never end: they take m.locks again and again, say. */
const mostStates = 5000;
// The first so many that end; a tenth more are enough.
const subjects = (compiler === undefined ? [] : fc.sample(generatedProtocol, { numRuns: numRuns + 10 + Math.ceil(numRuns / 10), seed }))
  .map(subjectOf)
  .filter((subject) => ends(systemOf(subject, 'raw')))
  .slice(0, numRuns);
/** Protocols a test. */
const portion = 20;

function systemOf({ handles, ranks, scenario, guarantees }: Subject, automata: 'raw' | 'minimised'): System {
  return new System(handles, ranks, scenario, guarantees, { automata });
}

function ends(system: System): boolean {
  const search = new BreadthFirst(system);
  try {
    while (!search.advance(500)) if (search.progress.states > mostStates) return false;
  } catch (error) {
    // A model at fault is one that SPIN must find so.
    if (!(error instanceof HeddleError)) throw error;
  }
  return true;
}

test('enough generated protocols end', (t) => t.is(subjects.length, compiler === undefined ? 0 : numRuns));

for (let first = 0; first < numRuns; first += portion)
  test(`SPIN and Heddle agree on the states and the broken guarantees of generated protocols from number ${first} on`, (t) => {
    t.timeout(600_000);
    let compared = 0;
    const agree = (system: System, index: number): void => {
      compared++;
      t.is(difference(system), undefined, `protocol ${index}, seed ${seed}, ${system.automata}`);
    };
    if (compiler !== undefined)
      for (const [index, subject] of [...subjects.entries()].slice(first, first + portion)) {
        const raw = systemOf(subject, 'raw');
        const minimised = systemOf(subject, 'minimised');
        // Where minimising finds nothing to merge, the programs are the same.
        const same = minimised.learners.every(({ states }, thread) => states.length === raw.learners[thread]!.states.length);
        if (same || wanted !== undefined || index % 2 === 0) agree(raw, index);
        if (!same && (wanted !== undefined || index % 2 === 1)) agree(minimised, index);
      }
    t.log(compiler === undefined ? missing : `${compared} systems, compiled by ${compiler}`);
    t.pass();
  });

class ForgetsPins extends Effects {
  protected override pinned(thread: number, by: number): readonly string[] {
    return by < 0 ? [] : super.pinned(thread, by);
  }
}
class MissesResults extends Effects {
  override target(thread: number, state: LocalState, _result: number): number {
    return super.target(thread, state, 0);
  }
}
class ForgetsGhosts extends Effects {
  override ghosts(_operation: Operation, _result: number): readonly string[] {
    return [];
  }
}
class ExitsWithLocks extends Effects {
  protected override keepsLock(_thread: number, _way: Way): string {
    return 'false';
  }
}
class IgnoresRanks extends Effects {
  protected override ranked(): readonly string[] {
    return [];
  }
}

for (const [what, Broken] of Object.entries({
  'an unlock that keeps the pin': ForgetsPins,
  'a result that is always the first': MissesResults,
  'ghosts that are never written': ForgetsGhosts,
  'a thread that exits with a lock': ExitsWithLocks,
  'lock order that is not judged': IgnoresRanks,
}))
  test(`the comparison with SPIN notices ${what}`, (t) => {
    const found = compiler === undefined ? missing : firstDifference(Broken);
    t.log(found);
    t.not(found, undefined);
  });

function firstDifference(Broken: typeof Effects): string | undefined {
  for (const subject of subjects) {
    const differs = difference(systemOf(subject, 'raw'), { Effects: Broken });
    if (differs !== undefined) return differs;
  }
  return undefined;
}
