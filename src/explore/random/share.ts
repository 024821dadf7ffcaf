import type { System } from '../../kernel/system.ts';
import { Runner } from '../../schedule/runner.ts';
import { MonitorMemory } from '../monitor-memory.ts';
import { strategies } from '../strategies/named.ts';
import { Walk } from '../strategies/walk.ts';
import { Sampler } from './sampler.ts';
import type { RandomSettings } from './settings.ts';
import { Tally } from './tally.ts';

/** Schedules that are run beforehand to see how long runs are, with numbers that no search reaches. */
const pilots = 100;
const firstPilot = 2 ** 40;

/** Runs some of a search's schedules, and tallies what they show. All that it needs is in its settings, so any worker can. */
export class Share {
  readonly tally: Tally;
  /** PCT's k, measured: the steps of the longest of a hundred walks. 1 for other strategies, which have no use for it. */
  readonly changeWithin: number;
  readonly #system: System;
  readonly #sampler: Sampler;
  readonly #memory: MonitorMemory;
  #runner: Runner | undefined;
  #number = 0;
  readonly #see = (low: number, high: number): void => this.tally.states.add(low, high, this.#number);

  constructor(system: System, settings: RandomSettings) {
    const { strategy, seed, depth, maxSteps } = settings;
    this.#system = system;
    this.tally = new Tally(settings.maxBytes);
    this.#memory = new MonitorMemory(system, settings.maxBytes);
    this.changeWithin = strategy === 'pct' ? longestOf(system, settings) : 1;
    this.#sampler = new Sampler(system, strategies[strategy], { depth, maxSteps, changeWithin: this.changeWithin }, seed);
  }

  /** Runs the schedule with this number. Throws HeddleError if the model is at fault. */
  run(number: number): void {
    const sampler = this.#sampler;
    const { tally } = this;
    this.#number = number;
    sampler.run(number, this.#see);
    if (this.#memory.isFull(0)) tally.full = true;
    tally.ran(number, sampler.steps, sampler.end === 'open');
    if (sampler.end !== 'open') tally.ends.add(sampler.outcome.low, sampler.outcome.high, number);
    for (const guarantee of sampler.suspects)
      if ((tally.found.get(guarantee)?.number ?? Infinity) > number) {
        this.#judge(number);
        return;
      }
  }

  /** Runs a suspicious schedule again, judging each step and state as they are judged everywhere. */
  #judge(number: number): void {
    const schedule = this.#sampler.schedule();
    const runner = (this.#runner ??= new Runner(this.#system));
    runner.begin(schedule.initial);
    for (const choice of schedule.choices) runner.take(choice);
    for (const suspect of this.#sampler.suspects)
      if (!runner.breaches.some(({ guarantee }) => guarantee === suspect))
        throw new Error(`schedule ${number} was suspected of breaking ${this.#system.guarantees[suspect]!.name} and does not`);
    for (const { guarantee, says, steps } of runner.breaches)
      this.tally.breach(guarantee, { number, says, schedule: { ...schedule, choices: schedule.choices.slice(0, steps) } });
  }
}

function longestOf(system: System, { seed, maxSteps }: RandomSettings): number {
  const sampler = new Sampler(system, () => new Walk(), { depth: 1, maxSteps, changeWithin: 1 }, seed);
  let longest = 1;
  for (let pilot = 0; pilot < pilots; pilot++) {
    sampler.run(firstPilot + pilot, () => undefined);
    longest = Math.max(longest, sampler.steps);
  }
  return longest;
}
