/** For tests: reads a trace in the Informal Trace Format as its specification has it, and compares it with the run that it tells. */
import * as z from 'zod';
import { stopsAtSafePoint } from '../counterexample/trace.ts';
import type { Story } from '../report/columns.ts';

/** ADR-015, `<expr>`. */
const expression: z.ZodType = z.lazy(() =>
  z.union([
    z.string(),
    z.boolean(),
    z.int(),
    z.strictObject({ '#bigint': z.string().regex(/^-?\d+$/) }),
    z.strictObject({ '#tup': z.array(expression) }),
    z.strictObject({ '#set': z.array(expression) }),
    z.strictObject({ '#map': z.array(z.tuple([expression, expression])) }),
    z.strictObject({ '#unserializable': z.string() }),
    z.array(expression),
    z.record(z.string().regex(/^[^#]/), expression),
  ]),
);
const schema = z
  .strictObject({
    '#meta': z.optional(z.looseObject({})),
    params: z.optional(z.array(z.string())),
    vars: z.array(z.string().regex(/^[^#]/)),
    states: z.array(z.object({ '#meta': z.optional(z.looseObject({})) }).catchall(expression)).min(1),
    loop: z.optional(z.int().nonnegative()),
  })
  .refine(({ loop, states }) => loop === undefined || loop < states.length, 'the loop starts in a state')
  .refine(({ vars }) => new Set(vars).size === vars.length, 'a variable is listed once')
  .refine(
    ({ vars, states }) => states.every((state) => Object.keys(state).sort().join('\n') === [...vars, '#meta'].sort().join('\n')),
    'each state has a value for every variable, and nothing else',
  );

type Expression = unknown;
type State = Readonly<Record<string, Expression>>;

/** What is wrong with a text as the ITF of a story; nothing if it reads back as the same run. */
export function itfProblems(text: string, story: Story): readonly string[] {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const { vars, states, loop } = parsed.data;
  const { trace } = story;
  const problems: string[] = [];
  const same = (what: string, found: unknown, expected: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(expected))
      problems.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  };
  const completed = trace.steps.filter(({ fault }) => fault === undefined);
  same('states', states.length, completed.length + 1);
  same(
    'variables',
    vars.slice(0, -1),
    trace.initial.map(({ name }) => variableOf(name)),
  );
  const pc = vars.at(-1)!;

  const values = new Map(trace.initial.map(({ name, value }) => [name, value]));
  const kinds = new Map(values);
  for (const [index, state] of states.entries()) {
    const step = index === 0 ? undefined : completed[index - 1];
    for (const { name, to } of step?.changes ?? []) values.set(name, to);
    for (const [name, value] of values) same(`${name} in state ${index}`, shown(state[variableOf(name)], kinds.get(name)!), value);
    const meta = state['#meta'] as Record<string, unknown>;
    same(`index of state ${index}`, meta['index'], index);
    const now = positions(state[pc]);
    same(
      `threads of state ${index}`,
      [...now.keys()],
      trace.threads.map(({ name }) => name),
    );
    if (step === undefined) continue;
    const { name, label, nesting, answer, picked } = step;
    same(
      `step to state ${index}`,
      [meta['thread'], meta['operation'], meta['routine'], meta['answer'], meta['pick']],
      [name, label, nesting.at(-1), answer, picked],
    );
    const before = positions(states[index - 1]![pc]);
    if (label === stopsAtSafePoint) same(`${name} in state ${index}`, [before.get(name)!.stopped, now.get(name)!.stopped], [false, true]);
    else same(`${name} in state ${index - 1}`, before.get(name)!.next, label);
    for (const [other, { next, in: calls }] of now)
      if (other !== name)
        same(`${other} in state ${index}`, { next, in: calls }, { next: before.get(other)!.next, in: before.get(other)!.in });
  }
  const last = states.at(-1)!;
  const waits = new Map(trace.pending.map(({ name, label }) => [name, label]));
  for (const [name, { next }] of positions(last[pc])) same(`${name} at the end`, next, waits.get(name) ?? 'done');

  if (trace.loop === undefined) same('loop', loop, undefined);
  else {
    const without = (state: State): State => ({ ...state, '#meta': undefined });
    same('state that the loop comes back to', without(last), without(states[trace.loop]!));
    // The step after the loop's last is its first.
    same('loop', loop, trace.loop === completed.length ? trace.loop : trace.loop + 1);
  }
  return problems;
}

/** Names with a hash are the format's own. */
function variableOf(name: string): string {
  return name.startsWith('#') ? `_${name}` : name;
}

/** A value as traces show it, of a variable that is first shown so. */
function shown(value: Expression, first: string): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('#bigint' in value) return String(value['#bigint']);
  if ('#unserializable' in value) return String(value['#unserializable']);
  if ('tagged' in value && 'count' in value) return `{value: ${shown(value.tagged, '')}, tag: ${shown(value.count, '')}}`;
  const { tag, value: inner } = value as { readonly tag: string; readonly value: unknown };
  if (first === 'free') return tag === 'None' ? 'free' : String(inner);
  if (first === 'running') return { Running: 'running', Stopping: `stopping for ${inner}`, Stopped: `stopped by ${inner}` }[tag]!;
  return { None: 'undefined', Null: 'null' }[tag] ?? shown(inner, '');
}

interface Position {
  readonly next: string;
  readonly in: readonly string[];
  readonly stopped: boolean;
}

function positions(pc: Expression): ReadonlyMap<string, Position> {
  // The schema has seen it; that it has these fields is what the comparisons look at.
  return new Map((pc as { readonly '#map': readonly (readonly [string, Position])[] })['#map']);
}
