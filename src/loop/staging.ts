/** New states are gathered, and looked up many at once: most of the time goes by in waiting for the table's lines. */
import { knownOf, pass } from './known';
import { allocate, DEPTH, SEGMENTS } from './memory';
import { alikeOf, firstOf, groupOf, hashOf, numberIn, same, tagOf, touch } from './slots';
import { addressOf, padded } from './states';
import { insert, shared } from './visited';

/** How many staged states are probed together, at most. */
const BATCH: u32 = 256;
/** How many states all threads together may have staged: they are added even if their segment is crowded. */
const MOST_BY_ALL: u32 = 8192;
let batch: u32 = BATCH;

/** Probes fewer together the more threads there are. While nobody adds states. */
export function stageAsOneOf(threads: u32): void {
  batch = max(16, min(BATCH, MOST_BY_ALL / threads));
}

/** Staged states; their hashes; the states that they were reached from; the groups of slots that they are looked for in first, then what may be found there. */
let staged: u32 = 0;
let hashes: u32 = 0;
let origins: u32 = 0;
let places: u32 = 0;
/** How many are staged. */
let stagedCount: u32 = 0;

/** Makes room for staged states; false if there is none. */
export function attachStaging(): bool {
  // One more vector, because states are read and written in whole vectors.
  staged = allocate((BATCH + 1) * padded + 16);
  hashes = allocate(BATCH * 8);
  origins = allocate(BATCH * 4);
  places = allocate(BATCH * 4);
  return staged != 0 && hashes != 0 && origins != 0 && places != 0;
}

/** The place of the state that is to be staged next. */
@inline
export function stagingPlace(): u32 {
  return staged + stagedCount * padded;
}

/** Stages the state at `stagingPlace()`. */
@inline
export function stage(parent: u32): void {
  store<u64>(hashes + (stagedCount << 3), hashOf(stagingPlace()));
  store<u32>(origins + (stagedCount << 2), parent);
  stagedCount++;
  if (stagedCount >= batch) flush();
}

/** Adds all staged states, in the order in which they were staged. */
export function flush(): void {
  const count = stagedCount;
  stagedCount = 0;
  const segments = load<u32>(SEGMENTS);
  const depth = 63 - load<u32>(DEPTH);
  let seen: u32 = 0;
  // Two passes of independent reads: the processor fetches many lines at once.
  for (let k: u32 = 0; k < count; k++) {
    const hash = load<u64>(hashes + (k << 3));
    const segment: u32 = load<u32>(segments + (<u32>((hash >>> 1) >>> depth) << 2));
    const group = groupOf(segment, hash);
    store<u32>(places + (k << 2), group);
    seen ^= load<u32>(group);
  }
  for (let k: u32 = 0; k < count; k++) {
    const group = load<u32>(places + (k << 2));
    const alike = alikeOf(v128.load(group), tagOf(load<u64>(hashes + (k << 3))));
    const entry: u32 = alike == 0 ? 0 : load<u32>(firstOf(group, alike));
    store<u32>(places + (k << 2), entry);
    if (entry == 0) continue;
    seen ^= load<u32>(addressOf(numberIn(entry)));
    // What other threads write is not near; what this one did is mostly sooner read than asked for.
    if (shared) seen ^= knownOf(numberIn(entry));
  }
  touch(seen);
  for (let k: u32 = 0; k < count; k++) {
    // Most states are known, and most of those are what was seen first.
    const entry = load<u32>(places + (k << 2));
    const state = staged + k * padded;
    const origin = load<u32>(origins + (k << 2));
    if (entry != 0 && same(addressOf(numberIn(entry)), state)) pass(numberIn(entry), origin);
    else insert(state, load<u64>(hashes + (k << 3)), origin);
  }
}
