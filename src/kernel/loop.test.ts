import test from 'ava';
import { loneLoop } from './lone-loop.ts';
import type { Loop } from './loop.ts';

/** A loop whose table, shared with others, has a segment that is too full. */
function crowded(states = 7000): Loop {
  const loop = loneLoop(2 ** 22);
  loop.exports.attach(1, 1, 2);
  for (let value = 0; value < states; value++) {
    const at = loop.exports.stagingPlace();
    loop.words[at >>> 2] = value;
    loop.exports.add(at, -1);
  }
  return loop;
}

test('a crowded segment is split, and all its states are found again', (t) => {
  const loop = crowded();
  t.is(loop.exports.listCrowded(), 1);
  loop.exports.splitListed();
  t.false(loop.isFull);
  t.is(loop.exports.listCrowded(), 0);
  for (let value = 0; value < 7000; value++) {
    const at = loop.exports.stagingPlace();
    loop.words[at >>> 2] = value;
    t.is(loop.exports.find(at), value);
  }
});

test('where numbers need more bits of a slot, the hash gives way, and all states are found again', (t) => {
  const loop = loneLoop(2 ** 24);
  loop.exports.attach(1, 1, 1);
  // As few bits as numbers take in a table that is empty: each doubling of the table needs one more.
  const numberBits = 1068 >>> 2;
  const depth = 1044 >>> 2;
  loop.words[numberBits] = 14 + loop.words[depth]!;
  const place = (value: number): number => {
    const at = loop.exports.stagingPlace();
    loop.words[at >>> 2] = value * 7919;
    return at;
  };
  for (let value = 0; value < 100_000; value++) loop.exports.add(place(value), -1);
  t.is(loop.words[numberBits], 18);
  t.is(loop.exports.addedStates(), 100_000);
  for (let value = 0; value < 100_000; value += 7) {
    loop.exports.add(place(value), -1);
    t.is(loop.exports.find(place(value)), value);
  }
  t.is(loop.exports.addedStates(), 100_000);
  t.is(loop.exports.find(place(100_000)), -1);
});

test('where there is no room to split a crowded segment, memory is full: whoever goes on would leave pieces out', (t) => {
  const loop = crowded();
  while (loop.exports.allocate(64) !== 0);
  loop.exports.listCrowded();
  loop.exports.splitListed();
  t.true(loop.isFull);
});

test('where threads have more in hand than a crowded segment has room for, memory is full: the search must end', (t) => {
  // A segment has 8192 slots.
  t.false(crowded(8192).isFull);
  t.true(crowded(8193).isFull);
});
