/**
 * States that differ only in which of some like threads is which are taken for each other: the least of them stands for all, as in
 * src/explore/symmetry, whose tables (written by loop-orbits.ts there) are read here.
 */
import { allocate } from './memory';
import { FIELD, MASK, read, threads, write } from './tables';

/** Puts the least state of its orbit in the place of a packed state, where a table does not tell it: the number of the renaming that made it, 0 for none; −1: leave the whole state that is being expanded. */
@external('search', 'takeAlike')
declare function takeSlowly(state: u32): i32;

/**
 * Of a place in a renamed state: the field that its number comes from, and the address of a table of what that becomes; 0: it stays.
 * With the lowest bit, of the address of a table that grows: of how many are known, then each.
 */
const TABLE: u32 = FIELD;
const PLACE_BYTES: u32 = 16;
const GROWS: u32 = 1;

/** How many renamings are tried, and what each makes of the places; how many there are, their fields, and what is least so far. */
let renamings: u32 = 0;
let renamed: u32 = 0;
let places: u32 = 0;
let fields: u32 = 0;
let least: u32 = 0;
/** By renaming, where it puts each thread; and the sets of threads that change places, how many, and each as a set of bits. */
let threadsBy: u32 = 0;
let sets: u32 = 0;
let setTable: u32 = 0;

/** Whether states are taken for each other. */
@inline
export function takesAlike(): bool {
  return renamings != 0;
}

/**
 * Takes states for each other as the tables at this address say: how many renamings; where they put threads; the sets of threads that
 * change places; how many places, their fields, and the places by renaming. False if there is no room.
 */
export function takeAlike(at: u32): bool {
  threadsBy = load<u32>(at + 4);
  sets = load<u32>(at + 8);
  setTable = load<u32>(at + 12);
  places = load<u32>(at + 16);
  fields = at + 20;
  renamed = fields + places * FIELD;
  least = allocate(places << 2);
  if (least == 0) return false;
  renamings = load<u32>(at);
  return true;
}

/** What a renaming puts into a place of a state; −1: not known here. */
@inline
function imageIn(state: u32, place: u32): i32 {
  const value = read(state, place);
  const table: u32 = load<u32>(place + TABLE);
  if (table == 0) return value;
  if ((table & GROWS) == 0) return load<i32>(table + (value << 2));
  const known: u32 = load<u32>(table - GROWS);
  return value < load<u32>(known) ? load<i32>(known + 4 + (value << 2)) : -1;
}

/** The threads of a set that are in it however the state's threads are renamed. */
export function whateverTheNames(goOn: u32): u32 {
  let sure = goOn;
  for (let k: u32 = 0; k < sets; k++) {
    const alike = load<u32>(setTable + (k << 2));
    if ((goOn & alike) != alike) sure &= ~alike;
  }
  return sure;
}

/** The threads that a renaming (0: none) puts into the places of those of a set. */
export function renamedBack(renaming: u32, after: u32): u32 {
  if (renaming == 0) return after;
  let before: u32 = 0;
  const to = threadsBy + (renaming - 1) * (threads << 2);
  for (let thread: u32 = 0; thread < threads; thread++) before |= ((after >>> load<u32>(to + (thread << 2))) & 1) << thread;
  return before;
}

/**
 * Puts the least state of its orbit in the place of a packed state. Returns the number of the renaming that made it, 0 for none; −1: leave
 * the whole state that is being expanded to TypeScript.
 */
export function takeLeast(state: u32): i32 {
  const size = places * PLACE_BYTES;
  let best: i32 = 0;
  // Most renamings are told apart by the first place.
  let first: i32 = read(state, fields);
  for (let k: u32 = 0, renaming = renamed; k < renamings; k++, renaming += size) {
    const image = imageIn(state, renaming);
    if (image > first) continue;
    if (image < 0) return takeSlowly(state);
    let isLess = image < first;
    for (let place: u32 = 1; !isLess && place < places; place++) {
      const other = imageIn(state, renaming + place * PLACE_BYTES);
      if (other < 0) return takeSlowly(state);
      const kept = best != 0 ? load<i32>(least + (place << 2)) : <i32>read(state, fields + place * FIELD);
      if (other > kept) break;
      isLess = other < kept;
    }
    if (!isLess) continue;
    for (let place: u32 = 0; place < places; place++) {
      const other = imageIn(state, renaming + place * PLACE_BYTES);
      // Not known, or wider than its field.
      if (other < 0 || <u32>other > load<u32>(fields + place * FIELD + MASK)) return takeSlowly(state);
      store<i32>(least + (place << 2), other);
    }
    best = k + 1;
    first = image;
  }
  if (best != 0) for (let place: u32 = 0; place < places; place++) write(state, fields + place * FIELD, load<u32>(least + (place << 2)));
  return best;
}
