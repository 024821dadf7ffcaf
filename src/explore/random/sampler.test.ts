/** The fast sampler is held to the runner, which judges every step and state of a schedule as semantics.md says. */
import test from 'ava';
import * as fc from 'fast-check';
import { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import { bool, gate } from '../../model/handle.ts';
import { load, start, stop } from '../../model/operations.ts';
import { scenario, thread } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { withBuiltIn } from '../../property/property.ts';
import { Runner } from '../../schedule/runner.ts';
import { generatedProtocol, subjectOf } from '../../semantics/generated-protocols.ts';
import { strategies } from '../strategies/named.ts';
import { strategyNames } from '../strategies/names.ts';
import { Sampler } from './sampler.ts';

interface Seen {
  schedules: number;
  broken: number;
  terminal: number;
  faults: number;
}

/** Why a sampled schedule is not what the runner makes of it; undefined if it is. */
function difference(system: System, sampler: Sampler, runner: Runner, seen: Seen): string | undefined {
  const { initial, choices } = sampler.schedule();
  runner.begin(initial);
  for (const choice of choices) {
    if (!runner.isEnabled(choice)) return `step ${runner.choices.length + 1} is not enabled`;
    runner.take(choice);
  }
  const end = runner.faulted ? 'fault' : runner.enabled === 0 ? 'terminal' : 'open';
  if (end !== sampler.end) return `ends ${sampler.end}, and should end ${end}`;
  const names = (guarantees: Iterable<number>): string =>
    [...guarantees]
      .map((guarantee) => system.guarantees[guarantee]!.name)
      .sort()
      .join();
  const broken = names(runner.breaches.map(({ guarantee }) => guarantee));
  if (broken !== names(sampler.suspects)) return `suspects ${names(sampler.suspects)}, and ${broken} are broken`;
  seen.schedules++;
  if (broken !== '') seen.broken++;
  if (end === 'terminal') seen.terminal++;
  if (end === 'fault') seen.faults++;
  return undefined;
}

function compare(
  protocols: number,
  seed: number,
  Sampling: typeof Sampler = Sampler,
): { readonly differs: string | undefined; readonly seen: Seen } {
  const seen: Seen = { schedules: 0, broken: 0, terminal: 0, faults: 0 };
  for (const generated of fc.sample(generatedProtocol, { numRuns: protocols, seed })) {
    const { handles, ranks, scenario, guarantees } = subjectOf(generated);
    for (const strategy of strategyNames) {
      const system = new System(handles, ranks, scenario, guarantees, { automata: 'minimised' });
      const sampler = new Sampling(system, strategies[strategy], { depth: 3, changeWithin: 20, maxSteps: 40 }, seed);
      const runner = new Runner(system);
      try {
        for (let number = 0; number < 10; number++) {
          sampler.run(number, () => undefined);
          const differs = difference(system, sampler, runner, seen);
          if (differs !== undefined) return { differs: `${strategy}: ${differs}`, seen };
        }
      } catch (error) {
        // Some generated counters leave their domain in a long run, which ends the run for both.
        if (!(error instanceof HeddleError) || error.code !== 'value-outside-domain') throw error;
      }
    }
  }
  return { differs: undefined, seen };
}

test('what the sampler suspects is what the runner finds broken, for every strategy, and every schedule is feasible', (t) => {
  const { differs, seen } = compare(100, 11);
  t.is(differs, undefined);
  t.log(seen);
  t.true(seen.schedules > 3500 && seen.broken > 1000 && seen.terminal > 1000 && seen.faults > 1000);
});

/** Does not judge how a schedule's last state can go on. */
class OverlooksDeadlocks extends Sampler {
  override run(...parameters: Parameters<Sampler['run']>): void {
    super.run(...parameters);
    this.suspects.delete(this.system.guarantees.findIndex(({ property }) => property.kind === 'notStuck'));
  }
}
/** Judges invariants where a schedule begins, and nowhere else. */
class OverlooksInvariants extends Sampler {
  override run(...parameters: Parameters<Sampler['run']>): void {
    super.run(...parameters);
    for (const { guarantee } of this.system.invariants) this.suspects.delete(guarantee);
  }
}
/** Takes a schedule that was cut off for one that ended. */
class EndsEarly extends Sampler {
  override run(...parameters: Parameters<Sampler['run']>): void {
    super.run(...parameters);
    if (this.end === 'open') this.end = 'terminal';
  }
}

for (const Broken of [OverlooksDeadlocks, OverlooksInvariants, EndsEarly])
  test(`seeded fault: the comparison notices ${Broken.name}`, (t) => {
    t.not(compare(60, 11, Broken).differs, undefined);
  });

const left = gate('left');
const right = gate('right');
const stops = routine('stops', function* (which: typeof left) {
  yield* stop(which);
  yield* start(which);
});
const look = routine('look', function* () {
  yield* load(flag);
});
const flag = bool('flag');

test('behind two gates, where a stop may hide a wait-for cycle, each state is judged', (t) => {
  const threads = [thread('A', stops(left), { gate: right }), thread('B', stops(right), { gate: left }), thread('D', forever(look))];
  const system = new System([flag, left, right], undefined, scenario({ threads }), withBuiltIn([], false), { automata: 'minimised' });
  const runner = new Runner(system);
  const seen: Seen = { schedules: 0, broken: 0, terminal: 0, faults: 0 };
  const sampler = new Sampler(system, strategies.walk, { depth: 1, changeWithin: 1, maxSteps: 20 }, 1);
  for (let number = 0; number < 300; number++) {
    sampler.run(number, () => undefined);
    t.is(difference(system, sampler, runner, seen), undefined);
  }
  t.true(seen.broken > 10 && seen.broken < 300, String(seen.broken));
});
