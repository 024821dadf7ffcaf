/**
 * Random exploration: how fast each strategy is, and how many schedules each needs for each bug, beside the naive walk and
 * fast-check's own scheduler; writes its section of bench/README.md.
 *
 * npm run bench:random [-- --quick]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { RandomSearch } from '../src/explore/random/random-search.ts';
import { strategyNames, type StrategyName } from '../src/explore/strategies/names.ts';
import type { System } from '../src/kernel/system.ts';
import { randomSubjects, repairedGate, type Peer } from './random-subjects.ts';
import { withSection } from './report.ts';
import { median } from './timed.ts';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 5;
const seeds = quick ? 5 : 31;
/** Schedules after which a bug counts as not found. */
const most = quick ? 2000 : 20_000;
const readme = fileURLToPath(new URL('../../bench/README.md', import.meta.url));

interface Speed {
  readonly schedules: number;
  readonly steps: number;
}

/** Schedules and steps a second of processor time, after the tables have been learned. */
function speed(search: RandomSearch, warm: number): Speed {
  search.advance(warm);
  const { transitions, frontier } = search.progress;
  const before = process.cpuUsage();
  while (!search.advance(1000));
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return { schedules: frontier / seconds, steps: (search.progress.transitions - transitions) / seconds };
}

/** Guarantees that are broken keep a search from ending only if it waits for one that is not. */
function strategySpeed(system: () => System, strategy: StrategyName, schedules: number, depth: number): Speed {
  const subject = system();
  const never = subject.guarantees.findIndex(({ property }) => property.kind === 'lockDiscipline');
  return speed(new RandomSearch(subject, { seed: 1, schedules, strategy, depth, untilViolated: [never] }), Math.floor(schedules / 10));
}

async function peerSpeed(peer: Peer, schedules: number): Promise<Speed> {
  await fc.check(propertyOf(peer, true), { seed: 2, numRuns: 200 });
  const before = process.cpuUsage();
  await fc.check(propertyOf(peer, true), { seed: 1, numRuns: schedules });
  const { user, system } = process.cpuUsage(before);
  return { schedules: schedules / ((user + system) / 1e6), steps: Number.NaN };
}

function propertyOf(peer: Peer, ignoring: boolean): fc.IAsyncPropertyWithHooks<[fc.Scheduler]> {
  return fc.asyncProperty(fc.scheduler(), async (scheduler) => !(await peer(scheduler)) || ignoring);
}

/** The number of the first schedule that shows the bug; infinite beyond `most`. */
function firstFound(subject: System, wanted: number, strategy: StrategyName, depth: number, seed: number): number {
  const search = new RandomSearch(subject, { seed, schedules: most, strategy, depth, untilViolated: [wanted] });
  while (!search.advance(64));
  return (search.firstBreach(wanted) ?? Number.POSITIVE_INFINITY) + 1;
}

async function firstFoundByPeer(peer: Peer, seed: number): Promise<number> {
  const { failed, numRuns } = await fc.check(propertyOf(peer, false), { seed, numRuns: most, endOnFailure: true });
  return failed ? numRuns : Number.POSITIVE_INFINITY;
}

function rate(number: number): string {
  if (Number.isNaN(number)) return '–';
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} M` : number >= 1e4 ? `${Math.round(number / 1e3)} k` : String(Math.round(number));
}
function found(number: number): string {
  return Number.isFinite(number) ? number.toLocaleString('en-US') : `> ${most.toLocaleString('en-US')}`;
}
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const long = strategyNames.map((): Speed[] => []);
const withPeer = randomSubjects.filter(({ peer }) => peer !== undefined);
const short = withPeer.map(() => [...strategyNames.map((): Speed[] => []), [] as Speed[]]);
for (let round = 0; round < rounds; round++) {
  strategyNames.forEach((strategy, index) => long[index]!.push(strategySpeed(repairedGate, strategy, quick ? 2000 : 10_000, 3)));
  for (const [row, { system, depth, peer }] of withPeer.entries()) {
    strategyNames.forEach((strategy, index) => short[row]![index]!.push(strategySpeed(system, strategy, quick ? 5000 : 100_000, depth)));
    short[row]!.at(-1)!.push(await peerSpeed(peer!, quick ? 500 : 3000));
  }
}

const needed: (readonly string[])[] = [];
for (const subject of randomSubjects) {
  const perStrategy = strategyNames.map((): number[] => []);
  const peer: number[] = [];
  const system = subject.system();
  const bug = subject.bug(system);
  for (let seed = 1; seed <= seeds; seed++) {
    strategyNames.forEach((strategy, index) => perStrategy[index]!.push(firstFound(system, bug, strategy, subject.depth, seed)));
    if (subject.peer !== undefined) peer.push(await firstFoundByPeer(subject.peer, seed));
  }
  needed.push([subject.name, ...perStrategy.map((all) => found(median(all))), peer.length === 0 ? '–' : found(median(peer))]);
}

const of = (all: readonly Speed[], what: keyof Speed): string => rate(median(all.map((speed) => speed[what])));
const section = [
  `Measured on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores with a load of ${loadavg()[0]!.toFixed(0)}. Medians of ${rounds} interleaved rounds, on one core, a second of processor time. A schedule of \`compute-max-procs/repaired\` in \`gate\` has 200 steps.`,
  '',
  table(
    ['strategy', 'schedules/s', 'steps/s'],
    strategyNames.map((strategy, index) => [strategy, of(long[index]!, 'schedules'), of(long[index]!, 'steps')]),
  ),
  '',
  'Schedules a second where fast-check has the same program, a dozen steps long, each step a task of `fc.scheduler()`:',
  '',
  table(
    ['program', ...strategyNames, '`fc.scheduler`', 'walk / `fc.scheduler`'],
    withPeer.map(({ name }, row) => {
      const rates = short[row]!.map((all) => median(all.map(({ schedules }) => schedules)));
      return [name, ...rates.map(rate), `${Math.round(rates[0]! / rates.at(-1)!)} ×`];
    }),
  ),
  '',
  `Schedules until a bug is found, the median of ${seeds} seeds; PCT with the depth of the bug, 3 for those of the zoo. The walk is the naive baseline. \`fc.scheduler\` draws as the walk does, and has no strategies.`,
  '',
  table(['bug', ...strategyNames, '`fc.scheduler`'], needed),
].join('\n');

console.log(section);
if (!quick) {
  const markers = { opening: '<!-- random: written by npm run bench:random -->', closing: '<!-- end of random -->' };
  writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), `${section}\n`, markers));
}
