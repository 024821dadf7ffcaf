/**
 * Fair runs by definition, on an explicit graph: a run is fair if every thread that wants to go on infinitely often does so
 * infinitely often, or is excused infinitely often. All subsets of what may be wanted only finitely often are tried in
 * turn, and components are what reaches each other. Exponential on purpose.
 */
import { match } from 'ts-pattern';
import { strengthOf } from '../property/fairness.ts';
import type { Liveness } from '../property/liveness.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Edge, Graph } from './graph.ts';
import type { State, Subject } from './state.ts';

/** One thing that fairness speaks of: a thread's own next step, or that it stops at a safe point. */
interface Fair {
  readonly thread: number;
  readonly kind: Edge['kind'];
}

/** What a thread is to fairness in one state: it wants to go on; or it is excused, because it can't. */
type Stance = 'wants' | 'excused' | 'neither';

function stanceOf(subject: Subject, { fairness }: Liveness, graph: Graph, number: number, { thread, kind }: Fair): Stance {
  const spec = subject.scenario.threads[thread]!;
  const { asks, stopped } = graph.states[number]!.threads[thread]!;
  if (asks.kind === 'done' || stopped) return 'neither';
  const operation = asks.kind === 'operation' ? asks.operation.kind : undefined;
  const strength =
    kind === 'stops'
      ? spec.gate === undefined
        ? 'none'
        : strengthOf(fairness, spec, 'safe point')
      : strengthOf(fairness, spec, operation);
  const possible = graph.edges[number]!.some((edge) => edge.thread === thread && edge.kind === kind);
  return match(strength)
    .returnType<Stance>()
    .with('none', () => 'neither')
    .with('weak', () => (possible ? 'wants' : 'excused'))
    .with('strong', () => (possible ? 'wants' : 'neither'))
    .exhaustive();
}

/** What is owed in a state, by name. */
function owedIn(property: Liveness, state: State, guarantee: number): readonly string[] {
  const remembered = state.monitors[guarantee];
  return typeof remembered === 'object' && remembered !== null && 'kind' in remembered ? [] : property.owes(remembered);
}

/** The length of a shortest run to a state on a fair cycle, or where nobody has to move, that owes the same all the time. */
export function shortestFairStem(subject: Subject, graph: Graph, guarantee: number): number | undefined {
  const property = subject.guarantees[guarantee]!.property as Liveness;
  const fair: Fair[] = subject.scenario.threads.flatMap((_, thread) => [
    { thread, kind: 'own' as const },
    { thread, kind: 'stops' as const },
  ]);
  const stances = graph.states.map((_, number) => fair.map((each) => stanceOf(subject, property, graph, number, each)));
  const wanted = fair.flatMap((_, index) => (stances.some((of) => of[index] === 'wants') ? [index] : []));
  const names = new Set(graph.states.flatMap((state) => owedIn(property, state, guarantee)));
  const depths = [...names].flatMap((name) => {
    const owing = graph.states.flatMap((state, number) => (owedIn(property, state, guarantee).includes(name) ? [number] : []));
    return subsets(wanted).flatMap((seldom) => {
      const nodes = new Set(owing.filter((number) => seldom.every((index) => stances[number]![index] !== 'wants')));
      const often = wanted.filter((index) => !seldom.includes(index));
      return classes(graph, nodes)
        .filter((members) =>
          often.every(
            (index) =>
              [...members].some((number) => stances[number]![index] === 'excused') ||
              [...members].some((number) =>
                graph.edges[number]!.some(
                  ({ thread, kind, to }) =>
                    to !== undefined && members.has(to) && thread === fair[index]!.thread && kind === fair[index]!.kind,
                ),
              ),
          ),
        )
        .map((members) => Math.min(...[...members].map((number) => graph.depths[number]!)));
    });
  });
  return depths.length === 0 ? undefined : Math.min(...depths);
}

function subsets(indices: readonly number[]): readonly (readonly number[])[] {
  return indices.reduce<readonly (readonly number[])[]>((some, index) => some.flatMap((subset) => [subset, [...subset, index]]), [[]]);
}

/** Nodes that reach each other among the nodes. */
function classes(graph: Graph, nodes: ReadonlySet<number>): readonly ReadonlySet<number>[] {
  const reached = new Map([...nodes].map((node) => [node, reachable(graph, nodes, node)]));
  const done = new Set<number>();
  return [...nodes].flatMap((node) => {
    if (done.has(node)) return [];
    const members = new Set([...reached.get(node)!].filter((other) => reached.get(other)!.has(node)));
    for (const member of members) done.add(member);
    return [members];
  });
}

function reachable(graph: Graph, nodes: ReadonlySet<number>, from: number): ReadonlySet<number> {
  const reached = new Set([from]);
  for (const number of reached) for (const { to } of graph.edges[number]!) if (to !== undefined && nodes.has(to)) reached.add(to);
  return reached;
}

/** What is wrong with a lasso as a counterexample, judged step by step on the graph; undefined if nothing is. */
export function flawOfLasso(subject: Subject, graph: Graph, guarantee: number, { initial, choices, loop }: Schedule): string | undefined {
  if (loop === undefined) return 'it has no loop';
  const property = subject.guarantees[guarantee]!.property as Liveness;
  let at = initial;
  const passed = [at];
  const taken: Edge[] = [];
  for (const { thread, pick } of choices) {
    const ways = graph.edges[at]!.filter((edge) => edge.thread === thread && edge.kind === (pick < 0 ? 'stops' : 'own'));
    const edge = ways[Math.max(0, pick)];
    if (edge?.to === undefined) return 'a step is not there';
    taken.push(edge);
    passed.push((at = edge.to));
  }
  if (passed[loop] !== at) return 'it does not come back';
  const states = passed.slice(loop);
  const owed = states.map((number) => owedIn(property, graph.states[number]!, guarantee));
  if (!owed[0]!.some((name) => owed.every((names) => names.includes(name)))) return 'nothing is owed all the time';
  for (const [thread] of subject.scenario.threads.entries())
    for (const kind of ['own', 'stops'] as const) {
      const stances = new Set(states.map((number) => stanceOf(subject, property, graph, number, { thread, kind })));
      const done = taken.slice(loop).some((edge) => edge.thread === thread && edge.kind === kind);
      if (stances.has('wants') && !stances.has('excused') && !done) return `thread ${thread} is treated unfairly`;
    }
  return undefined;
}
