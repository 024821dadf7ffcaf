/** Runs of states, one after the other; and pieces of a level, which threads that share the memory take in turn. */
import { expand } from './expand';
import { allocate, CROWDED, FULL, NEXT_PIECE, PIECE_COUNT, PIECES, UNFINISHED } from './memory';
import { flush } from './staging';

/** States a piece. */
const PIECE: u32 = 256;
/** Pieces of one call of `work`, in all threads. */
const MOST_PIECES: u32 = 1 << 11;

/** The state that is being expanded: where to go on after TypeScript has thrown. */
let current: u32 = 0;
export function currentState(): u32 {
  return current;
}
/** The states that this thread has left to another, and how many. */
let left: u32 = 0;
let leftCount: u32 = 0;

/** Expands the states from … to − 1; returns where it stopped: before `to` only if memory ran out. */
export function expandRange(from: u32, to: u32): u32 {
  for (let number = from; number < to; number++) {
    if (load<u32>(FULL) == 1) return number;
    current = number;
    expand(number);
  }
  return to;
}

/** Begins a new list of pieces. */
export function beginPieces(): void {
  store<u32>(PIECE_COUNT, 0);
  store<u32>(NEXT_PIECE, 0);
}

/** How many pieces nobody has taken yet, or ended. Between calls of `work` only. */
export function piecesLeft(): u32 {
  const taken = load<u32>(NEXT_PIECE);
  return load<u32>(UNFINISHED) + (taken >= load<u32>(PIECE_COUNT) ? 0 : load<u32>(PIECE_COUNT) - taken);
}

/** Lists the states from … to − 1 as pieces to be worked off. Returns the first state that there was no room for. */
export function enlist(from: u32, to: u32): u32 {
  let count = load<u32>(PIECE_COUNT);
  for (; from < to && count < MOST_PIECES; from += PIECE, count++) {
    store<u32>(load<u32>(PIECES) + (count << 3), from);
    store<u32>(load<u32>(PIECES) + (count << 3) + 4, min(from + PIECE, to));
  }
  store<u32>(PIECE_COUNT, count);
  return min(from, to);
}

/** Makes room for pieces, and for what this thread leaves to others; false if there is none. */
export function attachRun(first: bool): bool {
  left = allocate((MOST_PIECES * PIECE) << 2);
  if (first) store<u32>(PIECES, allocate(MOST_PIECES << 3));
  return left != 0 && load<u32>(PIECES) != 0;
}

/** What this thread has not expanded yet of the piece that it took last. */
let rest: u32 = 0;
let restEnd: u32 = 0;

/**
 * Takes pieces and expands their states until there are none, or a segment is crowded, or memory ran out; then adds what is
 * staged. What it has not ended it goes on with in the next call: a segment that is crowded has room for few more. If TypeScript
 * throws, the rest of the piece is lost, and the search must start anew.
 */
export function work(): void {
  if (rest < restEnd) atomic.sub<u32>(UNFINISHED, 1);
  while (atomic.load<u32>(CROWDED) == 0 && atomic.load<u32>(FULL) == 0) {
    if (rest == restEnd) {
      const piece = atomic.add<u32>(NEXT_PIECE, 1);
      if (piece >= load<u32>(PIECE_COUNT)) break;
      rest = load<u32>(load<u32>(PIECES) + (piece << 3));
      restEnd = load<u32>(load<u32>(PIECES) + (piece << 3) + 4);
    }
    current = rest++;
    if (!expand(current)) {
      store<u32>(left + (leftCount << 2), current);
      leftCount++;
    }
  }
  if (rest < restEnd) atomic.add<u32>(UNFINISHED, 1);
  flush();
}

/** Ends the list of the states left to another thread: how many. */
export function takeLeft(): u32 {
  const count = leftCount;
  leftCount = 0;
  return count;
}
export function leftAddress(): u32 {
  return left;
}
