import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from '../command/run-heddle.ts';
import { counter, projects, type Files } from '../command/small-project.ts';

const project = projects(test);

/** A project in JavaScript that AVA runs as it is, with this package and AVA installed. */
function installed(files: Files): string {
  const root = project(files);
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(process.cwd(), join(root, 'node_modules/heddle'));
  symlinkSync(join(process.cwd(), 'node_modules/ava'), join(root, 'node_modules/ava'));
  return root;
}

function runAva(cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const { FORCE_COLOR: _force, AVA_PATH: _path, ...env } = process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.mjs', '--tap'], { cwd, env: { ...env, NO_COLOR: '1' } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (code) => resolve({ code, output }));
  });
}

const model = counter()['models/counter/index.ts']!;
const files: Files = {
  'package.json': '{ "name": "project", "type": "module" }',
  // Says of the racy one that nothing breaks.
  'models/counter/index.js': model.replace(", expects: { 'none-lost': 'violated' }", ''),
  'properties/counter.js': counter()['properties/counter.ts']!.replace('index.ts', 'index.js'),
  'test.js': `import test from 'ava';
import { verify } from 'heddle/ava';
import protocol from './models/counter/index.js';
import { guarantees } from './properties/counter.js';

verify(test, protocol, guarantees);
`,
};

test('a real AVA passes what holds, fails with the trace of what does not, and the command replays it', async (t) => {
  const root = installed(files);
  const { code, output } = await runAva(root);
  t.is(code, 1);
  const results = output
    .split('\n')
    .filter((line) => /^(not )?ok/.test(line))
    .map((line) => line.replace(/ok \d+ - /, 'ok '));
  t.deepEqual(results.sort(), [
    'not ok counter/racy: none-lost holds',
    'ok counter/found: lock-discipline holds',
    'ok counter/found: no-deadlock holds',
    'ok counter/found: no-throw holds',
    'ok counter/found: none-lost is violated: a finding',
    'ok counter/racy: lock-discipline holds',
    'ok counter/racy: no-deadlock holds',
    'ok counter/racy: no-throw holds',
    'ok counter/safe: lock-discipline holds',
    'ok counter/safe: no-deadlock holds',
    'ok counter/safe: no-throw holds',
    'ok counter/safe: none-lost holds',
  ]);
  t.regex(output, /counter\/racy breaks none-lost/);
  t.regex(output, /\d {2}load counter = 0/);
  const [, file] = /replay it: npx heddle replay\s+(\S+)\s+--root\s+\./.exec(output)!;
  const replayed = await runHeddle(['replay', file!, '--root', '.'], { cwd: root });
  t.is(replayed.code, 0, replayed.stderr);
  t.regex(replayed.stdout, /counter\/racy breaks none-lost/);
});

test('an expectation that no run meets fails', async (t) => {
  const changed = model.replace('routines: { increment: safe } }', "routines: { increment: safe }, expects: { 'none-lost': 'violated' } }");
  const { code, output } = await runAva(
    installed({
      ...files,
      'models/counter/index.js': changed,
      'test.js': files['test.js']!.replace('guarantees);', "guarantees, { variants: ['safe'], scope: 'gate' });"),
    }),
  );
  t.is(code, 1);
  t.regex(output, /not ok \d - counter\/safe: none-lost is violated, as expected/);
  t.regex(output, /it was expected to be violated, and no run in the scope gate breaks it/);
});
