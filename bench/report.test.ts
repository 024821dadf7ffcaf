/** README.md and chart.svg say what results.json says, and nothing else. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { chart } from './chart.ts';
import { comparison, withSection } from './report.ts';
import type { Results } from './results.ts';
import { subjects } from './subjects.ts';

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../bench/${file}`, import.meta.url)), 'utf8');
}
// run.ts wrote it.
const results = JSON.parse(read('results.json')) as Results;

test('the comparison in the README is drawn from the results', (t) => {
  const readme = read('README.md');
  t.is(withSection(readme, comparison(results)), readme);
});

test('so is the chart', (t) => t.is(chart(results), read('chart.svg')));

test('what was measured are models that are still there, with as many states', (t) => {
  for (const { name, states } of results.subjects) t.is(subjects.find((subject) => subject.name === name)?.states, states, name);
});

test('a README without its markers is not written to', (t) => {
  t.throws(() => withSection('# Benchmarks\n', 'a table'), { message: /lost its markers/ });
});
