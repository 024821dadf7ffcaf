/** Prepares this thread to expand states. Threads that share the memory have the tables in common; the rest is one thread's own. */
import { prepareKnown } from './known';
import { attachProperties } from './properties';
import { locate, threads } from './tables';
import { attachWaits } from './waiting';

/** Reads where the tables are, and how much is known of a state, from twelve words. Before the first state is added. */
export function configure(at: u32): void {
  locate(at);
  prepareKnown(threads, load<u32>(at + 44));
  attachWaits();
  attachProperties();
}
