/**
 * Memory of the inner loop. Everything lies in one linear memory that several threads may share: the tables of the protocol
 * (written by src/kernel/loop-tables.ts), the visited states, and the words below, through which the threads agree.
 * Memory only grows and nothing moves, so an address stays good for the whole search.
 */

/** Addresses of the shared words. */
export const TOP: u32 = 1024;
export const LIMIT: u32 = 1028;
/** Set to 1 when there is no room for another state. */
export const FULL: u32 = 1032;
/** How many chunks of states there are. */
export const CHUNKS: u32 = 1036;
/** The segment directory, and how many bits of a hash it takes. */
export const SEGMENTS: u32 = 1040;
export const DEPTH: u32 = 1044;
/** The chunk directory. */
export const CHUNK_DIRECTORY: u32 = 1048;
/** Set to 1 when some segment is so full that it must be split. */
export const CROWDED: u32 = 1052;
/** Where the pieces of a level are listed, how many there are, and which is taken next (src/loop/run.ts). */
export const PIECES: u32 = 1056;
export const PIECE_COUNT: u32 = 1060;
export const NEXT_PIECE: u32 = 1064;
/** How many bits of a slot a state's number takes. */
export const NUMBER_BITS: u32 = 1068;
/** Where the segments to be split are listed, how many there is room for and how many there are, and which is taken next (src/loop/crowded.ts). */
export const SPLITS: u32 = 1072;
export const SPLIT_ROOM: u32 = 1076;
export const SPLIT_COUNT: u32 = 1080;
export const NEXT_SPLIT: u32 = 1084;
/** How many threads have begun a piece and not ended it. */
export const UNFINISHED: u32 = 1088;
/** How many segments there are. */
export const SEGMENT_COUNT: u32 = 1092;
/** The first address that `allocate` gives out. */
const FIRST: u32 = 4096;

/** Prepares an empty memory with a budget of `limit` bytes in all. Call it once, before anything else. */
export function initialise(limit: u32): void {
  store<u32>(TOP, FIRST);
  store<u32>(LIMIT, limit);
}

/** Gives out zeroed bytes on a cache line of their own, for good; 0 if the budget does not allow it. */
export function allocate(bytes: u32): u32 {
  const size = (bytes + 63) & ~63;
  while (true) {
    const from = atomic.load<u32>(TOP);
    const to = <u64>from + <u64>size;
    if (to > <u64>load<u32>(LIMIT)) return 0;
    if (atomic.cmpxchg<u32>(TOP, from, <u32>to) != from) continue;
    while (true) {
      const pages = memory.size();
      const needed = <i32>((to + 0xffff) >>> 16) - pages;
      if (needed <= 0) return from;
      // By more than needed, because each growth costs, and what nobody touches takes no memory; another thread may be faster, then the loop looks again.
      const room = <i32>((<u64>load<u32>(LIMIT) + 0xffff) >>> 16) - pages;
      if (memory.grow(min(max(needed, max(16, pages >>> 3)), max(room, needed))) < 0 && memory.grow(needed) < 0) return 0;
    }
  }
}
