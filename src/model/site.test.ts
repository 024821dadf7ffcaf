import test from 'ava';
import { siteOfError } from './site.ts';

/** An error with these frames. */
function withFrames(...frames: readonly string[]): Error {
  const error = new Error('it');
  error.stack = ['Error: it', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

test('an error is placed in the first file of its stack, whatever its path', (t) => {
  const inNode = 'node:internal/modules/esm/module_job:213:25';
  for (const path of ['/a/x.js', '/a/par(en)s/x.js', '/a b/x.js'])
    for (const frame of [`${path}:3:4`, `body (${path}:3:4)`, `async ${path}:3:4`, `Object.<anonymous> (${path}:3:4)`])
      t.deepEqual(
        siteOfError(withFrames(inNode, `f (${inNode})`, 'Array.map (<anonymous>)', frame)),
        { file: path, line: 3, column: 4 },
        frame,
      );
  t.deepEqual(siteOfError(withFrames('body (file:///a/x.mjs:3:4)')), { file: '/a/x.mjs', line: 3, column: 4 });
});

test('an error that names no file has no place', (t) => {
  const evaluated = 'eval (eval at body (/a/x.js:3:4), <anonymous>:1:1)';
  t.is(siteOfError(withFrames('node:internal/process/task_queues:95:5', 'Array.map (<anonymous>)', evaluated)), undefined);
});
