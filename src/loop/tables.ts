/**
 * The tables of numbers that states are expanded by, all of 32-bit words: what their records are made of, and where they are.
 * They are written by src/kernel/loop-tables.ts and, of monitors and properties, loop-monitors.ts and loop-answers.ts beside it.
 */
/** A field in three words: byte offset of its word, shift, mask. */
const BYTE: u32 = 0;
const SHIFT: u32 = 4;
export const MASK: u32 = 8;
export const FIELD: u32 = 12;

/** A thread: its node field, its nodes, and the fields of its stop, gate and pins, each 0 masks where it has none. */
export const THREAD_BYTES: u32 = 64;
const NODES: u32 = 12;
export const STOPPED: u32 = 16;
export const GATE: u32 = 28;
export const PINS: u32 = 40;
/** Which gate it runs behind, as the byte offset and shift of the gate's field told apart: 0 for none, else 1 + number. */
export const GATE_NUMBER: u32 = 52;

/**
 * A local state, on a cache line of its own: opcode and flags; up to two fields that tell by which slot its step goes, the second
 * with its radix, and the slots by their values; what hangs on its steps; the plain variables that it reads, and those that it
 * writes, as sets of bits (a conflict is looked at more closely); the operand's field, and the second operand.
 */
const NODE_BITS: u32 = 6;
const SEEN: u32 = 4;
const SEEN_BESIDE: u32 = 16;
const SEEN_RADIX: u32 = 28;
const SLOTS_BY_SEEN: u32 = 32;
export const EFFECTS: u32 = 36;
export const READS: u32 = 40;
export const WRITES: u32 = 44;
export const OPERAND: u32 = 48;
export const SECOND: u32 = 60;
/** Where no fields tell the slot, instead of the radix: where the slots are. */
export const NODE_SLOTS: u32 = SEEN_RADIX;
/** Of a compound step, instead of the operand: its fields. */
export const COMPOUND_TABLE: u32 = OPERAND;
/** Beside the opcode: whether every step is left to TypeScript; may be taken alone (src/kernel/safe-steps.ts); whether the thread may stay there for ever; and whether all slots that are known are told by what is seen. */
export const OPCODE: u32 = 0xff;
export const RARE: u32 = 0x100;
export const SAFE: u32 = 0x200;
export const RESTS: u32 = 0x400;
export const TOLD: u32 = 0x800;

/**
 * A slot: the result's code, whether its steps may change what a property of steps looks at, then the masks:
 * next = ((current & keep) | set) + add, a vector at a time.
 */
export const RESULT: u32 = 0;
export const SHOWS: u32 = 4;
export const MASKS: u32 = 16;
/** Instead of a slot's address: nobody has taken it yet, or it blocks. */
export const UNKNOWN: u32 = 0;
export const BLOCKED: u32 = 1;

export let threads: u32 = 0;
export let threadTable: u32 = 0;
export let gates: u32 = 0;
export let gateTable: u32 = 0;
export let invariants: u32 = 0;
export let invariantTable: u32 = 0;
export let delays: u32 = 0;
export let delayTable: u32 = 0;
export let stepProperties: u32 = 0;
export let stepTable: u32 = 0;
/** Whether safe steps are taken alone. */
export let reduces: bool = false;

/** Reads where the tables are from the first eleven words. */
export function locate(at: u32): void {
  threads = load<u32>(at);
  threadTable = load<u32>(at + 4);
  gates = load<u32>(at + 8);
  gateTable = load<u32>(at + 12);
  invariants = load<u32>(at + 16);
  invariantTable = load<u32>(at + 20);
  delays = load<u32>(at + 24);
  delayTable = load<u32>(at + 28);
  stepProperties = load<u32>(at + 32);
  stepTable = load<u32>(at + 36);
  reduces = load<u32>(at + 40) != 0;
}

@inline
export function read(state: u32, field: u32): u32 {
  return (load<u32>(state + load<u32>(field + BYTE)) >>> load<u32>(field + SHIFT)) & load<u32>(field + MASK);
}

@inline
export function write(state: u32, field: u32, value: u32): void {
  const at = state + load<u32>(field + BYTE);
  const shift = load<u32>(field + SHIFT);
  store<u32>(at, (load<u32>(at) & ~(load<u32>(field + MASK) << shift)) | (value << shift));
}

/** The row of a table that the values of some fields stand for: a count, then a field and its radix each. */
@inline
export function rowOf(state: u32, fields: u32): u32 {
  let row: u32 = 0;
  const end = fields + 4 + load<u32>(fields) * 16;
  for (let at = fields + 4; at < end; at += 16) row += read(state, at) * load<u32>(at + FIELD);
  return row;
}

/** The local state that a thread, by the address of its record, is in. */
@inline
export function nodeOf(state: u32, it: u32): u32 {
  return load<u32>(it + NODES) + (read(state, it) << NODE_BITS);
}

/** Which of a local state's slots by what is seen is that of the step. */
@inline
export function seenIn(state: u32, node: u32): u32 {
  return read(state, node + SEEN) + read(state, node + SEEN_BESIDE) * load<u32>(node + SEEN_RADIX);
}

/** The slot of the step, told by what is seen; UNKNOWN if that must be looked at more closely. */
@inline
export function slotBySeen(node: u32, seen: u32): u32 {
  return load<u32>(load<u32>(node + SLOTS_BY_SEEN) + (seen << 2));
}

/** Whether m.locks of a gated thread has no room for one more, which is for TypeScript to make. */
@inline
export function pinsAreFull(state: u32, it: u32): bool {
  const most = load<u32>(it + PINS + MASK);
  return most != 0 && read(state, it + PINS) == most;
}

/** Whether m.locks of a gated thread is 0. */
@inline
export function pinsAreNone(state: u32, it: u32): bool {
  return load<u32>(it + PINS + MASK) != 0 && read(state, it + PINS) == 0;
}
