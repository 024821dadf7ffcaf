import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { compiler, missing, runSpin } from '../export/promela/against-spin.ts';
import { runHeddle } from './run-heddle.ts';
import { counter, large, projects } from './small-project.ts';

const project = projects(test);
const root = project(counter());
const at = (file: string): string => join(root, file);

test('the program is what SPIN takes: all states, and the broken guarantee by its name', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['export', 'counter/racy', '--to', 'promela', '--root', root]);
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /^\/\* counter\/racy, scope gate, exported by Heddle \d/);
  t.regex(stdout, /\/\* load counter, in increment, .*models\/counter\/index\.ts:8 \*\//);
  if (compiler === undefined) t.log(missing);
  else t.deepEqual(runSpin(stdout), { states: 12, broken: new Set(['none_lost_holds']) });
});

test('a guarantee that is not selected is not asserted', async (t) => {
  const { stdout } = await runHeddle(['export', 'counter/racy', '--to', 'promela', '--guarantee', 'no-throw', '--root', root]);
  t.regex(stdout, /\nbool none_lost_holds = true;\n/);
  t.regex(stdout, /\nbool no_throw_holds = false;\n/);
  if (compiler === undefined) t.log(missing);
  else t.deepEqual(runSpin(stdout), { states: 12, broken: new Set() });
});

test('the graph of all states has what breaks in red, and an automaton has its answers on its arrows', async (t) => {
  const graph = await runHeddle(['export', 'counter/racy', '--to', 'dot', '--root', root]);
  t.is(graph.code, 0);
  t.is([...graph.stdout.matchAll(/^ {2}\d+ \[/gm)].length, 12);
  t.deepEqual(
    [...graph.stdout.matchAll(/label="(.*)" color="#c0392b"/g)].map((match) => match[1]),
    [String.raw`counter = 1\nincrements = 2\nT1: done\nT2: done\nbreaks none-lost`],
  );
  const automaton = await runHeddle(['export', 'counter/safe', '--to', 'dot', '--thread', 'T2', '--minimised', '--root', root]);
  t.is(automaton.code, 0);
  t.deepEqual(
    [...automaton.stdout.matchAll(/-> \d+ \[label="(.*)"\]/g)].map((match) => match[1]),
    ['0', '1', '2'],
  );
});

test('a file is written whole or not at all', async (t) => {
  t.is(
    (await runHeddle(['export', 'counter', '--to', 'dot', '--output', at('graph.dot'), '--svg', at('graph.svg'), '--root', root])).code,
    0,
  );
  t.regex(readFileSync(at('graph.dot'), 'utf8'), /^digraph \{\n[^]*\n\}\n$/);
  t.regex(readFileSync(at('graph.svg'), 'utf8'), /<\/svg>\n$/);
  const full = await runHeddle(['export', 'counter', '--to', 'promela', '--output', at('nowhere/p.pml'), '--root', root]);
  t.is(full.code, 2);
  t.true(full.stderr.includes('cannot-write') && full.stderr.includes('--output FILE'), full.stderr);
  t.false(existsSync(at('nowhere')));
  t.deepEqual(
    readdirSync(root).filter((name) => name.startsWith('graph')),
    ['graph.dot', 'graph.svg'],
  );
});

for (const [what, args, says] of [
  ['format', ['counter', '--to', 'promla'], 'Allowed choices are promela, dot, itf, mermaid'],
  ['call without a format', ['counter'], "required option '--to <format>' not specified"],
  ['thread', ['counter', '--to', 'dot', '--thread', 'T'], 'Did you mean T1?'],
  ['guarantee', ['counter', '--to', 'promela', '--guarantee', 'none-lots'], 'Did you mean none-lost?'],
  ['flag for the format', ['counter', '--to', 'promela', '--svg', 'x'], '--svg has no meaning with --to promela'],
  ['flag for a run', ['counter', '--to', 'itf', '--thread', 'T1'], '--thread has no meaning with --to itf'],
  ['flag for a diagram', ['counter', '--to', 'mermaid', '--minimised'], '--minimised has no meaning with --to mermaid'],
  ['guarantee of a run', ['counter', '--to', 'itf', '--guarantee', 'none-lots'], 'Did you mean none-lost?'],
  ['scope of a run', ['counter', '--to', 'itf', '--guarantee', 'none-lost', '--scope', 'gaet'], 'Did you mean gate?'],
  [
    'protocol without a guarantee',
    ['counter', '--to', 'mermaid'],
    'Name a counterexample file, or a guarantee for the smallest run that breaks it: --guarantee none-lost|',
  ],
  ['file', ['nothing.json', '--to', 'itf'], 'counterexample-unreadable there is no such file at nothing.json'],
  ['format for a file', ['nothing.json', '--to', 'dot'], 'at nothing.json A counterexample goes --to itf or --to mermaid'],
  ['flag for a file', ['nothing.json', '--to', 'itf', '--scope', 'gate'], 'Leave --scope out'],
] as const)
  test(`a wrong ${what} exits with 2 and says what to type`, async (t) => {
    const { code, stderr } = await runHeddle(['export', ...args, '--root', root]);
    t.is(code, 2);
    t.true(stderr.replaceAll(/\s+/g, ' ').includes(says), stderr);
  });

test('a state graph that nobody could read is refused, with what to type instead', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['export', 'large/b-large', '--to', 'dot', '--root', project(large())]);
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /^error cannot-export\n[^]*--thread digit0/);
});
