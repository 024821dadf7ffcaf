/** Takes over the states of another memory, which were packed otherwise: a field of theirs turned out too narrow. */
import { flush, stage, stagingPlace } from './staging';
import { padded } from './states';
import { read, write } from './tables';

/** A field as it was packed, then as it is packed now: three words each. */
const FIELD_NOW: u32 = 12;
const BYTES: u32 = 24;

/**
 * Adds states, which are all new, under the next numbers.
 * @param states address of the first as it was packed
 * @param bytes that each of these takes
 * @param parents address of their parents
 * @param fields address of how many fields there are, and of each as it was and is packed
 */
export function repack(states: u32, bytes: u32, parents: u32, count: u32, fields: u32): void {
  const end = fields + 4 + load<u32>(fields) * BYTES;
  for (let k: u32 = 0; k < count; k++) {
    const place = stagingPlace();
    memory.fill(place, 0, padded);
    for (let field = fields + 4; field < end; field += BYTES) write(place, field + FIELD_NOW, read(states, field));
    stage(load<u32>(parents + (k << 2)));
    states += bytes;
  }
  flush();
}
