import test from 'ava';
import { Loop } from './loop.ts';

/** A loop whose table, shared with others, has a segment that is too full. */
function crowded(): Loop {
  const loop = new Loop({ fire: () => 0, invariant: () => 1, future: () => 1, takeAlike: () => undefined }, 2 ** 22);
  loop.exports.attach(1, 1, 1);
  for (let value = 0; value < 7000; value++) {
    const at = loop.exports.stagingPlace();
    loop.words[at >>> 2] = value;
    loop.exports.add(at, -1);
  }
  return loop;
}

test('a crowded segment is split, and all its states are found again', (t) => {
  const loop = crowded();
  loop.exports.splitCrowded();
  t.false(loop.isFull);
  for (let value = 0; value < 7000; value++) {
    const at = loop.exports.stagingPlace();
    loop.words[at >>> 2] = value;
    t.is(loop.exports.find(at), value);
  }
});

test('where there is no room to split a crowded segment, memory is full: whoever goes on would leave pieces out', (t) => {
  const loop = crowded();
  while (loop.exports.allocate(64) !== 0);
  loop.exports.splitCrowded();
  t.true(loop.isFull);
});
