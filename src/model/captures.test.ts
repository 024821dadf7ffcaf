/** Most bodies assign nothing and are not parsed; every way of assigning must be seen before that is decided. */
import test from 'ava';
import { checkCaptures } from './captures.ts';
import { HeddleError } from './error.ts';
import { captureSite } from './site.ts';

/** A function whose body is this text, as compiled models have them. */
function bodyOf(text: string): () => unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is the test's own
  return new Function(`return function* () { ${text} }`)() as () => unknown;
}

function captured(text: string): string | undefined {
  try {
    checkCaptures(bodyOf(text), 'the body', captureSite(captured));
    return undefined;
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'captured-local') return error.what;
    throw error;
  }
}

const assigning = [
  'x = 1',
  'x=1',
  'x += 1',
  'x **= 2',
  'x <<= 1',
  'x >>= 1',
  'x >>>= 1',
  'x ??= 1',
  'x ||= 1',
  'x &&= 1',
  'x++',
  '--x',
  'x.y = 1',
  'x[0] = 1',
  'delete x.y',
  '[x] = [1]',
  '({ y: x } = { y: 1 })',
  'for (x of [1]);',
  'for (x in {});',
  'for(x of [1]);',
  'const y = x = 1',
  'const y = (x = 1)',
  'const { y } = x = {}',
  'let y, z = (x = 2)',
  'const f = (y) => x = y',
  'if (1 <= 2) x = 2 >= 1',
  'if (1 === 2) x = 1 !== 2',
  '/* let */ x = 1',
  '// let\n x = 1',
  '// const {\n x = 1',
  'const y = "="; x = 1',
  'for (let y = 0; y < 2; x++);',
  'for (let y = 0; y < 2; y++) x++',
  'for (let y = (x = 0); y < 2; y++);',
  'for (let y = 0; x++ < 2; y++);',
  'for (/* for (let x = 0 */; 1 < 0; x++);',
  '"for (let x = 0; 1"; (x--)',
  'for (let xy = 0; xy < 2; x++);',
  'for (let yx = 0; yx < 2; x++);',
];
for (const text of assigning)
  test(`${JSON.stringify(text)} assigns what it captured`, (t) => t.is(captured(text), 'the body assigns x, which it captured'));

const clean = [
  '',
  'const y = x',
  'let y = 1; y = 2',
  'const { y } = x; const [z] = y',
  'x <= 1; x >= 1; x === 1; x != 1; (y) => x',
  'for (const y of x);',
  'const y = "x = 1"',
  'for (let y = 0; y < 2; y++) x(y)',
  'for (let y = 2; y > 0; y--);',
];
for (const text of clean) test(`${JSON.stringify(text)} does not`, (t) => t.is(captured(text), undefined));
