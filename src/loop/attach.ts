/** Prepares this thread. Threads that share the memory have the states and the tables in common; the rest is one thread's own. */
import { prepareKnown } from './known';
import { attachProperties } from './properties';
import { attachSplitting } from './splitting';
import { attachStaging, stageAsOneOf } from './staging';
import { attachStates, measure, numberAsOneOf } from './states';
import { locate, threads } from './tables';
import { attachVisited, insertAsOneOf } from './visited';
import { attachWaits } from './waiting';

/** From now on so many threads add states, this one included. While nobody adds states. */
export function share(threads: u32): void {
  insertAsOneOf(threads);
  stageAsOneOf(threads);
  numberAsOneOf(threads);
}

/** Prepares this thread to add states, as so many do. The first one of a memory also makes the directories; false if the budget is too small even for that. */
export function attach(wordCount: u32, first: bool, threads: u32): bool {
  share(threads);
  measure(wordCount);
  return attachStaging() && attachSplitting() && attachStates(first) && attachVisited(first);
}

/** Prepares it to expand them: reads where the tables are, and how much is known of a state, from twelve words. Before the first state is added; false if the budget has no room for it. */
export function configure(at: u32): bool {
  locate(at);
  prepareKnown(threads, load<u32>(at + 44));
  return attachWaits() && attachProperties();
}
