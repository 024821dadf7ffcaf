import type { System } from '../../kernel/system.ts';
import { needsWholeGraph } from '../../property/needs-whole-graph.ts';
import type { Property } from '../../property/property.ts';
import { chanceOf, confidence, laterHalf } from '../../risk/chance.ts';
import { missedBug, pctThreads } from '../../risk/missed-bug.ts';
import type { ResidualRisk } from '../../risk/residual-risk.ts';
import { RemainingSteps } from '../strategies/remaining-steps.ts';
import type { Cut, Exploration, SchedulesBound, Verdict } from '../verdict.ts';
import type { RandomSettings } from './settings.ts';
import { shrunk } from './shrunk.ts';
import { blockSize, type Tally } from './tally.ts';

/** How a random search went, beside what its schedules showed. */
export interface Course {
  /** PCT's k. */
  readonly changeWithin: number;
  /** Why it ended before all its schedules had run. */
  readonly cut: Cut | undefined;
  readonly milliseconds: number;
}

/** The guarantees that the search may end for, once all are violated. */
export function wantedOf(system: System, { untilViolated }: RandomSettings): readonly number[] {
  return untilViolated.length > 0 ? untilViolated : system.guarantees.map((_, guarantee) => guarantee);
}

/** The schedule after the block in which the last of these schedules is. */
export function endAfter(found: readonly number[]): number {
  return (Math.floor(Math.max(-1, ...found) / blockSize) + 1) * blockSize;
}

/** Where the search ends because of what was found; undefined while something wanted was not. */
export function endOf(system: System, settings: RandomSettings, { found }: Tally): number | undefined {
  const numbers = wantedOf(system, settings).map((guarantee) => found.get(guarantee)?.number);
  return numbers.every((number) => number !== undefined) ? endAfter(numbers) : undefined;
}

/** What a random search says in the end. The tally may hold schedules beyond its end, which other workers had begun. */
export function conclude(system: System, settings: RandomSettings, tally: Tally, course: Course): Exploration {
  const end = endOf(system, settings, tally) ?? Infinity;
  const sums = tally.sums(end);
  const states = end === Infinity ? tally.states.size : tally.states.before(end);
  // A search that ended because of what it found is no sample of what it has not.
  const early = sums.schedules < settings.schedules && course.cut === undefined;
  const residualRisk = early || sums.schedules === 0 || course.cut === 'memory' ? null : riskOf(system, settings, tally, course);
  const { strategy, depth, maxSteps } = settings;
  const bound: SchedulesBound = {
    kind: 'schedules',
    schedules: sums.schedules,
    steps: maxSteps,
    strategy,
    ...(strategy === 'pct' ? { depth } : {}),
    states,
    cutOff: sums.open,
  };
  return {
    engine: 'random',
    states,
    transitions: sums.steps,
    depth: sums.longest,
    milliseconds: course.milliseconds,
    verdicts: system.guarantees.map((_, guarantee): Verdict => {
      const breach = tally.found.get(guarantee);
      if (breach === undefined || breach.number >= end)
        return { kind: 'not-found', ...boundFor(system.guarantees[guarantee]!.property, bound, residualRisk) };
      const { schedule, says } = shrunk(system, maxSteps, guarantee, breach.schedule);
      return { kind: 'violated', minimal: false, violation: { guarantee, says, schedule } };
    }),
  };
}

/** What schedules say of a property that only a whole graph can show: of threads stuck no more than deadlocks, of others nothing. */
function boundFor(
  property: Property,
  bound: SchedulesBound,
  residualRisk: ResidualRisk | null,
): { readonly bound: SchedulesBound; readonly residualRisk: ResidualRisk | null } {
  if (!needsWholeGraph(property)) return { bound, residualRisk };
  if (property.kind !== 'notStuck') return { bound: { ...bound, schedules: 0, states: 0, cutOff: 0 }, residualRisk: null };
  if (residualRisk === null) return { bound, residualRisk };
  return { bound, residualRisk: { ...residualRisk, assumptions: [...residualRisk.assumptions, onlyDeadlocks] } };
}

const onlyDeadlocks = 'of stuck threads, only deadlocks are seen by a random run';

function riskOf(system: System, settings: RandomSettings, tally: Tally, { changeWithin, cut }: Course): ResidualRisk {
  const { strategy, depth, maxSteps } = settings;
  const { schedules } = tally.sums();
  const from = laterHalf(schedules);
  const chance = (sightings: Tally['states']) => chanceOf({ schedules, alone: sightings.alone, newcomers: sightings.newcomers(from) });
  return {
    strategy,
    confidence,
    newState: chance(tally.states),
    newEnd: chance(tally.ends),
    missedBug: strategy === 'pct' ? missedBug(pctThreads(system, changeWithin), changeWithin, depth, schedules) : null,
    assumptions: [
      `one more schedule of up to ${maxSteps} steps, in this scenario, drawn by ${strategy} as these were, independently of them`,
      ...(cut === undefined ? [] : ['that the run ended when it did has nothing to do with what it had shown']),
      ...(strategy === 'pct'
        ? [
            `a bug of depth ${depth} is one that ${depth} orderings of steps force, within the first ${changeWithin} steps (the longest of 100 walks), whatever is chosen and wherever threads stop; one that needs particular choices is missed more often`,
            'a round of a daemon counts as a thread of its own',
          ]
        : []),
      ...(strategy === 'uniform'
        ? [
            new RemainingSteps(system, maxSteps).exact
              ? 'remaining steps are exact; interleavings are equally likely where nothing blocks'
              : 'remaining steps are estimated, so interleavings are not equally likely',
          ]
        : []),
    ],
  };
}
