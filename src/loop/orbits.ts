/**
 * States that differ only in which of some like threads is which are taken for each other: the least of them stands for all, as in
 * src/explore/symmetry, whose tables (written by loop-orbits.ts there) are read here.
 */
import { allocate } from './memory';
import { FIELD, MASK, read, write } from './tables';

/** Puts the least state of its orbit in the place of a packed state, where a table does not tell it. False: leave the whole state that is being expanded. */
@external('search', 'takeAlike')
declare function takeSlowly(state: u32): bool;

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

/** Whether states are taken for each other. */
@inline
export function takesAlike(): bool {
  return renamings != 0;
}

/** Takes states for each other as the tables at this address say: how many renamings, how many places, their fields, and the places by renaming. False if there is no room. */
export function takeAlike(at: u32): bool {
  places = load<u32>(at + 4);
  fields = at + 8;
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

/** Puts the least state of its orbit in the place of a packed state. False: leave the whole state that is being expanded to TypeScript. */
export function takeLeast(state: u32): bool {
  const size = places * PLACE_BYTES;
  const end = renamed + renamings * size;
  let changes = false;
  // Most renamings are told apart by the first place.
  let first: i32 = read(state, fields);
  for (let renaming = renamed; renaming < end; renaming += size) {
    const image = imageIn(state, renaming);
    if (image > first) continue;
    if (image < 0) return takeSlowly(state);
    let isLess = image < first;
    for (let place: u32 = 1; !isLess && place < places; place++) {
      const image = imageIn(state, renaming + place * PLACE_BYTES);
      if (image < 0) return takeSlowly(state);
      const best = changes ? load<i32>(least + (place << 2)) : <i32>read(state, fields + place * FIELD);
      if (image == best) continue;
      if (image > best) break;
      isLess = true;
    }
    if (!isLess) continue;
    changes = true;
    first = image;
    for (let place: u32 = 0; place < places; place++) {
      const image = imageIn(state, renaming + place * PLACE_BYTES);
      // Not known, or wider than its field.
      if (image < 0 || <u32>image > load<u32>(fields + place * FIELD + MASK)) return takeSlowly(state);
      store<i32>(least + (place << 2), image);
    }
  }
  if (changes) for (let place: u32 = 0; place < places; place++) write(state, fields + place * FIELD, load<u32>(least + (place << 2)));
  return true;
}
