import test from 'ava';
import * as fc from 'fast-check';
import { Exhaustive, type ExhaustiveOptions } from '../explore/exhaustive.ts';
import { Components } from '../explore/liveness/components.ts';
import { FairParts, type Denied } from '../explore/liveness/fair-parts.ts';
import type { Verdict } from '../explore/verdict.ts';
import { System, type SystemOptions } from '../kernel/system.ts';
import { flawOfLasso, shortestFairStem } from './fair-runs.ts';
import { livelySubject } from './generated-liveness.ts';
import { graphOf, type Graph } from './graph.ts';
import { stateViolated } from './judgement.ts';
import type { Subject } from './state.ts';

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 1000) * 0.4;
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

/** What one guarantee comes to: broken by a run that ends so, by a lasso after so many steps, or not at all. */
interface Answer {
  readonly kind: 'ends' | 'lasso' | 'holds';
  readonly steps: number;
}

/** By the reference: runs that end come first; only where none breaks it, lassos. */
function reference(subject: Subject, graph: Graph): Answer {
  const { states, edges, depths } = graph;
  const ends = depths.flatMap((depth, number) => [
    ...(stateViolated(subject, states[number]!, edges[number]!.length === 0).includes(0) ? [depth] : []),
    ...(edges[number]!.some(({ violated }) => violated.includes(0)) ? [depth + 1] : []),
  ]);
  if (ends.length > 0) return { kind: 'ends', steps: Math.min(...ends) };
  const stem = shortestFairStem(subject, graph, 0);
  return stem === undefined ? { kind: 'holds', steps: 0 } : { kind: 'lasso', steps: stem };
}

interface Judged {
  readonly verdict: Verdict;
  readonly states: number;
}

function judgedBy({ handles, ranks, scenario, guarantees }: Subject, options: SystemOptions & ExhaustiveOptions = {}): Judged {
  const search = new Exhaustive(new System(handles, ranks, scenario, guarantees, options), options);
  while (!search.advance(7));
  const { verdicts, states } = search.result();
  return { verdict: verdicts[0]!, states };
}

function byKernel(verdict: Verdict): Answer {
  if (verdict.kind === 'holds') return { kind: 'holds', steps: 0 };
  if (verdict.kind !== 'violated') throw new Error(verdict.kind);
  const { choices, loop } = verdict.violation.schedule;
  return loop === undefined ? { kind: 'ends', steps: choices.length } : { kind: 'lasso', steps: loop };
}

const judged = fc.sample(livelySubject, { numRuns, seed }).flatMap((subject) => {
  const graph = graphOf(subject, 60);
  return graph === undefined ? [] : [{ subject, graph, expected: reference(subject, graph) }];
});

test('the kernel finds the fair runs without end that the reference does, after as many steps, and its lassos are right', (t) => {
  const seen = { ends: 0, lasso: 0, holds: 0, loops: 0, longest: 0, sooner: 0 };
  for (const { subject, graph, expected } of judged) {
    seen[expected.kind]++;
    for (const automata of ['raw', 'on-demand', 'minimised'] as const) {
      const { verdict, states } = judgedBy(subject, { automata });
      const answer = byKernel(verdict);
      t.is(answer.kind, expected.kind);
      // A history keeps apart what a call was answered that is over, a raw state what a thread never uses: a loop may close a little later there.
      const exact = states === graph.states.length;
      if (exact || expected.kind === 'ends') t.is(answer.steps, expected.steps);
      else t.true(answer.steps <= expected.steps);
      if (expected.kind !== 'lasso' || verdict.kind !== 'violated') continue;
      const { schedule } = verdict.violation;
      const length = schedule.choices.length - schedule.loop!;
      if (length > 0 && automata === 'raw') seen.loops++;
      seen.longest = Math.max(seen.longest, length);
      const flaw = automata === 'raw' ? flawOfLasso(subject, graph, 0, schedule) : undefined;
      if (exact || answer.steps === expected.steps) t.is(flaw, undefined);
      else if (automata === 'raw') seen.sooner++;
    }
  }
  // On raw automata it hardly ever does.
  t.true(seen.sooner * 500 <= judged.length);
  t.log(`${judged.length} graphs: ${JSON.stringify(seen)}`);
});

class IgnoresJoins extends Components {
  protected override join(node: number, successor: number, low: Int32Array): void {
    // Only what the search has just come back from counts, as if each state were reached once.
    const own = low[node] ?? 0;
    if (own === Math.max(...low)) super.join(node, successor, low);
  }
}
class TakesStrongForWeak extends FairParts {
  protected override denied(component: Int32Array): Denied {
    const { steps, stops } = super.denied(component);
    // Under weak fairness a thread that could not go on in some state of the component is excused.
    let everywhere = -1;
    for (const node of component) everywhere &= this.graph.wants[node]!;
    return { steps: steps & everywhere, stops };
  }
}
class ForgetsSafePoints extends FairParts {
  protected override denied(component: Int32Array): Denied {
    return { ...super.denied(component), stops: 0 };
  }
}
/** Looks for cycles only, not for states where nobody has to move. */
class ForgetsRest extends FairParts {
  protected override denied(component: Int32Array): Denied {
    return component.length === 1 ? { steps: -1, stops: -1 } : super.denied(component);
  }
}
for (const [name, broken] of Object.entries<ExhaustiveOptions>({
  'takes strong fairness for weak': { FairParts: TakesStrongForWeak },
  'lets a thread that is asked to stop run on for ever': { FairParts: ForgetsSafePoints },
  'forgets states where nobody has to move': { FairParts: ForgetsRest },
  'loses components at joins': { Components: IgnoresJoins },
}))
  test(`the comparison notices a search that ${name}`, (t) => {
    const noticed = judged.some(({ subject, expected }) => {
      try {
        return byKernel(judgedBy(subject, broken).verdict).kind !== expected.kind;
      } catch (error) {
        // Building the loop noticed that there is none.
        return (error as Error).message === 'a fair part does not hold together';
      }
    });
    t.true(noticed);
  });
