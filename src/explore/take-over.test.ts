import test from 'ava';
import { Layout } from '../kernel/layout.ts';
import { loneLoop } from '../kernel/lone-loop.ts';
import { Visited } from '../kernel/visited.ts';
import type { States } from './expander.ts';
import { LoopStates } from './loop-states.ts';
import { takeOver } from './take-over.ts';

function loopStates(words: number, maxBytes = 2 ** 26): LoopStates {
  const loop = loneLoop(maxBytes);
  loop.exports.attach(words, 1, 1);
  return new LoopStates(loop, words, () => 0);
}

/** Fields of these sizes, one of them without bits. */
const layoutOf = (...sizes: readonly number[]): Layout => new Layout([...sizes, 1].map((size, k) => ({ name: `f${k}`, size })));
const narrow = layoutOf(2, 32, 2 ** 17, 4, 8);
const wide = layoutOf(2, 32, 2 ** 17, 2 ** 20, 2 ** 24);
/** More than a chunk of states, and no whole number of blocks. */
const count = 20_011;

/** What each field of a state holds. */
function values(number: number): readonly number[] {
  return [number % 2, (number * 7) % 32, number, number % 4, (number >> 3) % 8, 0];
}

function filled(states: States): States {
  const state = new Int32Array(narrow.words);
  for (let number = 0; number < count; number++) {
    values(number).forEach((value, field) => narrow.write(state, field, value));
    states.add(state, Math.floor(number / 3) - 1);
  }
  return states;
}

const makers: Readonly<Record<string, (words: number) => States>> = {
  'the inner loop': loopStates,
  'the kernel alone': (words) => new Visited(words, 2 ** 26),
};

for (const [from, makeBefore] of Object.entries(makers))
  for (const [to, make] of Object.entries(makers))
    test(`states of ${from} are taken over by ${to} under their numbers, with their parents`, (t) => {
      t.is(narrow.words, 1);
      t.is(wide.words, 3);
      const states = make(wide.words);
      takeOver(filled(makeBefore(narrow.words)), narrow, states, wide);
      if (states instanceof Visited) states.flush();
      t.is(states.size, count);
      const state = new Int32Array(wide.words);
      for (let number = 0; number < count; number++) {
        states.read(number, state);
        const read = wide.fields.map((_, field) => wide.read(state, field));
        if (read.join() !== values(number).join()) t.is(read.join(), values(number).join());
        if (states.parentOf(number) !== Math.floor(number / 3) - 1) t.is(states.parentOf(number), Math.floor(number / 3) - 1);
        if (states.find(state) !== number) t.is(states.find(state), number);
      }
    });

test('where there is no room for all of the states, the table is full', (t) => {
  const tight = loopStates(wide.words, 2 ** 19);
  takeOver(filled(loopStates(narrow.words)), narrow, tight, wide);
  t.true(tight.full);
  t.true(tight.size < count);
});
